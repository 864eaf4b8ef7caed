"""Requests for access tokens of apps and suites, over both hosts."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from fauxlate.providers.dingtalk.access.legacy_tokens import sign

from contract_tests.clients.dingtalk.plain import DingTalkClient

NOW = 1_767_268_800
"""2026-01-01T12:00:00Z, at which the clock stands; in seconds since the epoch."""


SCENARIO = {"clock": {"mode": "frozen", "at": "2026-01-01T12:00:00Z"}}


def request_suite_token(client: DingTalkClient) -> str:
    """Return a token of the suite itself."""
    return str(client.api("POST", "/v1.0/oauth2/suiteAccessToken", client.suite_keys)[1]["accessToken"])


def request_token_by_path(
    client: DingTalkClient, kind: str, corp_id: str | None = None, **members: str
) -> tuple[int, Any]:
    """Ask under a corp's path for a token of the `app` or the `suite`; return HTTP status and JSON."""
    body = {
        "client_id": client.credentials[f"{kind}_key"],
        "client_secret": client.credentials[f"{kind}_secret"],
        "grant_type": "client_credentials",
        **members,
    }
    return client.api("POST", f"/v1.0/oauth2/{corp_id or client.credentials['corp_id']}/token", body)


def request_legacy_token(client: DingTalkClient) -> str:
    """Return the app's token from the legacy host."""
    query = {"appkey": client.credentials["app_key"], "appsecret": client.credentials["app_secret"]}
    answer = client.legacy("GET", "/gettoken", params=query)
    assert {**answer, "access_token": ""} == {"errcode": 0, "access_token": "", "errmsg": "ok", "expires_in": 7200}
    return str(answer["access_token"])


def sign_query(client: DingTalkClient, **parameters: str) -> str:
    """Return the query of a signed call, encoded as on the page."""
    query = {
        "accessKey": client.credentials["suite_key"],
        "timestamp": str(NOW * 1000),
        "suiteTicket": "Test",
        **parameters,
    }
    query.setdefault("signature", sign(query["timestamp"], query["suiteTicket"], client.credentials["suite_secret"]))
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())


def request_signed_corp_token(client: DingTalkClient, **parameters: str) -> Any:
    """Ask the legacy host for a corp's token by a signed call; return the JSON."""
    body = json.dumps({"auth_corpid": parameters.pop("corp", client.credentials["corp_id"])}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}  # as the page's curl sends JSON
    return client.legacy(
        "POST", f"/service/get_corp_token?{sign_query(client, **parameters)}", data=body, headers=headers
    )


def result_code(client: DingTalkClient, token: str) -> str:
    """Return the code with which a token's query for a job is refused; the job is unknown, if the token is accepted."""
    return str(client.job_result(token, "nowhere")[1]["code"])
