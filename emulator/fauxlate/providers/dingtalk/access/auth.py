"""Which access token an operation admits: an app's, a third-party app's or a user's, in a header, a query or a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.dingtalk.access.credentials import find_access_token
from fauxlate.providers.dingtalk.access.grants import Grant, find_grant
from fauxlate.providers.dingtalk.paths import TOKEN_HEADER

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_INVALID_TOKEN_HINT = "The token was never given out here, or its two hours are over by the sandbox's clock."  # noqa: S105


async def authenticate_third_party(call: Call) -> None:
    """Admit the token of a third-party app for a corp; that of an internal app too, where a quirk accepts it.

    Raises `Refusal`, as the other functions of this module do.
    """
    grant = await _authenticate_header(call)
    accepts_apps = grant.kind == "app" and call.quirk("dingtalk.internal_app_token") == "accepted"
    hint = "the page supports third-party enterprise apps (corpAccessToken)"
    _check_kind(grant, ("corp", "app") if accepts_apps else ("corp",), hint)


async def authenticate_app(call: Call) -> None:
    """Admit the token of an app, internal or third-party, for a corp."""
    grant = await _authenticate_header(call)
    _check_kind(grant, ("app", "corp"), "an app's is wanted (accessToken or corpAccessToken)")


async def authenticate_user(call: Call) -> None:
    """Admit the token of a user who has logged in."""
    _check_kind(await _authenticate_header(call), ("user",), "a user's is wanted (userAccessToken)")


async def authenticate_legacy(call: Call) -> None:
    """Admit a call of the legacy host with an app's token in its query or form."""
    await _authenticate_parameter(call, "41001")


async def authenticate_topapi(call: Call) -> None:
    """Admit a call of the legacy host's topapi, which has its own error for a missing token."""
    await _authenticate_parameter(call, "40000")


async def _authenticate_header(call: Call) -> Grant:
    """Return the grant of the token in the header, and note it as the caller's."""
    token = call.request.headers.get(TOKEN_HEADER)
    if not token:
        raise Refusal("AuthenticationFailed.MissingParameter", hint=f"The header {TOKEN_HEADER} is missing.")
    grant = await find_grant(call, token)
    if grant is None:
        raise Refusal("InvalidAuthentication", hint=_INVALID_TOKEN_HINT)
    call.caller, call.owner = grant, call.alias(grant.corp_id)
    return grant


def _check_kind(grant: Grant, kinds: tuple[str, ...], hint: str) -> None:
    if grant.kind not in kinds:
        error = "Forbidden.AccessDenied.AccessTokenPermissionDenied"
        raise Refusal(error, hint=f"This is the token of a {grant.kind}; {hint}.")


async def _authenticate_parameter(call: Call, missing_token_error: str) -> None:
    """Note the grant of the token in the query or form, an app's, as the caller's."""
    token = find_access_token(call.request)
    if not token:
        raise Refusal(missing_token_error, hint="access_token is missing in the query.")
    grant = await find_grant(call, token)
    if grant is None:
        raise Refusal("40014", hint=_INVALID_TOKEN_HINT)
    if grant.kind not in ("app", "corp"):
        raise Refusal("40014", hint=f"This is the token of a {grant.kind}, not an app's.")
    call.caller, call.owner = grant, call.alias(grant.corp_id)
