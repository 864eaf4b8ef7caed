"""Which error a caller gets for too many calls: an app's, or the one for a suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fauxlate.providers.dingtalk.access.grants import Grant

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_SUITE_OPERATIONS = frozenset({"GetCorpAccessToken", "GetSuiteAccessToken", "ServiceGetCorpToken"})
"""The operations that a suite calls without a token."""
_SUITE_ERRORS = {
    "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi": "Forbidden.AccessDenied.QpsLimitForSuitekeyAndOrgAndApi",
    "90005": "90014",
}
"""The error that a suite gets, by that which an app gets."""


def choose_throttling_error(call: Call, app_error: str) -> str:
    """Return the key of the error for too many calls: that of the suite where a third-party app calls.

    "For an ISV token, the Suitekey forms"; the legacy rows say of themselves for whose tokens they are.
    """
    is_suite = isinstance(call.caller, Grant) and call.caller.kind in ("corp", "suite")
    is_suite |= call.operation is not None and call.operation.name in _SUITE_OPERATIONS
    return _SUITE_ERRORS.get(app_error, app_error) if is_suite else app_error
