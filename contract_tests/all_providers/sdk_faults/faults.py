"""The faults that are measured: the rows of the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TIMEOUT = 0.6
"""Seconds that each client waits for bytes; a dribble takes longer as a whole, though not between two pieces."""


@dataclass(frozen=True)
class Fault:
    """A row: its name, and the effects of the scenario's rule; `by_provider` has those of providers that differ."""

    name: str
    effects: Mapping[str, Any]
    by_provider: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def effects_for(self, provider: str) -> Mapping[str, Any]:
        """Return the effects of the rule for a provider."""
        return self.by_provider.get(provider, self.effects)


def list_faults(login_url: str) -> tuple[Fault, ...]:
    """Return the rows; `login_url` is a page that a redirection leads to."""
    dingtalk_error = {"code": "system.busy", "message": "busy", "requestid": "0"}
    huawei_error = {"error_code": "NLP.0201", "error_msg": "Internal error."}
    return (
        Fault("`drop: reset`, before the operation", {"drop": "reset"}),
        Fault("`drop: reset`, after it", {"drop": {"how": "reset", "when": "after"}}),
        Fault("`drop: empty`", {"drop": "empty"}),
        Fault("`drop: stall`, longer than the client waits", {"drop": "stall"}),
        Fault("`drop: stall` after it, longer than the client waits", {"drop": {"how": "stall", "when": "after"}}),
        Fault("`body: truncated`", {"body": "truncated"}),
        Fault("`body: garbage`", {"body": "garbage"}),
        Fault("`body: malformed`", {"body": "malformed"}),
        Fault("`body: html`, status 502", {"body": "html"}),
        Fault(
            "`body: dribble`, longer than the client waits", {"body": {"how": "dribble", "for": f"{2 * TIMEOUT:g}s"}}
        ),
        Fault("`throttle`", {"throttle": {"next": 1}}),
        Fault("`respond` with 503 and text", {"respond": {"status": 503, "body": "Service Unavailable"}}),
        Fault(
            "status 200 and an error code in the body",
            {"fail": "10003"},
            {
                "dingtalk": {"respond": {"status": 200, "body": dingtalk_error}},
                "huawei": {"respond": {"status": 200, "body": huawei_error}},
            },
        ),
        Fault("`respond` with 302 to a login page", {"respond": {"status": 302, "headers": {"Location": login_url}}}),
        Fault("`respond` with 204 and nothing", {"respond": {"status": 204}}),
    )
