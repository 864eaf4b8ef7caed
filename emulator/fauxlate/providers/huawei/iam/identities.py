"""Identities: who asks IAM for a token, by each of the methods in the body."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING, NamedTuple

from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.huawei.access.auth import TOKENS, Grant

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.huawei.models import iam as models

_PASSCODE = re.compile(r"[0-9]{6}")


class Caller(NamedTuple):
    """A user: its name, None where only an access key came; what owns its calls; whether it is the sandbox's own."""

    name: str | None
    owner: str
    is_own: bool


async def identify(call: Call, identity: models.Identity) -> Caller:
    """Return the user that every method of an identity names. Raises `Refusal` where one is missing or wrong."""
    callers: list[Caller] = []
    for method in identity.methods:
        if method == "password" and identity.password is not None:
            user = identity.password.user
            callers.append(Caller(user.name, user.name or user.id or "", _is_own_user(call, user)))
        elif method == "token":
            callers.append(await _find_by_token(call, identity.token))
        elif method == "hw_ak_sk" and identity.hw_ak_sk is not None:
            callers.append(_find_by_key(call, identity.hw_ak_sk))
        elif method == "totp" and identity.totp is not None:
            _check_passcode(identity)
        else:
            raise Refusal("400", hint=f"`auth.identity.methods` has {method}, and `auth.identity.{method}` is missing.")
    return callers[0]


def _is_own_user(call: Call, user: models.User) -> bool:
    """Whether this is the sandbox's user. Raises `Refusal` for its name with another password or account."""
    credentials, name = call.sandbox.credentials["huawei"], user.name or user.id
    if not name:
        raise Refusal("400", hint="`auth.identity.password.user` names no one: it has neither `name` nor `id`.")
    is_own = name in (credentials["user"], credentials["user_id"])
    is_own_account = user.domain is None or {user.domain.name, user.domain.id} <= {
        credentials["domain"],
        credentials["domain_id"],
        None,
    }
    is_wrong = is_own and not (is_own_account and user.password == credentials["password"])
    if is_wrong or (not is_own and call.sandbox.strict):
        raise Refusal("401", hint=f"User {name!r:.80} with this password and domain is not one of `fauxlate env`.")
    return is_own


async def _find_by_token(call: Call, token: models.TokenId | None) -> Caller:
    """Return the user of a token that was given out here. Raises `Refusal` for any other."""
    token_id = (token.id if token is not None else None) or call.request.headers.get("x-auth-token", "")
    record = await call.sandbox.store.get(TOKENS, token_id)
    if record is None or not record.is_valid(call.now):
        reason = "was never given out here" if record is None else "has expired"
        raise Refusal("401", hint=f"The token in `auth.identity.token.id` or X-Auth-Token {reason}.")
    grant: Grant = record.value
    name = grant.details["user"]["name"]
    return Caller(name, grant.owner, name == call.sandbox.credentials["huawei"]["user"])


def _find_by_key(call: Call, method: models.AccessKey) -> Caller:
    """Return the user of an access key. Raises `Refusal` for a wrong secret, and for an unknown key in a strict sandbox."""
    credentials, key = call.sandbox.credentials["huawei"], method.access.key
    is_own = key == credentials["access_key"]
    is_right = hmac.compare_digest(method.secret.key.encode("utf-8", "replace"), credentials["secret_key"].encode())
    if (is_own and not is_right) or (not is_own and call.sandbox.strict):
        raise Refusal("401", hint=f"Access key {key!r:.60} with this secret is not the one of `fauxlate env`.")
    return Caller(None, key, is_own)


def _check_passcode(identity: models.Identity) -> None:
    """Refuse a passcode without a password, and one that no device shows; any of six digits is taken for right."""
    if "password" not in identity.methods or identity.totp is None:
        raise Refusal("400", hint="The method totp stands beside password in `auth.identity.methods`.")
    if not _PASSCODE.fullmatch(identity.totp.user.passcode):
        raise Refusal("401", hint="`auth.identity.totp.user.passcode` is not of six digits.")
