"""The endpoints, the credentials and the environment variables that bring a client of Huawei Cloud here."""

from __future__ import annotations

from collections.abc import Mapping

EXPORTS = {
    "HUAWEICLOUD_SDK_REGION_NLP_CN_NORTH_4": "endpoint",
    "HUAWEICLOUD_SDK_IAM_ENDPOINT": "iam_endpoint",
    "HUAWEICLOUD_SDK_AK": "access_key",
    "HUAWEICLOUD_SDK_SK": "secret_key",
    "HUAWEICLOUD_SDK_PROJECT_ID": "project_id",
    "HUAWEICLOUD_SDK_DOMAIN_NAME": "domain",
    "HUAWEICLOUD_SDK_USERNAME": "user",
    "HUAWEICLOUD_SDK_PASSWORD": "password",
}
"""Environment variables; the SDK reads all but the last three itself."""


def build_environment(credentials: Mapping[str, str], base_url: str) -> dict[str, str]:
    """Return endpoints (as URLs) and credentials of a sandbox."""
    names = ("access_key", "secret_key", "project_id", "domain", "user", "password")
    return {"endpoint": base_url, "iam_endpoint": base_url} | {name: credentials[name] for name in names}
