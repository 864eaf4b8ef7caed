"""Requests that can be altered in any place before they are bytes: one of each operation, and of the admin API."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from fauxlate.serving.composition import PROVIDERS
from fauxlate.web.admin.route import PREFIX, Route
from fauxlate.web.admin.routes import ROUTES

from contract_tests.harness.exchange import FORM, JSON, Request
from contract_tests.harness.flows import FLOWS
from contract_tests.harness.provider_client import ProviderClient
from contract_tests.harness.target import Target
from contract_tests.harness.valid_requests import valid_request

Pairs = list[tuple[bytes, bytes]]
_FRAMING = re.compile(rb"content-length|transfer-encoding")
_METHODS = frozenset({b"GET", b"POST", b"PUT", b"DELETE", b"HEAD", b"PATCH", b"OPTIONS"})


@dataclass
class Draft:
    """A request in parts, each as bytes; `query` is encoded already. `signs` names how it is signed at the end."""

    name: str
    method: bytes
    path: bytes
    query: Pairs = field(default_factory=list)
    headers: Pairs = field(default_factory=list)
    body: bytes = b""
    signs: str = ""
    chunks: tuple[int, ...] = ()
    """Where the body is cut into chunks; none where its length is told."""

    def copy(self) -> Draft:
        """Return a draft to alter."""
        return Draft(
            self.name, self.method, self.path, list(self.query), list(self.headers), self.body, self.signs, self.chunks
        )

    @property
    def target(self) -> bytes:
        """Path and query as they are sent."""
        query = b"&".join(name + b"=" + value for name, value in self.query)
        return self.path + (b"?" + query if query else b"")

    @property
    def media_type(self) -> bytes:
        """The content type without parameters."""
        return next((value for name, value in self.headers if name.lower() == b"content-type"), b"").partition(b";")[0]

    def encode(self) -> bytes:
        """Return the bytes to send."""
        lines = [b"%s %s HTTP/1.1" % (self.method, self.target), *(b"%s: %s" % header for header in self.headers)]
        names = {name.lower() for name, _ in self.headers}
        if b"host" not in names:
            lines.append(b"Host: 127.0.0.1:1")
        if self.chunks:
            return b"\r\n".join((*lines, b"Transfer-Encoding: chunked", b"", self._encode_chunks()))
        if (self.body or self.method in (b"POST", b"PUT", b"PATCH")) and b"content-length" not in names:
            lines.append(b"Content-Length: %d" % len(self.body))
        return b"\r\n".join((*lines, b"", self.body))

    def _encode_chunks(self) -> bytes:
        places = sorted({0, len(self.body), *(place for place in self.chunks if place < len(self.body))})
        parts = (self.body[start:end] for start, end in pairwise(places))
        return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"

    def has_one_answer(self) -> bool:
        """Whether it is one request, whatever is wrong with it: its end does not depend on how it is read."""
        if self.method not in _METHODS or any(mark in self.target for mark in (b"\r", b"\n", b" ")):
            return False
        return all(
            b"\r" not in name + value and b"\n" not in name + value and _FRAMING.fullmatch(name.lower().strip()) is None
            for name, value in self.headers
        )


def draft_of(name: str, request: Request) -> Draft:
    """Return a request as a draft."""
    path, _, more = request.path.partition("?")
    pairs = [*request.query.items(), *parse_qsl(more, keep_blank_values=True)]
    body = request.body if request.form is None else urlencode(request.form).encode()
    return Draft(
        name,
        request.method.encode(),
        path.encode(),
        [(quote(key, safe="").encode(), quote(value, safe="").encode()) for key, value in pairs],
        [(key.encode(), value.encode()) for key, value in request.headers.items()],
        body or b"",
    )


_SIGNED = ("rpc", "acs3")


def provider_drafts(target: Target) -> list[Draft]:
    """Return a draft of each operation, with the credentials of `target`; those of alimt are signed in both ways."""
    names = (f"{provider.name}.{operation.name}" for provider in PROVIDERS for operation in provider.operations)
    drafts = [draft_of(name, valid_request(name, target)) for name in names]
    actions = [made for made in drafts if any(key == b"Action" for key, _ in made.query)]
    signed = [replace(made.copy(), signs=signs) for made in actions for signs in _SIGNED]
    return [*drafts, *signed, *(_put_into_form(made) for made in actions)]


def _put_into_form(draft: Draft) -> Draft:
    """Return a draft of alimt with all parameters in the form, where RPC may have them too."""
    pairs = [key + b"=" + value for key, value in draft.query]
    body = b"&".join([*pairs, draft.body] if draft.body else pairs)
    return replace(draft, method=b"POST", query=[], headers=[(b"Content-Type", FORM.encode())], body=body, signs="rpc")


def recorded_drafts(target: Target) -> list[Draft]:
    """Return what a client sends from the creation of each job to its result."""
    drafts: list[Draft] = []

    def listen(operation: str, request: Request, _: object) -> None:
        drafts.append(draft_of(operation, request))
        if operation.startswith("alibaba."):
            drafts[-1].signs = "rpc"

    client = ProviderClient(target, listen)
    for flow in FLOWS.values():
        job_id = flow.start(client)
        target.advance("1h")
        links = flow.status(client, job_id).links
        drafts += [draft_of(flow.download_operation, Request("GET", link.removeprefix(target.url))) for link in links]
    return drafts


_BODIES: Mapping[str, Any] = {
    "POST sandboxes": {
        "id": "made",
        "seed": 3,
        "quirks": {"huawei.started_status": "BEGIN"},
        "clock": {"mode": "real"},
    },
    "fork": {"id": "forked"},
    "move": {"to": "2"},
    "clock": {"mode": "frozen", "advance": "10m"},
    "events": {"event": "ping"},
    "callbacks": {"url": "", "form": "", "token": "t", "aes_key": "", "check": False},
    "scenario": {
        "about": "x",
        "quirks": {"huawei.started_status": "BEGIN"},
        "lifecycles": {"huawei.file_translation": {"WAITING": "normal(1s, 2s)"}},
        "rules": [
            {
                "on": ["huawei.*", "alibaba.GetAsyncTranslate"],
                "where": {"body": {"text": "/x+/"}, "headers": {"X-A": "b"}},
                "after": "2s",
                "skip": 1,
                "times": 2,
                "then": [{"hold": "uniform(1s, 2s)"}, {"respond": {"status": 418, "body": {"a": "${now}"}}}],
            }
        ],
    },
}
"""Bodies by the last part of a route."""


def admin_drafts(sandbox_id: str, job_id: str) -> list[Draft]:
    """Return a draft of each route of the admin API, about a sandbox that nobody else uses."""
    return [_admin_draft(route, sandbox_id, job_id) for route in ROUTES]


def _admin_draft(route: Route, sandbox_id: str, job_id: str) -> Draft:
    path = (PREFIX + route.path).replace("{id}", sandbox_id).replace("{job}", job_id).replace("{provider}", "dingtalk")
    names = route.query.model_fields if route.query is not None else {}
    query = [(name.encode(), b"1") for name in names]
    made = Draft(f"{route.method} {route.path}", route.method.encode(), path.encode(), query)
    made.headers.append((b"Host", b"localhost"))
    if route.method in ("POST", "PUT", "PATCH"):
        last = route.path.rpartition("/")[2]
        body = _BODIES.get(f"{route.method} {route.path}", _BODIES.get(last, {}))
        if last == "{provider}":
            body = _BODIES["callbacks"]
        made.headers.append((b"Content-Type", JSON.encode()))
        made.body = json.dumps(body).encode()
    return made
