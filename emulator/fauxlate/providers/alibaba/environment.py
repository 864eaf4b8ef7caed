"""The environment of a client of alimt: endpoint and credentials, and the variables that carry them."""

from __future__ import annotations

from collections.abc import Mapping

EXPORTS = {
    "ALIBABA_CLOUD_ENDPOINT": "endpoint",
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "access_key_id",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "access_key_secret",
    "ALIBABA_CLOUD_BEARER_TOKEN": "bearer_token",
}
"""Keys of the environment by environment variable; the SDK's credentials read the key and the secret themselves."""


def build_environment(credentials: Mapping[str, str], base_url: str) -> dict[str, str]:
    """Return the endpoint (as `host:port`: the Node SDK takes no URL), the AccessKey and the bearer token."""
    return {"endpoint": base_url.partition("://")[2], **credentials}
