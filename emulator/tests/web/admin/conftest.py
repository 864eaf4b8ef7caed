"""A server for each module, and a client of its admin API that holds every answer against the OpenAPI document."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema_rs
import pytest
import requests
from fauxlate.engine.exchange.reply import JSON
from fauxlate.serving.background import BackgroundServer
from fauxlate.web.admin import openapi
from fauxlate.web.admin.route import PREFIX
from fauxlate.web.admin.routes import ROUTES
from tests.web.clients import PATIENCE, Alibaba, DingTalk, Huawei

EPOCH = 1767225600.0
FROZEN = {"mode": "frozen", "at": "2026-01-01T00:00:00Z"}
Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What came back, read as JSON where it says that it is."""

    status: int
    data: Any
    headers: Mapping[str, str]

    @property
    def message(self) -> str:
        """What a refusal says."""
        return str(self.data["message"])


class Admin:
    """Asks the admin API. An answer that is not as the document says fails the test."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url
        self._guarded = token is not None
        self._session = requests.Session()
        self._session.trust_env = False
        if token is not None:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def ask(self, method: str, path: str, json: Any = None, **more: Any) -> Answer:
        answer = self._session.request(method, f"{self.url}{PREFIX}{path}", json=json, timeout=PATIENCE, **more)
        kind = answer.headers["Content-Type"].partition(";")[0]
        data = answer.json() if kind == JSON else answer.text
        check(method, path.partition("?")[0], answer.status_code, kind, data, guarded=self._guarded)
        return Answer(answer.status_code, data, answer.headers)

    def told(self, path: str) -> Any:
        """Return what is told of `path`."""
        answer = self.ask("GET", path)
        assert answer.status == 200, answer.data
        return answer.data

    def sandbox(self, **settings: Any) -> Box:
        """Create a sandbox, its clock frozen and no signature looked at unless told otherwise."""
        made = self.ask("POST", "sandboxes", {"clock": FROZEN, "signatures": "ignored", **settings})
        assert made.status == 201, made.data
        return Box(self, made.data)

    def close(self) -> None:
        self._session.close()


class Box:
    """One sandbox: what was told when it was made, its admin API and its providers."""

    def __init__(self, admin: Admin, made: Json) -> None:
        self.admin = admin
        self.made = made
        self.id = str(made["id"])
        self.alibaba = Alibaba(made["credentials"]["alibaba"])
        self.dingtalk = DingTalk(made["credentials"]["dingtalk"])
        self.huawei = Huawei(made["credentials"]["huawei"])

    def ask(self, method: str, path: str = "", json: Any = None, **more: Any) -> Answer:
        return self.admin.ask(method, f"sandboxes/{self.id}{path}", json, **more)

    def told(self, path: str = "") -> Any:
        """Return what is told of the sandbox, or of a part of it."""
        return self.admin.told(f"sandboxes/{self.id}{path}")

    def clock(self, **change: Any) -> Any:
        """Change the clock; return what is then told of it."""
        answer = self.ask("PATCH", "/clock", change)
        assert answer.status == 200, answer.data
        return answer.data

    def fork(self, **asked: Any) -> Box:
        answer = self.ask("POST", "/fork", asked)
        assert answer.status == 201, answer.data
        return Box(self.admin, answer.data)

    def jobs(self) -> list[Json]:
        return list(self.told("/jobs")["jobs"])

    def entries(self, query: str = "") -> list[Json]:
        return list(self.told(f"/journal{query}")["entries"])

    def served(self, kind: str) -> dict[str, int]:
        """Return what of a kind has been served, and how often."""
        rows = self.told(f"/coverage?kind={kind}&only=served")["rows"]
        return {row["name"]: row["served"] for row in rows}


def check(method: str, path: str, status: int, kind: str, data: Any, *, guarded: bool) -> None:
    """Hold an answer against the document."""
    template = _template(unquote(path))
    if template is None:
        assert (status, list(data)) in ((404, ["message"]), (401, ["message"]), (403, ["message"])), data
        return
    operations = _document(guarded)["paths"][template]
    if method.lower() not in operations:
        assert status in (405, 401, 403), data
        return
    documented = operations[method.lower()]["responses"]
    assert str(status) in documented, f"{method} {path} gave {status}: {data}"
    content = documented[str(status)]["content"]
    assert kind in content, f"{method} {path} gave {kind}"
    _validator(guarded, template, method.lower(), str(status), kind).validate(data)


def _template(path: str) -> str | None:
    came = path.split("/")
    for route in ROUTES:
        wanted = route.segments
        if len(wanted) == len(came) and all(
            want == have or (want.startswith("{") and have) for want, have in zip(wanted, came, strict=True)
        ):
            return f"{PREFIX}{route.path}"
    return None


@cache
def _document(guarded: bool) -> Json:  # noqa: FBT001
    return openapi.document(ROUTES, requires_token=guarded)


@cache
def _validator(guarded: bool, path: str, method: str, status: str, kind: str) -> Any:  # noqa: FBT001
    document = _document(guarded)
    schema = document["paths"][path][method]["responses"][status]["content"][kind]["schema"]
    whole = {"allOf": [schema], "components": document["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


@pytest.fixture(scope="module")
def emulator() -> Iterator[BackgroundServer]:
    with BackgroundServer() as emulator:
        yield emulator


@pytest.fixture
def admin(emulator: BackgroundServer) -> Iterator[Admin]:
    admin = Admin(emulator.url)
    yield admin
    admin.close()


@pytest.fixture
def busy(admin: Admin) -> Box:
    """A sandbox with something of everything in its journal."""
    rule = {"on": "huawei.RunFileTranslation", "times": 1, "then": {"fail": "NLP.6305"}}
    box = admin.sandbox(scenario={"rules": [rule]})
    box.huawei.create()  # numbers 1, a token, and 2, refused
    box.huawei.ask(box.huawei.made())  # numbers 3 and 4
    box.dingtalk.made()  # numbers 5, 6 and 7
    return box


def raw(url: str, request: bytes) -> tuple[int, bytes]:
    """Send bytes as they are; return status and body of the answer."""
    at = urlsplit(url)
    assert at.hostname is not None
    with socket.create_connection((at.hostname, at.port or 80), timeout=PATIENCE) as wire:
        wire.sendall(request)
        answer = http.client.HTTPResponse(wire)
        answer.begin()
        return answer.status, answer.read()
