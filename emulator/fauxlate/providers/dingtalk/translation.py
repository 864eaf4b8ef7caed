"""The translation job: its files' ids are replaced by names when it is submitted, and handed out once it has ended."""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from fauxlate.content.errors import ContentError
from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.sandboxes.sandbox import TAG_LENGTH
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.dingtalk import users
from fauxlate.providers.dingtalk.access import auth, login
from fauxlate.providers.dingtalk.files import media
from fauxlate.providers.dingtalk.lifecycles import FILE_TRANSLATION

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.dingtalk.models import translation as models

_TYPES: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "csv": "text/csv",
    "txt": "text/plain",
    "zip": "application/zip",
}
_HAS_EXTENSION = re.compile(r".*\.[A-Za-z0-9]{1,5}")
_RESULTS = "dingtalk.result"


@dataclass(frozen=True, slots=True)
class FileJob:
    """Facts of a job: for whom it translates which files, and what signs the link to its result."""

    union_id: str
    files: tuple[str, ...]
    secret: str

    @property
    def attributes(self) -> Mapping[str, object]:
        """The values that conditions of scenarios and the admin API read, by name."""
        return {"file": self.files}


@dataclass(frozen=True, slots=True)
class Result:
    """What a job made: one file, or an archive of several."""

    name: str
    data: bytes


async def translate_file(call: Call, asked: models.TranslateFile) -> models.TranslateFileResponse:
    """Start the replacement of user and department ids in up to 20 files by names."""
    output = asked.output_file_name or None
    if output is None and len(asked.medias) > 1:
        raise call.refuse(ProblemKind.MISSING, "outputFileName is required if more than one file is specified.")
    if output is not None and (_HAS_EXTENSION.fullmatch(output) or "/" in output or "\\" in output):
        raise call.refuse(
            ProblemKind.INVALID, f"outputFileName is a name without extension; it came as {output!r:.80}."
        )
    if call.quirk("dingtalk.unknown_union_id") == "param.invalid" and users.of_union_id(call, asked.union_id) is None:
        raise call.refuse(ProblemKind.INVALID, f"unionId {asked.union_id!r:.80} is nobody's in this corp.", "unionId")
    files = [(name, await _uploaded(call, media_id, name)) for media_id, name in asked.medias.items()]
    job_id = call.sandbox.chance.text("dingtalk.jobId", 24)
    facts = FileJob(asked.union_id, tuple(asked.medias.values()), call.sandbox.chance.text("dingtalk.signature", 32))
    try:
        name, data = await asyncio.to_thread(_Made(call).result, files, output)
    except ContentError:
        await call.start(FILE_TRANSLATION, job_id, facts, failed=True)
        return {"jobId": job_id}
    await call.sandbox.store.put(_RESULTS, job_id, Record(Result(name, data)))
    await call.start(FILE_TRANSLATION, job_id, facts)
    return {"jobId": job_id}


async def _uploaded(call: Call, media_id: str, name: str) -> bytes:
    extension = PurePath(name).suffix.lower()[1:]
    if extension not in _TYPES or extension == "zip":
        detail = f"medias has the file name {name!r:.80}; only xlsx, xls, csv and txt are supported."
        raise call.refuse(ProblemKind.INVALID, detail, "medias")
    found = await media.find(call, media_id)
    if found is None and call.quirk("dingtalk.unknown_media") == "failed":
        return b""  # no file of any kind, so the job fails
    if found is None:
        detail = f"medias has the media id {media_id!r:.100}, under which this corp has uploaded nothing."
        raise call.refuse(ProblemKind.INVALID, detail, "medias")
    if found.names and name not in (*found.names, *map(unquote, found.names)):  # some clients percent-encode a name
        known = " or ".join(repr(known)[:80] for known in found.names)
        detail = f"medias calls {media_id:.20}… {name!r:.80}; it was uploaded as {known}."
        raise call.refuse(ProblemKind.INVALID, detail, "medias")
    return found.data


class _Made:
    """Makes the result of a job as the sandbox's quirks have it; apart from the call, so that a thread can do it."""

    def __init__(self, call: Call) -> None:
        self._names = users.directory(call)
        self._inline_strings = call.quirk("dingtalk.inline_strings") == "translated"
        self._formula_strings_fail = call.quirk("dingtalk.formula_strings") == "failed"
        self._packed_when_named = call.quirk("dingtalk.package") == "when_named"

    def result(self, files: list[tuple[str, bytes]], output: str | None) -> tuple[str, bytes]:
        """Return name and bytes of the result: the file itself, or an archive. Raises `ContentError`."""
        from fauxlate.content import archives

        done = [(name, self._translated(name, data)) for name, data in files]
        if len(done) == 1 and not (output is not None and self._packed_when_named):
            return done[0]
        return f"{output}.zip", archives.pack(done)

    def _translated(self, name: str, data: bytes) -> bytes:
        from fauxlate.content.sheets import workbooks

        return workbooks.translate_ids(
            data,
            PurePath(name).suffix.lower()[1:],
            self._names,
            inline_strings=self._inline_strings,
            formula_strings_fail=self._formula_strings_fail,
        )


async def get_translate_file_job_result(
    call: Call, asked: models.GetTranslateFileJobResult
) -> models.GetTranslateFileJobResultResponse:
    """Tell how a job stands, with the link to its result once it has succeeded."""
    job = await call.find(FILE_TRANSLATION, asked.job_id)
    if job is None or job.owner != call.owner:
        if call.quirk("dingtalk.unknown_job") == "failed":
            return {"status": "2"}
        raise call.refuse(ProblemKind.INVALID, f"jobId {asked.job_id!r} is not a job of this corp.", "jobId")
    position = await call.poll(job)
    if position.state != "1":
        return {"status": position.state}
    facts: FileJob = job.facts
    return {"status": "1", "url": _link(call, job.id, facts)}


def _link(call: Call, job_id: str, facts: FileJob) -> str:
    return f"{call.base_url}{auth.RESULTS}{call.sandbox.tag}{job_id}?signature={facts.secret}"


def job_of(file: str) -> str:
    """Return the id of the job whose link ends in `file`."""
    return file[TAG_LENGTH:]


async def download_result(call: Call, asked: models.DownloadResult) -> Reply:
    """Return the result of a job that has succeeded to a user who has logged in."""
    job_id = job_of(asked.file)
    job = await call.find(FILE_TRANSLATION, job_id)
    record = await call.sandbox.store.get(_RESULTS, job_id)
    position = await call.position(job) if job is not None else None
    if job is None or record is None or position is None or position.state != "1" or not _signed(asked, job.facts):
        hint = "No result lies there; the url of a job with status 1 leads to one."
        raise Refusal("InvalidAction.NotFound", hint=hint)
    life = call.sandbox.link_lifetime(FILE_TRANSLATION)
    if call.now >= position.since + life:
        hint = f"The link was good for {life:g} seconds of the sandbox's clock."
        raise Refusal("InvalidAction.NotFound", hint=hint)
    gate = call.quirk("dingtalk.result_login")
    if gate != "open":
        who = await login.logged_in(call, asked.auth_code)
        if who is None:
            return login.login_page(call, _link(call, job.id, job.facts))
        if gate == "same_user" and who != job.facts.union_id:
            hint = f"unionId {who!r:.80} has logged in; the job was started for {job.facts.union_id!r:.80}."
            return login.page(403, "No permission", "This file is another user's.", hint)
    result: Result = record.value
    name = quote(result.name)
    headers = {"Content-Disposition": f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"}
    return Reply(200, result.data, headers, _TYPES[PurePath(result.name).suffix.lower()[1:]])


def _signed(asked: models.DownloadResult, facts: FileJob) -> bool:
    return hmac.compare_digest((asked.signature or "").encode(), facts.secret.encode())
