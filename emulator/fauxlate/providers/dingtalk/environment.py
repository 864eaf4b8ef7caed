"""What a client of DingTalk needs to reach a sandbox: its endpoints, its credentials, and the variables that hold them."""

from __future__ import annotations

from collections.abc import Mapping

EXPORTS = {
    "DINGTALK_ENDPOINT": "endpoint",
    "DINGTALK_APP_KEY": "app_key",
    "DINGTALK_APP_SECRET": "app_secret",
    "DINGTALK_SUITE_KEY": "suite_key",
    "DINGTALK_SUITE_SECRET": "suite_secret",
    "DINGTALK_CORP_ID": "corp_id",
    "DINGTALK_UNION_ID": "union_id",
    "DINGTALK_USER_ID": "user_id",
    "DINGTALK_CALLBACK_TOKEN": "callback_token",
    "DINGTALK_CALLBACK_AES_KEY": "callback_aes_key",
    "DINGTALK_OPENAPI_ENDPOINT": "openapi_endpoint",
}
"""Environment variables, and the value of `build_environment` that each holds. Of these, dingtalk-stream for Python reads the last; the SDK reads none."""


def build_environment(credentials: Mapping[str, str], base_url: str) -> dict[str, str]:
    """Return the endpoints of a server (`endpoint` as `host:port`: the Node SDK takes no URL) and a sandbox's credentials."""
    return {"endpoint": base_url.partition("://")[2], "openapi_endpoint": base_url, **credentials}
