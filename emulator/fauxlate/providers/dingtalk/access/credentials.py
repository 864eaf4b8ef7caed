"""The credentials of a sandbox: how they are made, and where a request carries what names its caller."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from fauxlate.engine.chance import BASE62, HEX, Chance
from fauxlate.engine.exchange.reading import parse_text
from fauxlate.engine.exchange.request import MalformedError
from fauxlate.providers.dingtalk.paths import CONNECT_PATH, OBJECTS_PATH, RESULTS_PATH, TOKEN_HEADER

if TYPE_CHECKING:
    from fauxlate.engine.exchange.request import Request

_LOWER_CASE = BASE62[:10] + BASE62[36:]
_RESULT_LINK = re.compile(RESULTS_PATH + r"([^/?&]+)")
_KEY_FIELDS = ("appKey", "suiteKey", "authCorpId", "clientId", "client_id", "code", "refreshToken")
"""Fields of a request for a token, of which each can name the caller."""
_BOUNDARY = re.compile(r';\s*boundary=(?:"([^"]*)"|([^";\s]+))', re.IGNORECASE)
_TOKEN_NAME = re.compile(rb'name="?access_token"?\s*(?:;|\r\n|$)')
"""The name of the part of a multipart body that holds a token, in the headers of the part."""
_MAX_PARTS = 16
_MAX_PART_HEAD = 4096
"""Bytes of a part's headers, and of a token."""


def mint(tag: str) -> Mapping[str, str]:
    """Return the credentials of the sandbox with this tag: an app, a suite, a corp and a user, as the console prints them."""
    chance = Chance(int(tag, 16))
    return {
        "app_key": "ding" + chance.text("dingtalk.app_key", 16, _LOWER_CASE),
        "app_secret": chance.text("dingtalk.app_secret", 64),
        "suite_key": "suite" + chance.text("dingtalk.suite_key", 16, _LOWER_CASE),
        "suite_secret": chance.text("dingtalk.suite_secret", 64),
        "corp_id": "ding" + chance.text("dingtalk.corp_id", 32, HEX),
        "union_id": chance.text("dingtalk.union_id", 22) + "iE",
        "user_id": chance.text("dingtalk.user_id", 18, BASE62[:10]),
        "callback_token": chance.text("dingtalk.callback_token", 32),
        "callback_aes_key": chance.text("dingtalk.callback_aes_key", 43),
    }


def find_credentials(request: Request) -> Iterator[str]:
    """Yield what names the caller: a token, a key in a request for one, or the tag in a link, a code or a ticket.

    Raises `MalformedError` where the part of the request that is read is malformed.
    """
    path = request.raw_path
    if path.startswith(("/v1.0/oauth2/", "/oauth2/corp")):
        yield path.split("/")[3] if path.endswith("/token") else ""
        yield from (value for name in _KEY_FIELDS if isinstance(value := request.json.get(name), str))
    elif path == "/v1.0/gateway/connections/open":
        key = request.json.get("clientId")
        yield key if isinstance(key, str) else ""
    elif path == CONNECT_PATH:
        yield request.query.get("ticket", "")
    elif path.startswith(RESULTS_PATH):
        yield path[len(RESULTS_PATH) :]
    elif path.startswith(OBJECTS_PATH):
        yield path[len(OBJECTS_PATH) :]
    elif path == "/service/get_corp_token":
        yield request.query.get("accessKey") or request.form.get("accessKey", "")
    elif path == "/gettoken":
        yield request.query.get("appkey", "")
    elif path.startswith("/oauth2/") or path == "/login":
        query = request.query
        yield from (query[name] for name in ("client_id", "clientId", "corpId") if name in query)
        yield from (
            link[1] for name in ("redirect_uri", "redirectUri") if (link := _RESULT_LINK.search(query.get(name, "")))
        )
    elif token := request.headers.get(TOKEN_HEADER) or find_access_token(request):
        yield token


def find_access_token(request: Request) -> str | None:
    """Return the `access_token` in the query, or in the form of a POST, as the pages' own calls by curl send it."""
    token = request.query.get("access_token")
    if token or request.method != "POST":
        return token
    if request.media_type.startswith("multipart/"):
        return _find_token_part(request)
    return request.form.get("access_token")


def _find_token_part(request: Request) -> str | None:
    """Return the token in one of the first parts of a multipart body. Raises `MalformedError` where it is no text."""
    boundary = _BOUNDARY.search(request.headers.get("content-type", ""))
    if boundary is None:
        return None
    for part in request.body.split(f"--{boundary[1] or boundary[2]}".encode(), _MAX_PARTS):
        end = part.find(b"\r\n\r\n", 0, _MAX_PART_HEAD)
        if end >= 0 and _TOKEN_NAME.search(part[:end]):
            value = part[end + 4 : end + 4 + _MAX_PART_HEAD].partition(b"\r\n")[0]
            try:
                return parse_text(value)
            except ValueError as fault:
                raise MalformedError(f"the access_token in the multipart body {fault}") from None
    return None
