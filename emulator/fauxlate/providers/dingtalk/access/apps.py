"""Apps and suites: whether a key and a secret are theirs, and which corps have authorised them."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Literal

from fauxlate.engine.tables.errors import Refusal

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

Kind = Literal["app", "suite"]


def secrets_equal(value: str, secret: str) -> bool:
    """Whether `value` is the secret, compared in constant time."""
    return hmac.compare_digest(value.encode(), secret.encode())


def check_secret(call: Call, kind: Kind, key: str, secret: str, error: str) -> None:
    """Refuse a wrong secret of the sandbox's app or suite, and an unknown key where the sandbox is strict.

    `error` is the key of the error row. Raises `Refusal`.
    """
    credentials = call.sandbox.credentials["dingtalk"]
    is_known = key == credentials[f"{kind}_key"]
    if (is_known and not secrets_equal(secret, credentials[f"{kind}_secret"])) or (
        not is_known and call.sandbox.strict
    ):
        raise Refusal(error, hint=f"These are not the key and secret of the {kind} that `fauxlate env` prints.")


def check_app_or_suite(call: Call, key: str, secret: str, error: str) -> Kind:
    """Check the key and secret of an app or a suite, as `check_secret`; return which of the two it is taken for."""
    credentials = call.sandbox.credentials["dingtalk"]
    is_suite = key == credentials["suite_key"] or (key != credentials["app_key"] and key.startswith("suite"))
    kind: Kind = "suite" if is_suite else "app"
    check_secret(call, kind, key, secret, error)
    return kind


def is_authorised(call: Call, suite_key: str, corp_id: str) -> bool:
    """Whether the corp has authorised the suite: the sandbox's corp has authorised its suite, any corp an unknown one."""
    credentials = call.sandbox.credentials["dingtalk"]
    return suite_key != credentials["suite_key"] or corp_id == credentials["corp_id"]


def describe_missing_authorisation(call: Call, corp_id: str) -> str:
    """Return the hint for a corp that has not authorised the suite."""
    authorised = call.sandbox.credentials["dingtalk"]["corp_id"]
    return f"Corp {corp_id[:64]!r} has not authorised this suite; {authorised} has."
