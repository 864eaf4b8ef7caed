"""How contract tests speak to a target: requests that are right, signed as each provider wants them, and their answers.

It signs by itself, so that the emulator's own signing is not what it is tested by.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener
from uuid import uuid4
from xml.etree import ElementTree

from multidict import CIMultiDict

from contract_tests.target import Target

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Sent:
    """A request before it is signed. `form` is what alimt is sent in its body, `body` what the others are."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    form: Mapping[str, str] | None = None

    @property
    def url(self) -> str:
        """Path and query, as they stand in the request."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


@dataclass(frozen=True)
class Said:
    """What came back. `headers` by name, in whichever case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The content type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def json(self) -> Any:
        """The body, as JSON or (storage) as the texts of its XML elements."""
        if self.media_type == "application/xml":
            return {child.tag: child.text for child in ElementTree.fromstring(self.body)}
        return json.loads(self.body)

    @property
    def error(self) -> tuple[str, str] | None:
        """Code and message of an error in either of the providers' shapes; None where it is none."""
        if self.media_type not in (JSON, "application/xml") or not self.body:
            return None
        said = self.json
        if not isinstance(said, dict):
            return None
        said = said.get("error", said) if isinstance(said.get("error"), dict) else said
        if "sub_msg" in said:  # DingTalk's topapi wraps the errors of its gateway
            return str(said.get("sub_code", said["errcode"])), said["sub_msg"]
        for code, message in (
            ("status", "punish"),  # its firewall has a shape of its own; any other status is a job's
            ("error_code", "error_msg"),
            ("errcode", "errmsg"),
            ("code", "message"),
            ("Code", "Message"),
        ):
            if code in said and said[code] not in (0, 200, "200") and (code != "status" or message in said):
                return str(said[code]), str(said.get(message))
        return None


Heard = Callable[[str, Sent, Said], None]


class Speaker:
    """A client of every provider at one target. `heard` is told of each exchange, under the operation's name."""

    def __init__(self, target: Target, heard: Heard | None = None) -> None:
        self.target = target
        self.heard = heard
        self._tokens: dict[str, str] = {}

    def ask(self, name: str, sent: Sent, *, family: str = "") -> Said:
        """Send a request of the operation `name` (`provider.Operation`), and return what came back."""
        base = self.target.base(name.partition(".")[0], family or _family(name, sent.path))
        said = exchanged(base, sent)
        if self.heard is not None:
            self.heard(name, sent, said)
        return said

    def fetch(self, name: str, link: str) -> Said:
        """Get what lies behind a link that an answer gave, as a browser does: by redirections, with its cookies."""
        said = browsed(link)
        if self.heard is not None:
            self.heard(name, Sent("GET", link), said)
        return said

    def forget(self) -> None:
        """Drop the tokens, as time may have passed."""
        self._tokens.clear()

    @property
    def corp_token(self) -> str:
        """An access token of DingTalk for the corp."""
        if "dingtalk" not in self._tokens:
            told = self.target.told("dingtalk")
            suite = {"suiteKey": told["suite_key"], "suiteSecret": told["suite_secret"]}
            body = {**suite, "authCorpId": told["corp_id"], "suiteTicket": told.get("suite_ticket") or "ticket"}
            said = exchanged(self.target.base("dingtalk", ""), posted("/v1.0/oauth2/corpAccessToken", body))
            self._tokens["dingtalk"] = said.json["accessToken"]
        return self._tokens["dingtalk"]

    @property
    def iam_token(self) -> str:
        """A token of Huawei's IAM for the project of the region."""
        if "huawei" not in self._tokens:
            told = self.target.told("huawei")
            user = {"name": told["user"], "password": told["password"], "domain": {"name": told["domain"]}}
            auth = {"identity": {"methods": ["password"], "password": {"user": user}}}
            body = {"auth": {**auth, "scope": {"project": {"name": "cn-north-4"}}}}
            said = exchanged(self.target.base("huawei", "iam"), posted("/v3/auth/tokens", body))
            self._tokens["huawei"] = said.headers["x-subject-token"]
        return self._tokens["huawei"]

    def alimt(
        self,
        action: str,
        form: Mapping[str, str] | None = None,
        *,
        method: str = "POST",
        secret: str | None = None,
        at: datetime | None = None,
        **common: str,
    ) -> Sent:
        """Return a call of alimt, signed as RPC has it (HMAC-SHA1); `common` goes over the common parameters."""
        told = self.target.told("alibaba")
        query = {
            "Action": action,
            "Version": "2018-10-12",
            "Format": "JSON",
            "AccessKeyId": told["access_key_id"],
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": uuid4().hex,
            "Timestamp": (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            **common,
        }
        covered = {**query, **(form or {})}
        pairs = "&".join(f"{_encoded(name)}={_encoded(covered[name])}" for name in sorted(covered))
        text = f"{method}&%2F&{_encoded(pairs)}"
        digest = hmac.new(f"{secret or told['access_key_secret']}&".encode(), text.encode(), hashlib.sha1).digest()
        query["Signature"] = base64.b64encode(digest).decode()
        return Sent(method, "/", query, {"Content-Type": FORM} if form is not None else {}, form=form)


def posted(path: str, body: object, headers: Mapping[str, str] | None = None) -> Sent:
    """Return a POST of JSON."""
    return Sent("POST", path, {}, {"Content-Type": JSON, **(headers or {})}, json.dumps(body).encode())


def uploaded(token: str, name: str, data: bytes) -> Sent:
    """Return the upload of a file to DingTalk."""
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + data + b"\r\n--b--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    return Sent("POST", "/file/upload/single", {"access_token": token}, headers, body)


def _encoded(text: str) -> str:
    return quote(text, safe="~")


def _family(name: str, path: str) -> str:
    if name.startswith("huawei"):
        return "iam" if path.startswith("/v3/") else "nlp" if path.startswith("/v1/") else "storage"
    return "legacy" if path.startswith(("/file/", "/topapi/", "/gettoken")) else ""


def exchanged(base: str, sent: Sent, timeout: float = 20) -> Said:
    """Send a request to the server at `base`, over a connection of its own."""
    parts = urlsplit(base)
    connection = (
        http.client.HTTPSConnection(parts.netloc, timeout=timeout, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(parts.netloc, timeout=timeout)
    )
    body = sent.body if sent.form is None else urlencode(sent.form).encode()
    try:
        connection.request(sent.method, sent.url, body, dict(sent.headers))
        answer = connection.getresponse()
        return Said(answer.status, CIMultiDict(answer.headers.items()), answer.read())
    finally:
        connection.close()


def browsed(link: str, timeout: float = 20) -> Said:
    """Get a link, and whatever it leads to."""
    browser = build_opener(ProxyHandler({}), HTTPCookieProcessor())
    try:
        answer = browser.open(link, timeout=timeout)
    except HTTPError as refusal:
        answer = refusal
    with answer:
        return Said(answer.status, CIMultiDict(answer.headers.items()), answer.read())


# The flow of each kind of job.


@dataclass(frozen=True)
class Seen:
    """What a status query told: the state, and the links to the results if there are any."""

    state: str
    links: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True)
class Flow:
    """How a job of one lifecycle is created, asked for and fetched, by the providers' public operations.

    `fetched` is the operation that a link leads to, and `poll` for how many seconds to wait between two live queries.
    """

    lifecycle: str
    create: Callable[[Speaker], Said]
    job: Callable[[Said], str]
    query: Callable[[Speaker, str], Said]
    read: Callable[[Said], Seen]
    fetched: str = ""
    poll: float = 0.2

    @property
    def provider(self) -> str:
        """The provider's name."""
        return self.lifecycle.partition(".")[0]

    def started(self, speaker: Speaker) -> str:
        """Create a job; return its id."""
        said = self.create(speaker)
        assert said.error is None, said
        return self.job(said)

    def seen(self, speaker: Speaker, job: str) -> Seen:
        """Ask how a job stands."""
        said = self.query(speaker, job)
        if said.error is not None:
            return Seen("", error=said.error[0])
        return self.read(said)


TEXT = {
    "SourceLanguage": "auto",
    "TargetLanguage": "en",
    "SourceText": "你好",
    "Scene": "general",
    "FormatType": "text",
}
EDITABLE = '{"needEditorData": "true"}'
_PAIR = {"SourceLanguage": "zh", "TargetLanguage": "en"}


def _text_created(speaker: Speaker) -> Said:
    name = "alibaba.CreateAsyncTranslate"
    return speaker.ask(name, speaker.alimt("CreateAsyncTranslate", {**TEXT, "ApiType": "translate_standard"}))


def _text_asked(speaker: Speaker, job: str) -> Said:
    return speaker.ask("alibaba.GetAsyncTranslate", speaker.alimt("GetAsyncTranslate", {"JobId": job}))


def _images_created(speaker: Speaker) -> Said:
    images = {**_PAIR, "ImageUrls": "https://example.com/example.jpg", "Ext": EDITABLE}
    return speaker.ask("alibaba.TranslateImageBatch", speaker.alimt("TranslateImageBatch", images))


def _images_asked(speaker: Speaker, job: str) -> Said:
    name = "GetTranslateImageBatchResult"
    return speaker.ask(f"alibaba.{name}", speaker.alimt(name, {"TaskId": job}))


def _document_created(speaker: Speaker) -> Said:
    name, asked = "CreateDocTranslateTask", {**_PAIR, "FileUrl": "https://example.com/example.docx"}
    return speaker.ask(f"alibaba.{name}", speaker.alimt(name, asked))


def _document_asked(speaker: Speaker, job: str) -> Said:
    sent = speaker.alimt("GetDocTranslateTask", method="GET", TaskId=job)
    return speaker.ask("alibaba.GetDocTranslateTask", sent)


def jobs_path(speaker: Speaker) -> str:
    """Return the path of Huawei's document jobs."""
    return f"/v1/{speaker.target.told('huawei')['project_id']}/machine-translation/file-translation/jobs"


def _file_created(speaker: Speaker) -> Said:
    url = speaker.target.told("huawei").get("source") or "https://bucket.obs.cn-north-4.myhuaweicloud.com/report.txt"
    asked = {"url": url, "from": "zh", "to": "en", "type": "txt"}
    sent = posted(jobs_path(speaker), asked, {"X-Auth-Token": speaker.iam_token})
    return speaker.ask("huawei.RunFileTranslation", sent)


def _file_asked(speaker: Speaker, job: str) -> Said:
    sent = Sent("GET", f"{jobs_path(speaker)}/{job}", {}, {"X-Auth-Token": speaker.iam_token})
    return speaker.ask("huawei.RunGetFileTranslationResult", sent)


def media(speaker: Speaker, name: str = "staff.csv") -> str:
    """Upload a small file to DingTalk; return its media id."""
    sent = uploaded(speaker.corp_token, name, b"$userName=user001$,$departmentName=1$\n")
    return str(speaker.ask("dingtalk.UploadSingle", sent).json["media_id"])


def _ids_created(speaker: Speaker) -> Said:
    asked = {"medias": {media(speaker): "staff.csv"}, "unionId": speaker.target.told("dingtalk")["union_id"]}
    sent = posted("/v1.0/contact/files/translate", asked, {"x-acs-dingtalk-access-token": speaker.corp_token})
    return speaker.ask("dingtalk.TranslateFile", sent)


def _ids_asked(speaker: Speaker, job: str) -> Said:
    headers = {"x-acs-dingtalk-access-token": speaker.corp_token}
    sent = Sent("GET", "/v1.0/contact/files/translateResults", {"jobId": job}, headers)
    return speaker.ask("dingtalk.GetTranslateFileJobResult", sent)


def _links(found: Iterator[str | None]) -> tuple[str, ...]:
    return tuple(link for link in found if link)


FLOWS = {
    flow.lifecycle: flow
    for flow in (
        Flow(
            "alibaba.async_translate",
            _text_created,
            lambda said: str(said.json["Data"]["JobId"]),
            _text_asked,
            lambda said: Seen(said.json["Data"]["Status"]),
        ),
        Flow(
            "alibaba.image_batch",
            _images_created,
            lambda said: str(said.json["Data"]["TaskId"]),
            _images_asked,
            lambda said: Seen(
                said.json["Data"]["Status"], _links(one.get("FinalImageUrl") for one in said.json["Data"]["Result"])
            ),
        ),
        Flow(
            "alibaba.document",
            _document_created,
            lambda said: str(said.json["TaskId"]),
            _document_asked,
            lambda said: Seen(said.json["Status"], _links(iter([said.json.get("TranslateFileUrl")]))),
            fetched="alibaba.DocumentResult",
        ),
        Flow(
            "huawei.file_translation",
            _file_created,
            lambda said: str(said.json["job_id"]),
            _file_asked,
            lambda said: Seen(said.json["status"], _links(iter([said.json.get("url")]))),
            fetched="huawei.GetObject",
        ),
        Flow(
            "dingtalk.file_translation",
            _ids_created,
            lambda said: str(said.json["jobId"]),
            _ids_asked,
            lambda said: Seen(said.json["status"], _links(iter([said.json.get("url")]))),
            fetched="dingtalk.DownloadResult",
        ),
    )
}


def without(sent: Sent, *names: str) -> Sent:
    """Return a request that lacks headers or parameters of the query."""
    return replace(
        sent,
        query={name: value for name, value in sent.query.items() if name not in names},
        headers={name: value for name, value in sent.headers.items() if name not in names},
    )
