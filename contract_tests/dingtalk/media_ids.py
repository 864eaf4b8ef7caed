"""The check that an upload is known by an id."""

from __future__ import annotations

from contract_tests.clients.dingtalk.plain import DingTalkClient


def is_accepted(client: DingTalkClient, token: str, media_id: str, name: str = "staff.csv") -> bool:
    """Return whether TranslateFile takes an id for a file of that name."""
    status, body = client.translate(token, {media_id: name})
    assert status == 200 or body["code"] == "param.invalid"
    return status == 200
