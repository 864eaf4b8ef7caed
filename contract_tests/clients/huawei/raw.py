"""Requests to Huawei signed by the official SDK's own signer, and sent byte for byte as a test has altered them."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.request import Request, urlopen

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from multidict import CIMultiDict

from contract_tests.speaking import JSON, Said


@dataclass(frozen=True)
class Wire:
    """One request, as it is written to the socket."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def signed(
    told: Mapping[str, str],
    method: str,
    path: str,
    body: bytes = b"",
    *,
    at: float | None = None,
    headers: Mapping[str, str] | None = None,
    **keys: str,
) -> Wire:
    """Sign a request with the sandbox's keys, or with `access_key` and `secret_key`; `at`: seconds since the epoch."""
    all_headers: dict[str, str] = {"Content-Type": JSON, "X-Project-Id": told["project_id"], **(headers or {})}
    if at is not None:
        all_headers["X-Sdk-Date"] = datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ")
    raw_path, _, query = path.partition("?")
    request = SdkRequest(
        method,
        "http",
        told["endpoint"].partition("://")[2],
        raw_path,
        raw_path,
        [tuple(pair.split("=", 1)) for pair in query.split("&") if pair],
        all_headers,
        body,
    )
    both = {**told, **keys}
    Signer(BasicCredentials(both["access_key"], both["secret_key"], told["project_id"])).sign(request)
    return Wire(method, path, dict(request.header_params), body)


def sent(url: str, wire: Wire) -> Said:
    """Send a request to the server at `url` with these headers and no others."""
    connection = http.client.HTTPConnection(url.partition("://")[2], timeout=10)
    try:
        connection.putrequest(wire.method, wire.path, skip_host=True, skip_accept_encoding=True)
        headers = {"Host": url.partition("://")[2], **wire.headers, "Content-Length": str(len(wire.body))}
        for name, value in headers.items():
            connection.putheader(name, value.encode())
        connection.endheaders(wire.body)
        answer = connection.getresponse()
        return Said(answer.status, CIMultiDict(answer.headers.items()), answer.read())
    finally:
        connection.close()


def asked(url: str, method: str, path: str, body: Any = None) -> Any:
    """Call the admin API."""
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{url}/__fauxlate{path}", data, {"Content-Type": JSON}, method=method)) as answer:
        return json.load(answer)


def sandbox(url: str, **settings: Any) -> dict[str, Any]:
    """Make a sandbox and return what a client of Huawei in it has to know; its id and tag too."""
    said = asked(url, "POST", "/sandboxes", settings)
    return {**said["credentials"]["huawei"], "id": said["id"], "endpoint": url}


def token(told: Mapping[str, str], scope: Mapping[str, Any] | None, **user: Any) -> tuple[str, Any]:
    """Get a token; return it with what IAM says of it."""
    own = {"name": told["user"], "password": told["password"], "domain": {"name": told["domain"]}}
    auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": {**own, **user}}}}
    if scope is not None:
        auth["scope"] = scope
    wire = Wire("POST", "/v3/auth/tokens", {"Content-Type": JSON}, json.dumps({"auth": auth}).encode())
    said = sent(told["endpoint"], wire)
    assert said.status == 201, said.body
    return said.headers["X-Subject-Token"], said.json["token"]
