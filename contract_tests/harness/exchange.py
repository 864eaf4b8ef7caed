"""One HTTP exchange with a target: a request, the response to it, and the functions that make them."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener
from xml.etree import ElementTree

from multidict import CIMultiDict

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Request:
    """A request to a provider.

    `form` holds the fields of a form body, which alimt is sent; `body` holds any other body. `headers` and `query` are
    by name.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    form: Mapping[str, str] | None = None

    @property
    def target(self) -> str:
        """Path and query, as they stand in the request line."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    def without(self, *names: str) -> Request:
        """Return the request without these headers and query parameters."""
        return replace(
            self,
            query={name: value for name, value in self.query.items() if name not in names},
            headers={name: value for name, value in self.headers.items() if name not in names},
        )


@dataclass(frozen=True)
class Response:
    """The response to a request. `headers` are found by name in any case."""

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
        """Code and message of an error in any of the providers' shapes; None if this is no error."""
        if self.media_type not in (JSON, "application/xml") or not self.body:
            return None
        document = self.json
        if not isinstance(document, dict):
            return None
        if isinstance(document.get("error"), dict):
            document = document["error"]
        if "sub_msg" in document:  # DingTalk's topapi wraps the errors of its gateway
            return str(document.get("sub_code", document["errcode"])), document["sub_msg"]
        for code, message in (
            ("status", "punish"),  # its firewall has a shape of its own; any other status is a job's
            ("error_code", "error_msg"),
            ("errcode", "errmsg"),
            ("code", "message"),
            ("Code", "Message"),
        ):
            is_error = code in document and document[code] not in (0, 200, "200")
            if is_error and (code != "status" or message in document):
                return str(document[code]), str(document.get(message))
        return None


def json_request(path: str, body: object, headers: Mapping[str, str] | None = None) -> Request:
    """Return a POST of JSON."""
    return Request("POST", path, {}, {"Content-Type": JSON, **(headers or {})}, json.dumps(body).encode())


def exchange(base_url: str, request: Request, timeout: float = 20) -> Response:
    """Send a request to the server at `base_url`, over a connection of its own. `timeout` is in seconds."""
    parts = urlsplit(base_url)
    connection = (
        http.client.HTTPSConnection(parts.netloc, timeout=timeout, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(parts.netloc, timeout=timeout)
    )
    body = request.body if request.form is None else urlencode(request.form).encode()
    try:
        connection.request(request.method, request.target, body, dict(request.headers))
        response = connection.getresponse()
        return Response(response.status, CIMultiDict(response.headers.items()), response.read())
    finally:
        connection.close()


def browse(link: str, timeout: float = 20) -> Response:
    """Open a link as a browser does: follow its redirections, and keep its cookies. `timeout` is in seconds."""
    browser = build_opener(ProxyHandler({}), HTTPCookieProcessor())
    try:
        response = browser.open(link, timeout=timeout)
    except HTTPError as refusal:
        response = refusal
    with response:
        return Response(response.status, CIMultiDict(response.headers.items()), response.read())
