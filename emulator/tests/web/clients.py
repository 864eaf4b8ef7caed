"""Plain clients of the three providers, so that a test sees every byte of what comes back."""

from __future__ import annotations

import base64
import hmac
import itertools
import socket
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import requests

Told = Mapping[str, str]
PATIENCE = 20.0
"""Seconds after which a client gives up; no test waits for it."""
_NONCES = itertools.count()


def direct() -> requests.Session:
    """Return a session that asks no proxy."""
    session = requests.Session()
    session.trust_env = False
    return session


class Client(ABC):
    """What every provider's client can do: create a job, ask for it, and say what an answer means."""

    name: str
    lifecycle: str
    creates: str
    asks: str
    course: tuple[str, ...]
    throttled: str
    _token = ""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.session = direct()

    @abstractmethod
    def creating(self, label: str = "a", **options: Any) -> requests.Request:
        """Return the request for a job; `label` goes somewhere into what is asked."""

    @abstractmethod
    def asking(self, job_id: str) -> requests.Request:
        """Return the question how a job stands."""

    def send(self, request: requests.Request, **options: Any) -> requests.Response:
        return self.session.send(self.session.prepare_request(request), **({"timeout": PATIENCE} | options))

    def create(self, label: str = "a", **options: Any) -> requests.Response:
        return self.send(self.creating(label, **options))

    def ask(self, job_id: str) -> requests.Response:
        return self.send(self.asking(job_id))

    @abstractmethod
    def job(self, answer: requests.Response) -> str:
        """Return the id of the job that was created."""

    @abstractmethod
    def state(self, answer: requests.Response) -> str:
        """Return the state in an answer to `ask`; `gone` where the job is no longer kept."""

    @abstractmethod
    def code(self, answer: requests.Response) -> str | None:
        """Return the code of an error, or None."""

    def made(self, label: str = "a") -> str:
        """Create a job; return its id."""
        return self.job(self.create(label))

    def renew(self) -> None:
        """Have a new token fetched before the next call."""
        self._token = ""

    def close(self) -> None:
        self.session.close()


def escaped(text: str) -> str:
    return quote(text, safe="~")


class Alibaba(Client):
    """Signs as RPC clients do: HMAC-SHA1 over the sorted query."""

    name, lifecycle = "alibaba", "alibaba.async_translate"
    creates, asks = "alibaba.CreateAsyncTranslate", "alibaba.GetAsyncTranslate"
    course = ("ready", "translating", "translated")
    throttled = "Throttling.User"

    def signed(self, action: str, parameters: Mapping[str, str]) -> str:
        """Return a request target; each has another nonce."""
        query = {
            "Action": action,
            "Version": "2018-10-12",
            "Format": "JSON",
            "AccessKeyId": self.told["access_key_id"],
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": f"nonce-{next(_NONCES)}",
            "Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            **parameters,
        }
        sorted_query = "&".join(f"{escaped(name)}={escaped(value)}" for name, value in sorted(query.items()))
        text = f"POST&%2F&{escaped(sorted_query)}"
        digest = hmac.digest(f"{self.told['access_key_secret']}&".encode(), text.encode(), "sha1")
        return f"/?{sorted_query}&Signature={escaped(base64.b64encode(digest).decode())}"

    def calling(self, action: str, **parameters: str) -> requests.Request:
        return requests.Request("POST", f"http://{self.told['endpoint']}{self.signed(action, parameters)}")

    def call(self, action: str, **parameters: str) -> requests.Response:
        return self.send(self.calling(action, **parameters))

    def creating(self, label: str = "a", **options: Any) -> requests.Request:
        return self.calling("CreateAsyncTranslate", **(text(label) | options))

    def asking(self, job_id: str) -> requests.Request:
        return self.calling("GetAsyncTranslate", JobId=job_id)

    def job(self, answer: requests.Response) -> str:
        return str(answer.json()["Data"]["JobId"])

    def state(self, answer: requests.Response) -> str:
        data = answer.json()["Data"]
        return "translated" if "TranslatedText" in data else str(data["Status"])

    def code(self, answer: requests.Response) -> str | None:
        code = str(answer.json()["Code"])
        return None if code == "200" else code


def text(label: str) -> dict[str, str]:
    """Return the parameters of a text job."""
    return {
        "SourceLanguage": "zh",
        "TargetLanguage": "en",
        "SourceText": label,
        "Scene": "general",
        "FormatType": "text",
        "ApiType": "translate_standard",
    }


class Huawei(Client):
    """Carries an IAM token."""

    name, lifecycle = "huawei", "huawei.file_translation"
    creates, asks = "huawei.RunFileTranslation", "huawei.RunGetFileTranslationResult"
    course = ("WAITING", "BGEIN", "FINISHED")
    throttled = "APIG.0308"

    def token_body(self) -> dict[str, Any]:
        user = {
            "name": self.told["user"],
            "password": self.told["password"],
            "domain": {"name": self.told["domain"]},
        }
        scope = {"project": {"name": "cn-north-4"}}
        return {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}

    @property
    def token(self) -> str:
        if not self._token:
            url = f"{self.told['iam_endpoint']}/v3/auth/tokens"
            self._token = self.session.post(url, json=self.token_body(), timeout=PATIENCE).headers["X-Subject-Token"]
        return self._token

    @property
    def jobs(self) -> str:
        return f"{self.told['endpoint']}/v1/{self.told['project_id']}/machine-translation/file-translation/jobs"

    def creating(self, label: str = "a", **options: Any) -> requests.Request:
        body = {"url": f"https://example.com/{quote(label)}.txt", "from": "zh", "to": "en", "type": "txt"} | options
        return requests.Request("POST", self.jobs, json=body, headers={"X-Auth-Token": self.token})

    def asking(self, job_id: str) -> requests.Request:
        return requests.Request("GET", f"{self.jobs}/{job_id}", headers={"X-Auth-Token": self.token})

    def job(self, answer: requests.Response) -> str:
        return str(answer.json()["job_id"])

    def state(self, answer: requests.Response) -> str:
        said = answer.json()
        return "gone" if said.get("error_code") == "NLP.6304" else str(said["status"])

    def code(self, answer: requests.Response) -> str | None:
        return answer.json().get("error_code")  # type: ignore[no-any-return]


class DingTalk(Client):
    """Carries an access token; a file is uploaded before it is translated."""

    name, lifecycle = "dingtalk", "dingtalk.file_translation"
    creates, asks = "dingtalk.TranslateFile", "dingtalk.GetTranslateFileJobResult"
    course = ("0", "1")
    throttled = "Forbidden.AccessDenied.QpsLimitForSuitekeyAndOrgAndApi"

    @property
    def url(self) -> str:
        return f"http://{self.told['endpoint']}"

    @property
    def token(self) -> str:
        if not self._token:
            keys = {
                "suiteKey": self.told["suite_key"],
                "suiteSecret": self.told["suite_secret"],
                "authCorpId": self.told["corp_id"],
                "suiteTicket": "ticket-of-a-test",
            }
            answer = self.session.post(f"{self.url}/v1.0/oauth2/corpAccessToken", json=keys, timeout=PATIENCE)
            self._token = answer.json()["accessToken"]
        return self._token

    def upload(self, name: str = "a.csv", data: bytes = b"$userName=u1$") -> str:
        url, params = f"{self.url}/file/upload/single", {"access_token": self.token}
        answer = self.session.post(url, params=params, files={"file": (name, data)}, timeout=PATIENCE)
        return str(answer.json()["media_id"])

    def creating(self, label: str = "a", **options: Any) -> requests.Request:
        medias = options.pop("medias", None) or {self.upload(f"{label}.csv"): f"{label}.csv"}
        body = {"medias": medias, "unionId": self.told["union_id"]} | options
        return requests.Request("POST", f"{self.url}/v1.0/contact/files/translate", json=body, headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        return {"x-acs-dingtalk-access-token": self.token}

    def asking(self, job_id: str) -> requests.Request:
        url = f"{self.url}/v1.0/contact/files/translateResults"
        return requests.Request("GET", url, params={"jobId": job_id}, headers=self.headers)

    def job(self, answer: requests.Response) -> str:
        return str(answer.json()["jobId"])

    def state(self, answer: requests.Response) -> str:
        return str(answer.json()["status"])

    def code(self, answer: requests.Response) -> str | None:
        return answer.json().get("code")  # type: ignore[no-any-return]


CLIENTS: tuple[type[Client], ...] = (Alibaba, DingTalk, Huawei)


@contextmanager
def connected(request: requests.Request, receive: int | None = None) -> Iterator[socket.socket]:
    """Send a request over a socket of its own, which is closed in the end; `receive` bytes wait there at most."""
    prepared = request.prepare()
    assert prepared.url is not None
    host, _, target = prepared.url.partition("://")[2].partition("/")
    name, _, port = host.partition(":")
    body = prepared.body or b""
    assert isinstance(body, bytes)
    headers = {"Host": host, "Content-Length": str(len(body))} | {
        key: str(value) for key, value in prepared.headers.items()
    }
    head = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
    with socket.socket() as wire:
        wire.settimeout(PATIENCE)
        if receive is not None:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        wire.connect((name, int(port)))
        wire.sendall(f"{prepared.method} /{target} HTTP/1.1\r\n{head}\r\n".encode() + body)
        yield wire


def everything(wire: socket.socket) -> bytes:
    """Read until the other side has closed."""
    return b"".join(iter(lambda: wire.recv(65536), b""))
