"""Sending what is wrong, and checking that a documented error comes back in the provider's own shape."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import aiohttp
from fauxlate.serving.composition import PROVIDERS
from yarl import URL

from contract_tests.harness.exchange import Request

OPERATIONS = {
    f"{provider.name}.{operation.name}": operation for provider in PROVIDERS for operation in provider.operations
}
"""Every operation, as `provider.Operation`."""
_CODES = {provider.name: {row.code for row in provider.errors} for provider in PROVIDERS}
_NUMBERS = {str(row.listed_status) for provider in PROVIDERS if provider.name == "alibaba" for row in provider.errors}


async def send(session: aiohttp.ClientSession, request: Request) -> tuple[int, str, bytes, str]:
    """Return status, content type and body of the response, and its hint for the client's author."""
    headers = {"Content-Type": "", **request.headers} if request.body is None else request.headers
    headers = {name: value for name, value in headers.items() if value}
    url = URL(request.target, encoded=True)
    async with session.request(request.method, url, headers=headers, data=request.body) as response:
        hint = response.headers.get("X-Fauxlate-Hint", "")
        return response.status, response.content_type, await response.read(), hint


def read_error_code(content_type: str, body: bytes) -> str | None:
    """Return the error code in a provider's answer; None if it is no error."""
    if not body or (content_type == "text/html" and b"<title>DingTalk login</title>" in body):
        return None  # storage says yes by the status alone
    assert content_type in ("application/json", "application/xml"), body[:200]
    if content_type == "application/xml":
        return ElementTree.fromstring(body).findtext("Code")
    document = json.loads(body)
    if "error" in document:
        return str(document["error"]["code"])
    for key in ("error_code", "code", "Code", "errcode"):  # a code alone is that of silent login
        if key in document and document.keys() != {"code"} and document[key] not in (200, "200", 0):
            return str(document[key])
    return None


async def check_refusal(session: aiohttp.ClientSession, operation: str, request: Request) -> tuple[str, str]:
    """Send a wrong request; return the code of the documented error that comes back, and its hint."""
    status, content_type, body, hint = await send(session, request)
    assert status < 500, (operation, status, body)
    code = read_error_code(content_type, body)
    assert code is not None, (operation, body)
    assert is_documented(operation.partition(".")[0], code), (operation, code)
    return code, hint


def is_documented(provider: str, code: str) -> bool:
    """Whether a table of the provider has this code."""
    if code in _CODES[provider]:
        return True
    return provider == "alibaba" and (code.startswith(("Missing", "Invalid")) or code in _NUMBERS)
