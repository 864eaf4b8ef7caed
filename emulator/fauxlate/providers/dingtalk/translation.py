"""The translation job: ids in its files are replaced by names when it is submitted; its result is served once it has ended."""

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
from fauxlate.engine.exchange.reply import JSON, Reply
from fauxlate.engine.sandboxes.sandbox import TAG_LENGTH
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.engine.tables.evidence import Evidence
from fauxlate.providers.dingtalk.access import login, users
from fauxlate.providers.dingtalk.access.auth import authenticate_third_party
from fauxlate.providers.dingtalk.callbacks.job_result import TRANSFER_CONTACT_ID_JOB_RESULT
from fauxlate.providers.dingtalk.files import media
from fauxlate.providers.dingtalk.lifecycles import FILE_TRANSLATION
from fauxlate.providers.dingtalk.models import translation as models
from fauxlate.providers.dingtalk.paths import RESULTS_PATH

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_MEDIA_TYPES: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "csv": "text/csv",
    "txt": "text/plain",
    "zip": "application/zip",
}
"""By extension of a result."""
_NAME_WITH_EXTENSION = re.compile(r".*\.[A-Za-z0-9]{1,5}")
_RESULTS = "dingtalk.result"
"""The kind of record under which the store keeps the `Result` of each job."""


@dataclass(frozen=True, slots=True)
class FileJob:
    """The facts of a job: the user who exports, the names of its files, and the signature in the link to its result."""

    union_id: str
    files: tuple[str, ...]
    secret: str

    @property
    def attributes(self) -> Mapping[str, object]:
        """What conditions of scenarios can match."""
        return {"file": self.files}


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a job: one file, or an archive of several."""

    name: str
    data: bytes


async def translate_file(call: Call, parameters: models.TranslateFile) -> models.TranslateFileResponse:
    """Start a job that replaces the ids of users and departments in up to 20 files by names."""
    output = parameters.output_file_name or None
    if output is None and len(parameters.medias) > 1:
        raise call.refuse(ProblemKind.MISSING, "outputFileName is required if more than one file is specified.")
    if output is not None and (_NAME_WITH_EXTENSION.fullmatch(output) or "/" in output or "\\" in output):
        raise call.refuse(
            ProblemKind.INVALID, f"outputFileName is a name without extension; it came as {output!r:.80}."
        )
    union_id = parameters.union_id
    checks_user = call.quirk("dingtalk.unknown_union_id") == "param.invalid"
    if checks_user and users.find_user_by_union_id(call, union_id) is None:
        raise call.refuse(ProblemKind.INVALID, f"unionId {union_id!r:.80} is nobody's in this corp.", "unionId")
    files = [(name, await _load_file(call, media_id, name)) for media_id, name in parameters.medias.items()]
    job_id = call.sandbox.chance.text("dingtalk.jobId", 24)
    facts = FileJob(union_id, tuple(parameters.medias.values()), call.sandbox.secrets.text("dingtalk.signature", 32))
    try:
        name, data = await asyncio.to_thread(_Translator(call).translate, files, output)
    except ContentError:
        await call.start_job(FILE_TRANSLATION, job_id, facts, failed=True)
        return {"jobId": job_id}
    await call.sandbox.store.put(_RESULTS, job_id, Record(Result(name, data)))
    await call.start_job(FILE_TRANSLATION, job_id, facts)
    return {"jobId": job_id}


async def _load_file(call: Call, media_id: str, name: str) -> bytes:
    """Return the bytes of an uploaded file. Raises `Refusal` for a name or a media id that the job cannot have."""
    extension = PurePath(name).suffix.lower()[1:]
    if extension not in _MEDIA_TYPES or extension == "zip":
        detail = f"medias has the file name {name!r:.80}; only xlsx, xls, csv and txt are supported."
        raise call.refuse(ProblemKind.INVALID, detail, "medias")
    file = await media.find(call, media_id)
    if file is None and call.quirk("dingtalk.unknown_media") == "failed":
        return b""  # no file of any kind, so the job fails
    if file is None:
        detail = f"medias has the media id {media_id!r:.100}, under which this corp has uploaded nothing."
        raise call.refuse(ProblemKind.INVALID, detail, "medias")
    if file.names and name not in (*file.names, *map(unquote, file.names)):  # some clients percent-encode a name
        known = " or ".join(repr(known)[:80] for known in file.names)
        detail = f"medias calls {media_id:.20}… {name!r:.80}; it was uploaded as {known}."
        raise call.refuse(ProblemKind.INVALID, detail, "medias")
    return file.data


class _Translator:
    """Makes the result of a job as the sandbox's quirks say. It does not touch the call, so a thread can run it."""

    def __init__(self, call: Call) -> None:
        self._directory = users.build_directory(call)
        self._translates_inline_strings = call.quirk("dingtalk.inline_strings") == "translated"
        self._formula_strings_fail = call.quirk("dingtalk.formula_strings") == "failed"
        self._packs_when_named = call.quirk("dingtalk.package") == "when_named"

    def translate(self, files: list[tuple[str, bytes]], output: str | None) -> tuple[str, bytes]:
        """Return name and bytes of the result: the file itself, or an archive. Raises `ContentError`."""
        from fauxlate.content import archives

        results = [(name, self._translate_file(name, data)) for name, data in files]
        if len(results) == 1 and not (output is not None and self._packs_when_named):
            return results[0]
        return f"{output}.zip", archives.pack(results)

    def _translate_file(self, name: str, data: bytes) -> bytes:
        from fauxlate.content.sheets import workbooks

        return workbooks.translate_ids(
            data,
            PurePath(name).suffix.lower()[1:],
            self._directory,
            inline_strings=self._translates_inline_strings,
            formula_strings_fail=self._formula_strings_fail,
        )


async def get_translate_file_job_result(
    call: Call, parameters: models.GetTranslateFileJobResult
) -> models.GetTranslateFileJobResultResponse:
    """Return the status of a job, with the link to its result once it has succeeded."""
    job = await call.find_job(FILE_TRANSLATION, parameters.job_id)
    if job is None or job.owner != call.owner:
        if call.quirk("dingtalk.unknown_job") == "failed":
            return {"status": "2"}
        raise call.refuse(ProblemKind.INVALID, f"jobId {parameters.job_id!r} is not a job of this corp.", "jobId")
    position = await call.poll_job(job)
    if position.state != "1":
        return {"status": position.state}
    facts: FileJob = job.facts
    return {"status": "1", "url": _make_link(call, job.id, facts)}


def _make_link(call: Call, job_id: str, facts: FileJob) -> str:
    return f"{call.base_url}{RESULTS_PATH}{call.sandbox.tag}{job_id}?signature={facts.secret}"


def _parse_job_id(file: str) -> str:
    """Return the id of the job whose link has `file` as its last segment."""
    return file[TAG_LENGTH:]


async def download_result(call: Call, parameters: models.DownloadResult) -> Reply:
    """Return the result of a job that has succeeded, to a user who has logged in."""
    job_id = _parse_job_id(parameters.file)
    job = await call.find_job(FILE_TRANSLATION, job_id)
    record = await call.sandbox.store.get(_RESULTS, job_id)
    position = await call.job_position(job) if job is not None else None
    if (
        job is None
        or record is None
        or position is None
        or position.state != "1"
        or not _is_signed(parameters, job.facts)
    ):
        hint = "No result lies there; the url of a job with status 1 leads to one."
        raise Refusal("InvalidAction.NotFound", hint=hint)
    lifetime = call.sandbox.link_lifetime(FILE_TRANSLATION)
    if call.now >= position.since + lifetime:
        hint = f"The link was good for {lifetime:g} seconds of the sandbox's clock."
        raise Refusal("InvalidAction.NotFound", hint=hint)
    login_policy = call.quirk("dingtalk.result_login")
    if login_policy != "open":
        union_id = await login.identify_user(call, parameters.auth_code)
        if union_id is None:
            return login.redirect_to_login(call, _make_link(call, job.id, job.facts))
        if login_policy == "same_user" and union_id != job.facts.union_id:
            hint = f"unionId {union_id!r:.80} has logged in; the job was started for {job.facts.union_id!r:.80}."
            return login.render_page(403, "No permission", "This file is another user's.", hint)
    result: Result = record.value
    name = quote(result.name)
    headers = {"Content-Disposition": f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"}
    return Reply(200, result.data, headers, _MEDIA_TYPES[PurePath(result.name).suffix.lower()[1:]])


def _is_signed(parameters: models.DownloadResult, facts: FileJob) -> bool:
    return hmac.compare_digest((parameters.signature or "").encode(), facts.secret.encode())


OPERATIONS = (
    Operation(
        name="TranslateFile",
        path="/v1.0/contact/files/translate",
        media_types=(JSON,),
        run=translate_file,
        parameters=models.TranslateFile,
        response=models.TranslateFileResponse,
        family="contact",
        authenticate=authenticate_third_party,
        lifecycle=FILE_TRANSLATION,
        creates_job=True,
        event=TRANSFER_CONTACT_ID_JOB_RESULT,
        source="seed 001",
    ),
    Operation(
        name="GetTranslateFileJobResult",
        methods=("GET",),
        path="/v1.0/contact/files/translateResults",
        run=get_translate_file_job_result,
        parameters=models.GetTranslateFileJobResult,
        response=models.GetTranslateFileJobResultResponse,
        family="contact",
        authenticate=authenticate_third_party,
        lifecycle=FILE_TRANSLATION,
        read_job_id=lambda parameters: parameters.job_id,
        source="seed 000",
    ),
    Operation(
        name="DownloadResult",
        methods=("GET",),
        path=RESULTS_PATH + "{file}",
        run=download_result,
        parameters=models.DownloadResult,
        family="contact",
        lifecycle=FILE_TRANSLATION,
        read_job_id=lambda parameters: _parse_job_id(parameters.file),
        source="seed 000 documents url as a link, to be opened after an OAuth 2.0 login; where it leads is ours",
        evidence=Evidence.ASSUMED,
    ),
)
