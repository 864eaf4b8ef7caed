"""What a client of alimt has to be told to come here."""

from __future__ import annotations

from collections.abc import Mapping

EXPORTS = {
    "ALIBABA_CLOUD_ENDPOINT": "endpoint",
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "access_key_id",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "access_key_secret",
}
"""Environment variables; the SDK's credentials read the last two themselves."""


def environment(credentials: Mapping[str, str], base_url: str) -> dict[str, str]:
    """Return the endpoint (as `host:port`: the Node SDK takes no URL) and the AccessKey of a sandbox."""
    return {"endpoint": base_url.partition("://")[2], **credentials}
