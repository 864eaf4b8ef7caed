"""The credentials of a sandbox: minted from its tag, and found again in a request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from fauxlate.engine.chance import BASE62, HEX, Chance
from fauxlate.providers.huawei.access import signing, storage_signing

if TYPE_CHECKING:
    from fauxlate.engine.exchange.request import Request

TOKEN_PREFIX = "MIIF"  # noqa: S105  (no secret)
"""How every IAM token begins, being Base64 of a CMS message; the sandbox's tag follows."""
RESULTS_BUCKET_PREFIX = "nlp-mt-"
"""How the name of the service's own bucket, in which results lie, begins; the sandbox's tag follows."""
_UPPER = BASE62[:36]
_PROJECT = re.compile(r"/v1/([^/]+)/")
_USER_PATHS = (
    ("password", "user", "name"),
    ("password", "user", "id"),
    ("hw_ak_sk", "access", "key"),
    ("token", "id"),
)
"""Where the body of a request for a token names its user, within `auth.identity`."""
_RESULTS_PATH = f"/{RESULTS_BUCKET_PREFIX}"


def mint_credentials(tag: str) -> Mapping[str, str]:
    """Return an access key pair, a project, and an IAM user, in the forms the console prints them in."""
    chance = Chance(int(tag, 16))
    return {
        "access_key": chance.text("huawei.access_key", 20, _UPPER),
        "secret_key": chance.text("huawei.secret_key", 40),
        "project_id": chance.text("huawei.project_id", 32, HEX),
        "domain": f"fauxlate-{tag}",
        "domain_id": chance.text("huawei.domain_id", 32, HEX),
        "user": f"user-{tag}",
        "user_id": chance.text("huawei.user_id", 32, HEX),
        "password": chance.text("huawei.password", 16),
        "storage_access_key": chance.text("huawei.storage_access_key", 20, _UPPER),
        "storage_secret_key": chance.text("huawei.storage_secret_key", 40),
    }


def has_signature(request: Request) -> bool:
    """Whether a request has a signature of API Gateway or of object storage, right or wrong."""
    if storage_signing.has_storage_signature(request):
        return True
    return request.headers.get("authorization", "").startswith(signing.ALGORITHM)


def find_credentials(request: Request) -> Iterator[str]:
    """Yield what names the caller: AK, token (from its tag on), project, IAM user, key of a storage signature."""
    if claim := signing.read_claim(request):
        yield claim.access_key
    if token := request.headers.get("x-auth-token"):
        yield token.removeprefix(TOKEN_PREFIX)
    if project := _PROJECT.match(request.raw_path):
        yield project[1]
    elif request.raw_path == "/v3/auth/tokens":
        if request.method == "POST":
            yield from _find_user(request)
    elif storage_claim := storage_signing.read_claim(request):
        yield storage_claim.access_key
        if request.raw_path.startswith(_RESULTS_PATH):
            yield request.raw_path.removeprefix(_RESULTS_PATH)


def _find_user(request: Request) -> Iterator[str]:
    """Yield what names the user in the body of a request for a token: name and id, an access key, another token."""
    for *path, name in _USER_PATHS:
        value: object = request.json
        for part in ("auth", "identity", *path):
            value = value.get(part) if isinstance(value, dict) else None
        value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, str):
            yield value.removeprefix(TOKEN_PREFIX)
