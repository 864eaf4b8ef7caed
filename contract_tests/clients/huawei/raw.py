"""Raw requests to Huawei: signed by the official SDK's own signer, and sent byte for byte as a test alters them."""

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

from contract_tests.harness.exchange import JSON, Response


@dataclass(frozen=True)
class RawRequest:
    """A request as it is written to the socket. `path` includes the query."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def sign(
    credentials: Mapping[str, str],
    method: str,
    path: str,
    body: bytes = b"",
    *,
    timestamp: float | None = None,
    headers: Mapping[str, str] | None = None,
    **keys: str,
) -> RawRequest:
    """Return a signed request.

    `timestamp` is in seconds since the epoch. `keys` (`access_key`, `secret_key`) replace the sandbox's.
    """
    all_headers: dict[str, str] = {"Content-Type": JSON, "X-Project-Id": credentials["project_id"], **(headers or {})}
    if timestamp is not None:
        all_headers["X-Sdk-Date"] = datetime.fromtimestamp(timestamp, UTC).strftime("%Y%m%dT%H%M%SZ")
    raw_path, _, query = path.partition("?")
    request = SdkRequest(
        method,
        "http",
        credentials["endpoint"].partition("://")[2],
        raw_path,
        raw_path,
        [tuple(pair.split("=", 1)) for pair in query.split("&") if pair],
        all_headers,
        body,
    )
    both = {**credentials, **keys}
    Signer(BasicCredentials(both["access_key"], both["secret_key"], credentials["project_id"])).sign(request)
    return RawRequest(method, path, dict(request.header_params), body)


def send(url: str, request: RawRequest) -> Response:
    """Send a request to the server at `url`, with its headers, Content-Length and Host, and no others."""
    host = url.partition("://")[2]
    connection = http.client.HTTPConnection(host, timeout=10)
    try:
        connection.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": host, **request.headers, "Content-Length": str(len(request.body))}.items():
            connection.putheader(name, value.encode())
        connection.endheaders(request.body)
        response = connection.getresponse()
        return Response(response.status, CIMultiDict(response.headers.items()), response.read())
    finally:
        connection.close()


def call_admin(url: str, method: str, path: str, body: Any = None) -> Any:
    """Call the admin API of the server at `url`; return its JSON."""
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{url}/__fauxlate{path}", data, {"Content-Type": JSON}, method=method)) as response:
        return json.load(response)


def create_sandbox(url: str, **settings: Any) -> dict[str, Any]:
    """Create a sandbox; return its Huawei credentials, with its `id`, and `url` as its `endpoint`."""
    sandbox = call_admin(url, "POST", "/sandboxes", settings)
    return {**sandbox["credentials"]["huawei"], "id": sandbox["id"], "endpoint": url}


def request_token(
    credentials: Mapping[str, str], scope: Mapping[str, Any] | None, **user_members: Any
) -> tuple[str, Any]:
    """Return a new IAM token, and IAM's description of it; `user_members` replace those of the user in the body."""
    user = {
        "name": credentials["user"],
        "password": credentials["password"],
        "domain": {"name": credentials["domain"]},
        **user_members,
    }
    auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": user}}}
    if scope is not None:
        auth["scope"] = scope
    request = RawRequest("POST", "/v3/auth/tokens", {"Content-Type": JSON}, json.dumps({"auth": auth}).encode())
    response = send(credentials["endpoint"], request)
    assert response.status == 201, response.body
    return response.headers["X-Subject-Token"], response.json["token"]
