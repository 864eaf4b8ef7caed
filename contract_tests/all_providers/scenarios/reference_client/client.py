"""A small careful client of each provider over plain HTTP, as somebody writes it who has read the documents.

It submits, polls a bounded number of times and fetches. What the documents say is worth repeating it repeats, a bounded
number of times: always where nothing was done, and where that is in doubt only what can do no harm twice. It notes every
call, and never raises for what a provider does.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from functools import cached_property
from http.client import HTTPConnection, IncompleteRead, RemoteDisconnected
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

Json = dict[str, Any]
ATTEMPTS = 4
_JSON = {"Content-Type": "application/json"}


class BrokenError(Exception):
    """No answer came that can be read: `reset`, `empty`, `timeout`, `truncated`, or `not JSON`."""


class StoppedError(Exception):
    """The client goes no further: `refused`, `unreachable`, `in doubt`, `failed`, `gone` or `pending`."""


@dataclass(frozen=True)
class Answer:
    """What came over the wire."""

    http: int
    headers: Message
    body: bytes

    @cached_property
    def json(self) -> Json:
        try:
            said = json.loads(self.body)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise BrokenError("not JSON")
        return said


@dataclass(frozen=True)
class Step:
    """One call and what came of it: HTTP status, the provider's code, the job's status, or how it broke."""

    call: str
    answer: Answer | None = None
    code: str | None = None
    status: str | None = None
    broke: str | None = None

    def __str__(self) -> str:
        http = str(self.answer.http) if self.answer is not None else None
        return " ".join(part for part in (self.call, http, self.status, self.code, self.broke) if part)

    @property
    def good(self) -> bool:
        return self.answer is not None and self.answer.http < 400 and self.code is None and self.broke is None


@dataclass
class Record:
    """How a run ended (`done`, or as a `StoppedError` says), the job, what was fetched, and every step."""

    outcome: str = ""
    job: str | None = None
    result: list[bytes] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def story(self) -> list[str]:
        return [str(step) for step in self.steps]


def exchange(url: str, method: str, headers: Mapping[str, str], body: bytes | None, timeout: float) -> Answer:
    """Make one request over a connection of its own. Raises `BrokenError`."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=timeout)
    try:
        connection.request(method, url.removeprefix(f"{parts.scheme}://{parts.netloc}"), body, dict(headers))
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    except RemoteDisconnected:  # a kind of ConnectionResetError, so it comes first
        raise BrokenError("empty") from None
    except ConnectionError:
        raise BrokenError("reset") from None
    except TimeoutError:
        raise BrokenError("timeout") from None
    except IncompleteRead:
        raise BrokenError("truncated") from None
    finally:
        connection.close()


def of_file(answer: Answer) -> tuple[str | None, str | None]:
    """Return the code of a refused download, be it in XML, in JSON or a page to log in; a file that came has none."""
    if answer.http < 300:
        return None, None
    if answer.http < 400:
        return "login wanted", None
    found = re.search(rb'<Code>([^<]+)<|"code":"([^"]+)"', answer.body)
    return (found[1] or found[2]).decode() if found else None, None


def of_login(answer: Answer) -> tuple[str | None, str | None]:
    """Return why a login was refused; None where it was not, and the browser is sent back with an authCode."""
    sent_back = dict(parse_qsl(urlsplit(answer.headers.get("Location", "")).query))
    return (None if "authCode" in sent_back else sent_back.get("error", "no login")), None


class Client(ABC):
    """What the providers have in common. `now` and `pause` are the clock and the sleep, so that tests may move time."""

    BUSY: ClassVar[frozenset[str]] = frozenset()
    """Codes that say that nothing was done, and that it may be tried again."""
    DOUBTFUL: ClassVar[frozenset[str]] = frozenset()
    """Codes inside an answer with HTTP 200 that a 5xx would stand for: something went wrong, who knows how far."""
    STALE: ClassVar[frozenset[str]] = frozenset()
    """Codes that a new token may cure."""

    def __init__(
        self,
        url: str,
        told: Mapping[str, str],
        *,
        now: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
        timeout: float = 10.0,
        every: float = 2.0,
        polls: int = 20,
    ) -> None:
        self.url, self.told, self.now, self.pause = url, told, now, pause
        self.timeout, self.every, self.polls = timeout, every, polls
        self.record = Record()
        self._token: str | None = None

    def run(self) -> Record:
        """Submit, poll, fetch."""
        try:
            self.submit()
            self.fetch(self.poll())
            self.record.outcome = "done"
        except StoppedError as stopped:
            self.record.outcome = str(stopped)
        return self.record

    def submit(self) -> str:
        """Create the job and return its id."""
        self.record.job = self.create()
        return self.record.job

    def poll(self) -> Json:
        """Ask for the job until it has ended, and return the last answer."""
        for _ in range(self.polls):
            said = self.query()
            if self.ended(said):
                return said
            self.pause(self.every)
        raise StoppedError("pending")

    @abstractmethod
    def create(self) -> str: ...

    @abstractmethod
    def query(self) -> Json: ...

    @abstractmethod
    def ended(self, said: Json) -> bool:
        """Return whether the job has ended well. Raises `StoppedError` where it has ended otherwise."""

    @abstractmethod
    def fetch(self, said: Json) -> None: ...

    @abstractmethod
    def read(self, answer: Answer) -> tuple[str | None, str | None]:
        """Return the code of an error and the status of a job, as far as the answer has them."""

    def call(
        self,
        name: str,
        send: Callable[[], Answer],
        read: Callable[[Answer], tuple[str | None, str | None]] | None = None,
        *,
        safe: bool = True,
    ) -> Answer:
        """Make a call, again where that is right, and return the good answer. Raises `StoppedError`."""
        renewed = False
        for attempt in range(1, ATTEMPTS + 1):
            step = self._once(name, send, read or self.read)
            if step.good and step.answer is not None:
                return step.answer
            http = step.answer.http if step.answer is not None else 0
            busy = step.code in self.BUSY or http in (429, 503)
            doubtful = step.broke is not None or step.code in self.DOUBTFUL or http >= 500
            if step.code in self.STALE and not renewed:
                self._token, renewed = None, True
            elif not busy and (not doubtful or not safe):
                raise StoppedError("in doubt" if doubtful else "refused")
            elif attempt < ATTEMPTS:
                asked = step.answer.headers.get("Retry-After", "") if step.answer is not None else ""
                self.pause(float(asked) if asked.isdecimal() else 2.0 ** (attempt - 1))
        raise StoppedError("unreachable" if step.broke else "refused")

    def _once(
        self, name: str, send: Callable[[], Answer], read: Callable[[Answer], tuple[str | None, str | None]]
    ) -> Step:
        answer = None
        try:
            answer = send()
            step = Step(name, answer, *read(answer))
        except BrokenError as fault:
            step = Step(name, answer, broke=str(fault))
        self.record.steps.append(step)
        return step

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        return exchange(path if "://" in path else self.url + path, method, headers, body, self.timeout)

    def download(self, link: str) -> None:
        self.record.result.append(self.call("fetch", lambda: self.send("GET", link, {}), of_file).body)


class _WithToken(Client):
    @abstractmethod
    def new_token(self) -> str: ...

    @property
    def token(self) -> str:
        if self._token is None:
            self._token = self.new_token()
        return self._token


class _Alibaba(Client):
    BUSY = frozenset({"Throttling", "Throttling.User", "Throttling.Api"})
    DOUBTFUL = frozenset({"101", "102", "111", "112", "10001", "10002", "10011", "10012"})

    def ask(self, action: str, **form: str) -> Answer:
        """Send a call with an ACS3 signature."""
        body = urlencode(form).encode()
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "host": urlsplit(self.url).netloc,
            "x-acs-action": action,
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
            "x-acs-date": datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": uuid4().hex,
            "x-acs-version": "2018-10-12",
        }
        lines = [f"{name}:{value}" for name, value in headers.items()]
        canonical = "\n".join(["POST", "/", "", *lines, "", ";".join(headers), headers["x-acs-content-sha256"]])
        text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.digest(self.told["access_key_secret"].encode(), text.encode(), "sha256").hex()
        signed = f"Credential={self.told['access_key_id']},SignedHeaders={';'.join(headers)},Signature={signature}"
        return self.send("POST", "/", {**headers, "authorization": f"ACS3-HMAC-SHA256 {signed}"}, body)

    def read(self, answer: Answer) -> tuple[str | None, str | None]:
        code, data = str(answer.json.get("Code", "")), answer.json.get("Data") or {}
        return (code if code != "200" else None), data.get("Status")


class AlibabaText(_Alibaba):
    """A text, translated by CreateAsyncTranslate and GetAsyncTranslate."""

    def create(self) -> str:
        form = {"SourceText": "你好", "SourceLanguage": "zh", "TargetLanguage": "en"}
        form |= {"Scene": "general", "FormatType": "text", "ApiType": "translate_standard"}
        answer = self.call("create", lambda: self.ask("CreateAsyncTranslate", **form), safe=False)
        return str(answer.json["Data"]["JobId"])

    def query(self) -> Json:
        job = self.record.job or ""
        return self.call("query", lambda: self.ask("GetAsyncTranslate", JobId=job)).json

    def ended(self, said: Json) -> bool:
        if said["Data"]["Status"] == "error":
            raise StoppedError("failed")
        return "TranslatedText" in said["Data"]  # its presence, and no status, is what every reading agrees on

    def fetch(self, said: Json) -> None:
        self.record.result.append(said["Data"]["TranslatedText"].encode())


class AlibabaImages(_Alibaba):
    """Two images, translated by TranslateImageBatch; a CustomTaskId makes it safe to repeat within three minutes."""

    IMAGES = "https://example.com/first.jpg,https://example.com/second.jpg"

    @cached_property
    def custom_task_id(self) -> str:
        return uuid4().hex

    def create(self) -> str:
        form = {"ImageUrls": self.IMAGES, "SourceLanguage": "zh", "TargetLanguage": "en"}
        form["CustomTaskId"] = self.custom_task_id
        return str(self.call("create", lambda: self.ask("TranslateImageBatch", **form)).json["Data"]["TaskId"])

    def query(self) -> Json:
        task = self.record.job or ""
        return self.call("query", lambda: self.ask("GetTranslateImageBatchResult", TaskId=task)).json

    def ended(self, said: Json) -> bool:
        if said["Data"]["Status"] == "invalid":
            raise StoppedError("gone")
        return bool(said["Data"]["Status"] == "finished")

    def fetch(self, said: Json) -> None:
        for image in said["Data"]["Result"]:
            if not image["Success"]:
                raise StoppedError("failed")
            self.download(image["FinalImageUrl"])


class Huawei(_WithToken):
    """A document, translated with an IAM token; an expired link is asked for again."""

    BUSY = frozenset({"NLP.6302", "APIG.0308", "APIGW.0308", "SlowDown"})
    DOUBTFUL = frozenset({"NLP.0201"})
    STALE = frozenset({"NLP.0101", "APIG.0301", "APIG.0307", "APIGW.0301", "APIGW.0307", "ModelArts.0203"})
    document = "year.txt"

    def new_token(self) -> str:
        user = {"name": self.told["user"], "password": self.told["password"], "domain": {"name": self.told["domain"]}}
        identity = {"methods": ["password"], "password": {"user": user}}
        body = json.dumps({"auth": {"identity": identity, "scope": {"project": {"name": "cn-north-4"}}}}).encode()
        answer = self.call("token", lambda: self.send("POST", "/v3/auth/tokens", _JSON, body))
        return answer.headers["X-Subject-Token"]

    def ask(self, method: str, job: str = "", body: bytes | None = None) -> Answer:
        path = f"/v1/{self.told['project_id']}/machine-translation/file-translation/jobs{job}"
        return self.send(method, path, {**_JSON, "X-Auth-Token": self.token}, body)

    def read(self, answer: Answer) -> tuple[str | None, str | None]:
        said = answer.json
        if "error" in said:
            return str(said["error"]["code"]), None
        status = said.get("status")
        return (None if status else said.get("error_code")), status

    def create(self) -> str:
        asked = {"url": f"https://bucket.obs.cn-north-4.myhuaweicloud.com/{self.document}", "type": "txt"}
        body = json.dumps({**asked, "from": "zh", "to": "en"}).encode()
        return str(self.call("create", lambda: self.ask("POST", body=body), safe=False).json["job_id"])

    def query(self) -> Json:
        return self.call("query", lambda: self.ask("GET", f"/{self.record.job}")).json

    def ended(self, said: Json) -> bool:
        if said["status"] == "ERROR":
            raise StoppedError("failed")
        return bool(said["status"] == "FINISHED")

    def fetch(self, said: Json) -> None:
        try:
            self.download(said["url"])
        except StoppedError:
            if self.record.steps[-1].code != "AccessDenied":
                raise
            self.download(self.query()["url"])


class DingTalk(_WithToken):
    """A file of contact ids: token, upload, job, download."""

    BUSY = frozenset({"system.busy", "serviceBusy", "1111", *(f"900{number:02}" for number in range(1, 15))}) | {
        f"Forbidden.AccessDenied.{kind}LimitFor{whom}Api"
        for kind in ("Qps", "Qpm")
        for whom in ("", "AppkeyAnd", "SuitekeyAndOrgAnd")
    }
    DOUBTFUL = frozenset({"-1"})
    STALE = frozenset({"InvalidAuthentication", "40014", "42001"})
    output: str | None = None

    def new_token(self) -> str:
        suite = {"suiteKey": self.told["suite_key"], "suiteSecret": self.told["suite_secret"], "suiteTicket": "ticket"}
        body = json.dumps({**suite, "authCorpId": self.told["corp_id"]}).encode()
        answer = self.call("token", lambda: self.send("POST", "/v1.0/oauth2/corpAccessToken", _JSON, body))
        return str(answer.json["accessToken"])

    def ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        return self.send(method, path, {**_JSON, "x-acs-dingtalk-access-token": self.token}, body)

    def read(self, answer: Answer) -> tuple[str | None, str | None]:
        said = answer.json
        if "punish" in said:  # no operation answers so: the firewall does, and its status is no job's
            return str(said["status"]), None
        return said.get("code") or (str(said["errcode"]) if said.get("errcode") else None), said.get("status")

    def upload(self) -> Answer:
        part = 'Content-Disposition: form-data; name="file"; filename="staff.csv"\r\n\r\n$userName=user001$\n'
        body = f"--part\r\n{part}\r\n--part--\r\n".encode()
        path = f"/file/upload/single?access_token={self.token}"
        return self.send("POST", path, {"Content-Type": "multipart/form-data; boundary=part"}, body)

    @cached_property
    def media_id(self) -> str:
        return str(self.call("upload", self.upload).json["media_id"])

    def create(self) -> str:
        asked = {"medias": {self.media_id: "staff.csv"}, "unionId": self.told["union_id"]}
        body = json.dumps(asked if self.output is None else {**asked, "outputFileName": self.output}).encode()
        create = self.call("create", lambda: self.ask("POST", "/v1.0/contact/files/translate", body), safe=False)
        return str(create.json["jobId"])

    def query(self) -> Json:
        path = f"/v1.0/contact/files/translateResults?jobId={self.record.job}"
        return self.call("query", lambda: self.ask("GET", path)).json

    def ended(self, said: Json) -> bool:
        if said["status"] == "2":
            raise StoppedError("failed")
        return bool(said["status"] == "1")

    def log_in(self, link: str) -> Answer:
        """Log in as a browser does, and return the page that it is sent to, with the cookie that it was given."""
        query = {"client_id": self.told["suite_key"], "response_type": "code", "scope": "openid", "redirect_uri": link}
        return self.send("GET", f"/oauth2/auth?{urlencode(query)}", {})

    def fetch(self, said: Json) -> None:
        """Log in, then open the link in the same browser; a page instead of the file says that nobody has logged in."""
        login = self.call("login", lambda: self.log_in(said["url"]), of_login)
        cookie = login.headers["Set-Cookie"].partition(";")[0]
        file = self.call("fetch", lambda: self.send("GET", said["url"], {"Cookie": cookie}), of_file)
        self.record.result.append(file.body)
