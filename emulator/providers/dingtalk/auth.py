"""Who calls: the credentials of a sandbox, and the access token that a call brings in a header or a query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.engine.chance import BASE62, HEX, Chance
from emulator.engine.errors import Refusal

if TYPE_CHECKING:
    from emulator.engine.call import Call
    from emulator.engine.request import Request

TOKEN_HEADER = "x-acs-dingtalk-access-token"  # noqa: S105
RESULTS = "/contact/files/"
"""Where results lie; the segment that follows begins with the tag of their sandbox."""
TOKENS = "dingtalk.token"
"""Under which grants are remembered by their token."""
_LOWER = BASE62[:10] + BASE62[36:]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token stands for: an app inside a corp, or a suite that the corp has authorised."""

    corp_id: str
    internal: bool


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
    }


def credentials(request: Request) -> Iterator[str]:
    """Give what names the caller: its token, its key in the body of a request for one, or the tag in a link."""
    path = request.raw_path
    if path.startswith(("/v1.0/oauth2/", "/oauth2/")):
        keys = (request.json.get(name) for name in ("appKey", "suiteKey", "authCorpId"))
        yield from (key for key in keys if isinstance(key, str))
    elif path.startswith(RESULTS):
        yield path[len(RESULTS) :]
    elif token := request.headers.get(TOKEN_HEADER) or request.query.get("access_token"):
        yield token


async def _grant(call: Call, token: str) -> Grant | None:
    record = await call.sandbox.store.get(TOKENS, token)
    return record.value if record is not None and record.holds(call.now) else None


_NOT_GOOD = "The token was never given out here, or its two hours are over by the sandbox's clock."


async def access_token(call: Call) -> None:
    """Admit a call with a good token in its header."""
    token = call.request.headers.get(TOKEN_HEADER)
    if not token:
        raise Refusal("AuthenticationFailed.MissingParameter", hint=f"The header {TOKEN_HEADER} is missing.")
    grant = await _grant(call, token)
    if grant is None:
        raise Refusal("InvalidAuthentication", hint=_NOT_GOOD)
    if grant.internal and call.quirk("dingtalk.internal_app_token") == "refused":
        hint = "This is an internal app's token; the page supports third-party enterprise apps (corpAccessToken)."
        raise Refusal("Forbidden.AccessDenied.AccessTokenPermissionDenied", hint=hint)
    call.owner = call.alias(grant.corp_id)


async def legacy_token(call: Call) -> None:
    """Admit a call with a good token in its query."""
    token = call.request.query.get("access_token")
    if not token:
        raise Refusal("41001", hint="access_token is missing in the query.")
    grant = await _grant(call, token)
    if grant is None:
        raise Refusal("40014", hint=_NOT_GOOD)
    call.owner = call.alias(grant.corp_id)
