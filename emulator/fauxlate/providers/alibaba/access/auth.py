"""Who calls: both signature families name an AccessKey; the gateway wants it before anything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from fauxlate.engine.chance import Chance
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.provider import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.alibaba.access import diagnosis, signing
from fauxlate.providers.alibaba.access.signing import Claim

if TYPE_CHECKING:
    from fauxlate.engine.exchange.request import Request
    from fauxlate.engine.service.call import Call

VERSION = "2018-10-12"
RESULTS = "/alimt-results/"
"""Where results lie; the segment that follows is the tag of their sandbox."""
WINDOW = 900
"""Seconds that a client's clock may be off: more than 15 minutes are InvalidTimeStamp.Expired."""
_NONCES = "alibaba.nonce"


def mint(tag: str) -> Mapping[str, str]:
    """Return an AccessKey pair, as long as real ones, and a bearer token.

    The id does not begin like real ones, so that no scanner takes it for one.
    """
    chance = Chance(int(tag, 16))
    return {
        "access_key_id": "Fauxlate" + chance.text("alibaba.access_key_id", 16),
        "access_key_secret": chance.text("alibaba.access_key_secret", 30),
        "bearer_token": tag + chance.text("alibaba.bearer_token", 24),
    }


def parameter(request: Request, name: str) -> str | None:
    """Return a common parameter of the RPC style, from the query or, as pop-core sends it, from the form body."""
    return request.query.get(name) or request.form.get(name)


def action(request: Request) -> str | None:
    """Return the operation that is asked for: in the header (ACS3), the query, or the body (RPC)."""
    return request.headers.get("x-acs-action") or parameter(request, "Action")


def bearer(request: Request) -> str | None:
    """Return the bearer token: in a header (ACS3) or a parameter (RPC)."""
    return request.headers.get("x-acs-bearer-token") or parameter(request, "BearerToken")


def access_key(request: Request) -> str | None:
    """Return the AccessKeyId of either signature family, or the bearer token."""
    return signing.claim(request).key or parameter(request, "AccessKeyId") or bearer(request)


def credentials(request: Request) -> Iterator[str]:
    """Give what names the caller: its AccessKeyId, or the tag in a result's path."""
    if request.raw_path.startswith(RESULTS):
        yield request.raw_path[len(RESULTS) :].partition("/")[0]
    elif key := access_key(request):
        yield key


async def signed(call: Call, *, takes_bearer: bool = False) -> None:
    """Check version, format, AccessKey and signature as the gateway does before a call reaches the service."""
    request, own = call.request, call.sandbox.credentials["alibaba"]
    version = request.headers.get("x-acs-version") or parameter(request, "Version")
    if not version:
        detail = f"No API version came; send {VERSION} as `Version`, or in the header x-acs-version."
        raise call.refuse(ProblemKind.MISSING, detail, "Version")
    if version != VERSION:
        raise Refusal("InvalidVersion", hint=f"Version {version} came; machine translation has {VERSION} alone.")
    key = access_key(request)
    if not key:
        detail = "No AccessKeyId came: none in an ACS3 Authorization header, in the query, or in the form body."
        raise call.refuse(ProblemKind.MISSING, detail, "AccessKeyId")
    call.owner = key
    claimed = signing.claim(request)
    wanted = claimed.sent.get("Format")
    if wanted is not None and wanted.upper() not in ("JSON", "XML"):
        raise Refusal("InvalidParameter.Format", hint=f"Format {wanted[:50]} came; there are JSON and XML.")
    by_token = key != claimed.key
    if call.sandbox.strict and key != own["bearer_token" if by_token else "access_key_id"]:
        hint = f"AccessKeyId {key} belongs to no sandbox here. `fauxlate env` prints the ones that do."
        raise Refusal("InvalidAccessKeyId.NotFound", hint=hint)
    if call.sandbox.signatures == "ignored":
        return
    if by_token and not takes_bearer:
        hint = "The API's metadata give this operation `AK` security alone: sign it; it takes no bearer token."
        raise Refusal("IncompleteSignature", hint=hint)
    if key == own["access_key_id"]:
        # Time, signature and nonce in this order, which is assumed (the gateway's own is not documented).
        _verify(call, claimed, own["access_key_secret"])
        await _check_fresh(call, claimed)


signed_or_bearer = partial(signed, takes_bearer=True)
"""Check the same of an operation that takes a bearer token too."""


def _verify(call: Call, claimed: Claim, secret: str) -> None:
    _check_complete(call, claimed)
    _check_time(call, claimed.timestamp or "")
    request, signature = call.request, claimed.signature or ""
    if claimed.family == "acs3":
        canonical = signing.acs3_canonical_request(
            request.method,
            request.raw_path,
            request.query,
            request.headers,
            claimed.signed,
            signing.body_hash(request.body),
        )
        text = signing.acs3_string_to_sign(canonical)
        right = signing.acs3_signature(secret, text)
    else:
        canonical = signing.canonical_query(claimed.sent)
        text = signing.rpc_string_to_sign(request.method, canonical)
        right = signing.rpc_signature(secret, text)
    if not signing.same(right, signature):
        raise _mismatch(call, claimed, secret, {"{StringToSign}": text, "{CanonicalRequest}": canonical})


@lru_cache(maxsize=64)  # a nonce takes little room, as there may be many
def _used_at(second: int) -> Record:
    """Return what is remembered of a nonce, as long as a timestamp signed with it can be good: 15 minutes either way."""
    return Record(None, second + 1 + 2 * WINDOW)


async def _check_fresh(call: Call, claimed: Claim) -> None:
    nonce = f"{claimed.key}/{claimed.nonce}"
    if not await call.sandbox.store.add(_NONCES, nonce, _used_at(int(call.now)), call.now):
        raise Refusal("SignatureNonceUsed", hint=f"The nonce {claimed.nonce} came before; each call needs a fresh one.")


_ACS3_SIGNS = ("x-acs-date", "x-acs-signature-nonce")
_ACS3_NEEDS = dict(zip(("Timestamp", "SignatureNonce"), _ACS3_SIGNS, strict=True))
"""By the name that the gateway's Missing… errors have for RPC calls; that ACS3 calls get the same is assumed."""


def _check_complete(call: Call, claimed: Claim) -> None:
    """Refuse a claim that lacks a part, or names another method of signing."""
    acs3 = claimed.family == "acs3"
    if not (claimed.algorithm and claimed.nonce and claimed.timestamp and claimed.signature):
        raise _incomplete(call, claimed)
    if claimed.algorithm != (signing.ACS3 if acs3 else signing.RPC):
        hint = f"{claimed.algorithm} came; Fauxlate verifies {signing.ACS3}, and {signing.RPC} for RPC calls."
        raise Refusal("InvalidSignatureMethod", hint=hint)
    if not acs3 and not claimed.version:
        raise call.refuse(
            ProblemKind.MISSING, f"SignatureVersion is missing; it is {signing.RPC_VERSION}.", "SignatureVersion"
        )
    if not acs3 and claimed.version != signing.RPC_VERSION:
        detail = f"SignatureVersion {claimed.version} came; {signing.RPC_VERSION} is wanted."
        raise Refusal("Invalid{Param}", {"{Param}": "SignatureVersion"}, hint=detail)
    if acs3:
        for name in _ACS3_SIGNS:
            if name not in claimed.signed:
                raise Refusal("IncompleteSignature", hint=f"SignedHeaders leaves out {name}.")


def _incomplete(call: Call, claimed: Claim) -> Refusal:
    acs3 = claimed.family == "acs3"
    parts = {
        "SignatureMethod": claimed.algorithm,
        "SignatureNonce": claimed.nonce,
        "Timestamp": claimed.timestamp,
        "Signature": claimed.signature,
    }
    name = next(name for name, value in parts.items() if not value)
    where = f"the header {_ACS3_NEEDS.get(name, 'Authorization')}" if acs3 else "the query or the form body"
    detail = f"{name} is missing; it is sent in {where}. A sandbox with `signatures: ignored` does without."
    return call.refuse(ProblemKind.MISSING, detail, name)


def _check_time(call: Call, timestamp: str) -> None:
    sent = signing.seconds(timestamp)
    if sent is None:
        hint = f"The timestamp came as `{timestamp[:50]}`; 2026-01-31T12:00:00Z is wanted."
        raise Refusal("InvalidTimeStamp.Format", hint=hint)
    # A client's clock cannot follow a sandbox whose clock was moved or stopped, so either clock will do.
    if abs(call.now - sent) > WINDOW and abs(call.wall - sent) > WINDOW:
        hint = f"The timestamp {timestamp} is more than 15 minutes from the sandbox's time and from the server's."
        raise Refusal("InvalidTimeStamp.Expired", hint=hint)


def _mismatch(call: Call, claimed: Claim, secret: str, fill: Mapping[str, str]) -> Refusal:
    """Return the error for a wrong signature, in the words of its family, with what may be the cause."""
    row = call.provider.row(call.operation, "SignatureDoesNotMatch")
    message = row.texts[claimed.family]
    for mark, text in fill.items():
        message = message.replace(mark, text)
    comparison = (
        diagnosis.acs3(call.request, claimed, secret, call.base_url)
        if claimed.family == "acs3"
        else diagnosis.rpc(call.request, claimed, secret)
    )
    hint = f"{comparison.cause} The journal has what was signed, line by line."
    return Refusal("SignatureDoesNotMatch", message=message, hint=hint, signature=comparison)
