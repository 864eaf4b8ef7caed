"""Who calls: the credentials of a sandbox, and the access token that a call brings in a header, a query or a form."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fauxlate.engine.chance import BASE62, HEX, Chance
from fauxlate.engine.tables.errors import Refusal

if TYPE_CHECKING:
    from fauxlate.engine.exchange.request import Request
    from fauxlate.engine.service.call import Call

TOKEN_HEADER = "x-acs-dingtalk-access-token"  # noqa: S105
RESULTS = "/contact/files/"
"""Where results lie; the segment that follows begins with the tag of their sandbox."""
OBJECTS = "/dingtalk-drive/yundisk0/"
"""Where uploaded files are put; what follows begins with the tag of their sandbox."""
CONNECT = "/v1.0/gateway/connect"
"""Where Stream connections are opened; the ticket that follows in the query begins with the tag of its sandbox."""
TOKENS = "dingtalk.token"
"""Under which grants are remembered by their token."""
_LOWER = BASE62[:10] + BASE62[36:]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token stands for.

    `kind`: an internal `app` in its own corp; a third-party app in a `corp` that has authorised it; the `suite` itself,
    of no corp; or a `user` who has logged in to the app `client`.
    """

    kind: Literal["app", "corp", "suite", "user"]
    client: str
    corp_id: str = ""
    union_id: str = ""


def mint(tag: str) -> Mapping[str, str]:
    """Return an internal app, a third-party suite, a corp and a user, in the forms that the console prints."""
    chance = Chance(int(tag, 16))
    return {
        "app_key": "ding" + chance.text("dingtalk.app_key", 16, _LOWER),
        "app_secret": chance.text("dingtalk.app_secret", 64),
        "suite_key": "suite" + chance.text("dingtalk.suite_key", 16, _LOWER),
        "suite_secret": chance.text("dingtalk.suite_secret", 64),
        "corp_id": "ding" + chance.text("dingtalk.corp_id", 32, HEX),
        "union_id": chance.text("dingtalk.union_id", 22) + "iE",
        "user_id": chance.text("dingtalk.user_id", 18, BASE62[:10]),
        "callback_token": chance.text("dingtalk.callback_token", 32),
        "callback_aes_key": chance.text("dingtalk.callback_aes_key", 43),
    }


def same(given: str, secret: str) -> bool:
    """Whether what was given is the secret."""
    return hmac.compare_digest(given.encode(), secret.encode())


_LINK = re.compile(RESULTS + r"([^/?&]+)")
_KEYS = ("appKey", "suiteKey", "authCorpId", "clientId", "client_id", "code", "refreshToken")
_IN_PART = re.compile(rb'name="?access_token"?\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]*)\r\n')


def credentials(request: Request) -> Iterator[str]:
    """Give what names the caller: its token, its key in a request for one, or the tag in a link, a code or a cookie."""
    path = request.raw_path
    if path.startswith(("/v1.0/oauth2/", "/oauth2/corp")):
        yield path.split("/")[3] if path.endswith("/token") else ""
        yield from (value for name in _KEYS if isinstance(value := request.json.get(name), str))
    elif path == "/v1.0/gateway/connections/open":
        key = request.json.get("clientId")
        yield key if isinstance(key, str) else ""
    elif path == CONNECT:
        yield request.query.get("ticket", "")
    elif path.startswith(RESULTS):
        yield path[len(RESULTS) :]
    elif path.startswith(OBJECTS):
        yield path[len(OBJECTS) :]
    elif path == "/service/get_corp_token":
        yield request.query.get("accessKey") or request.form.get("accessKey", "")
    elif path == "/gettoken":
        yield request.query.get("appkey", "")
    elif path.startswith("/oauth2/") or path == "/login":
        query = request.query
        yield from (query[name] for name in ("client_id", "clientId", "corpId") if name in query)
        yield from (link[1] for name in ("redirect_uri", "redirectUri") if (link := _LINK.search(query.get(name, ""))))
    elif token := request.headers.get(TOKEN_HEADER) or sent_along(request):
        yield token


def sent_along(request: Request) -> str | None:
    """Return the token in the query, or in the form of a POST, as the pages' own calls by curl send it."""
    token = request.query.get("access_token")
    if token or request.method != "POST":
        return token
    if request.media_type.startswith("multipart/"):
        found = _IN_PART.search(request.body)
        return found[1].decode(errors="replace") if found is not None else None
    return request.form.get("access_token")


async def granted(call: Call, token: str) -> Grant | None:
    """Return what a token stands for while it is good."""
    record = await call.sandbox.store.get(TOKENS, token)
    return record.value if record is not None and record.is_valid(call.now) else None


_NOT_GOOD = "The token was never given out here, or its two hours are over by the sandbox's clock."
_DENIED = "Forbidden.AccessDenied.AccessTokenPermissionDenied"


async def _in_header(call: Call) -> Grant:
    token = call.request.headers.get(TOKEN_HEADER)
    if not token:
        raise Refusal("AuthenticationFailed.MissingParameter", hint=f"The header {TOKEN_HEADER} is missing.")
    grant = await granted(call, token)
    if grant is None:
        raise Refusal("InvalidAuthentication", hint=_NOT_GOOD)
    call.caller, call.owner = grant, call.alias(grant.corp_id)
    return grant


def _wants(kinds: tuple[str, ...], grant: Grant, what: str) -> None:
    if grant.kind not in kinds:
        raise Refusal(_DENIED, hint=f"This is the token of a {grant.kind}; {what}.")


async def third_party(call: Call) -> None:
    """Admit the token of a third-party app for a corp; that of an internal app where a quirk lets it in."""
    grant = await _in_header(call)
    let_in = grant.kind == "app" and call.quirk("dingtalk.internal_app_token") == "accepted"
    wanted = "the page supports third-party enterprise apps (corpAccessToken)"
    _wants(("corp", "app") if let_in else ("corp",), grant, wanted)


async def any_app(call: Call) -> None:
    """Admit the token of an app, internal or third-party, for a corp."""
    _wants(("app", "corp"), await _in_header(call), "an app's is wanted (accessToken or corpAccessToken)")


async def user(call: Call) -> None:
    """Admit the token of a user who has logged in."""
    _wants(("user",), await _in_header(call), "a user's is wanted (userAccessToken)")


async def _legacy(call: Call, missing: str) -> None:
    token = sent_along(call.request)
    if not token:
        raise Refusal(missing, hint="access_token is missing in the query.")
    grant = await granted(call, token)
    if grant is None or grant.kind not in ("app", "corp"):
        raise Refusal(
            "40014", hint=_NOT_GOOD if grant is None else f"This is the token of a {grant.kind}, not an app's."
        )
    call.caller, call.owner = grant, call.alias(grant.corp_id)


async def legacy_token(call: Call) -> None:
    """Admit a call of the legacy host with an app's token in its query or form."""
    await _legacy(call, "41001")


async def topapi_token(call: Call) -> None:
    """Admit a call of the legacy host's topapi, which words a missing token in its own way."""
    await _legacy(call, "40000")
