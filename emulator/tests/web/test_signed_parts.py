"""What is verified is what is read: whatever is put into a signed request is refused, or changes nothing at all.

Each signed request is answered as it is, and again with each parameter and header that any operation reads put into it,
in a world that starts anew each time, so that answer and state are either the same or the signature is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fauxlate.engine.exchange.request import Request
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.tables.parameters import places
from fauxlate.web import endpoint
from tests.web.signed_requests import FAMILIES, FORM, SANDBOX, UPLOAD, WORLD, Signed

REFUSALS = {
    *("SignatureDoesNotMatch", "IncompleteSignature", "APIG.0301"),
    # What a signature is made with came wrong, so there is none to compare.
    *("InvalidSignatureMethod", "InvalidTimeStamp.Format", "InvalidAccessKeyId.NotFound", "InvalidAccessKeyId"),
    *("Invalid{Param}", "Missing{Param}", "AccessDenied#no_date", "AccessDenied#invalid_expires", "AccessDenied"),
    *("InvalidVersion", "InvalidParameter.Format", "InvalidSecurityToken"),
    *("InvalidAction.NotFound", "UnsupportedHTTPMethod"),
}
"""The documented errors of a signature and of what makes one; all of them come before the operation is run."""
UNSIGNED_BY_DOCUMENT = {
    *("encoding-type", "range", "if-match", "if-none-match"),
    *("cache-control", "content-disposition", "content-encoding", "content-language", "expires"),
}
"""What the storage reads and its documents leave out of the string to sign; `Expires` in the query of a link is in it."""


async def outcome(request: Request) -> tuple[str | None, Any]:
    """Return the key of the error, and all that can be seen of an answer in a new world: reply and state."""
    SANDBOX.reset()
    await objects_of_dingtalk()
    reply = await endpoint.answer(WORLD, request)
    store: Any = SANDBOX.store
    records = {kind: dict(rows) for kind, rows in store._records.items() if not kind.endswith("nonce")}  # noqa: SLF001
    entry = next(iter(SANDBOX.journal))
    return reply.error, (
        entry.operation,
        (reply.status, reply.body, reply.headers, reply.media_type),
        records,
        store._jobs,  # noqa: SLF001
    )


async def objects_of_dingtalk() -> None:
    """Give the upload information that `PutObject` of DingTalk needs."""
    await SANDBOX.store.put("dingtalk.object", UPLOAD.key, Record(UPLOAD))


def names_of(provider: Any) -> set[str]:
    """Return every name that an operation of a provider reads, in the query, a form or a header."""
    return {
        name
        for operation in provider.operations
        for name, place in places(operation.parameters).items()
        if place not in ("path", "body")
    }


COMMON = {
    "alibaba": {
        *("Action", "Version", "Format", "AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureNonce"),
        *("Timestamp", "BearerToken", "SecurityToken", "SignatureType", "x-acs-action", "x-acs-version", "x-acs-date"),
        *("x-acs-signature-nonce", "x-acs-bearer-token", "x-acs-security-token", "x-acs-content-sha256", "accept"),
        *("content-type", "host", "RegionId"),
    },
    "huawei": {
        *("x-sdk-date", "x-sdk-content-sha256", "x-auth-token", "x-project-id", "x-domain-id", "x-security-token"),
        *("content-type", "content-md5", "date", "nocatalog", "acl", "x-image-process", "response-content-type"),
        *(f"{prefix}{name}" for prefix in ("x-obs-", "x-amz-") for name in ("acl", "copy-source", "date")),
        *(f"{prefix}{name}" for prefix in ("x-obs-", "x-amz-") for name in ("meta-a", "security-token", "other")),
    },
    "dingtalk": {"x-oss-date", "x-oss-security-token", "x-oss-meta-a", "x-oss-object-acl", "content-md5", "date"},
}
VALUES = {
    "Action": ("TranslateGeneral", "OpenAlimtService"),
    "x-acs-action": ("TranslateGeneral", "OpenAlimtService"),
    "Format": ("XML",),
    "x-obs-acl": ("public-read",),
    "x-amz-acl": ("public-read",),
    "x-oss-object-acl": ("public-read",),
    "x-sdk-content-sha256": ("UNSIGNED-PAYLOAD",),
}
"""Values beside none and a wrong one."""


def altered(signed: Signed, name: str, value: str) -> Iterator[tuple[str, Signed]]:
    """Give the request with a parameter or header more: before and behind those that were signed."""
    pair = (name, value)
    headers = tuple((key, text) for key, text in signed.headers if key.lower() != name.lower())
    yield "header", replace(signed, headers=(*headers, pair))
    yield "first header", replace(signed, headers=(pair, *signed.headers))
    yield "last header", replace(signed, headers=(*signed.headers, pair))
    yield "first in the query", replace(signed, query=(pair, *signed.query))
    yield "last in the query", replace(signed, query=(*signed.query, pair))
    if signed.form is not None or not signed.body:
        form, with_form = signed.form or (), signed.headers
        if signed.form is None:
            with_form = (*(row for row in with_form if row[0].lower() != "content-type"), ("Content-Type", FORM))
        yield "first in the form", replace(signed, form=(pair, *form), headers=with_form)
        yield "last in the form", replace(signed, form=(*form, pair), headers=with_form)


CASES = [
    pytest.param(provider, signed, id=f"{family}-{signed.name}")
    for family, (provider, requests) in FAMILIES.items()
    for signed in requests
]


@pytest.mark.parametrize(("provider", "signed"), CASES)
async def test_what_a_signature_does_not_cover_changes_nothing(provider: Any, signed: Signed) -> None:
    error, before = await outcome(signed.build())
    assert error not in REFUSALS or signed.name == "KeystoneValidateToken", before
    for name in sorted(names_of(provider) | COMMON[provider.name]):
        for value in ("", "x", *VALUES.get(name, ())):
            for place, request in altered(signed, name, value):
                if "header" in place and name.lower() in UNSIGNED_BY_DOCUMENT:
                    continue
                error, after = await outcome(request.build())
                assert error in REFUSALS or after == before, (place, name, value)
