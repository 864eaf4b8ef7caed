"""Authentication: who calls, by AccessKey and signature or by bearer token, checked before anything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from fauxlate.engine.chance import Chance
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.alibaba.access import diagnosis, signing
from fauxlate.providers.alibaba.access.signing import Claim

if TYPE_CHECKING:
    from fauxlate.engine.exchange.request import Request
    from fauxlate.engine.service.call import Call

API_VERSION = "2018-10-12"
RESULTS_PATH = "/alimt-results/"
"""The path of results; the segment that follows is the tag of their sandbox."""
MAX_CLOCK_SKEW = 900
"""Seconds that a client's clock may be off, either way; beyond it a timestamp is InvalidTimeStamp.Expired."""
MAX_COMMON_LENGTH = 4096
"""Characters of a common parameter."""
_COMMON_PARAMETERS = frozenset(
    (
        *("Version", "Format", "AccessKeyId", "BearerToken", "Signature", "SignatureMethod", "SignatureVersion"),
        *("SignatureNonce", "Timestamp", "SecurityToken"),
    )
)
_NONCE_RECORDS = "alibaba.nonce"


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


def find_common(request: Request, header: str, parameter: str) -> str | None:
    """Return what ACS3 sends in a header and RPC as a parameter, of the query or, as pop-core sends it, of the form.

    An RPC signature covers all parameters and no header, so the header of a call with one says nothing: SDKs send it too.
    """
    claim = signing.read_claim(request)
    is_rpc = claim.family == "rpc" and claim.signature is not None
    return (None if is_rpc else request.headers.get(header)) or request.parameters.get(parameter)


def has_signature(request: Request) -> bool:
    """Whether a request has a signature of the gateway in its header or its query, right or wrong."""
    query = request.raw_query
    if query and "SignatureNonce=" in query and "Action=" in query:
        return True
    return request.headers.get("authorization", "").startswith("ACS3-")


def find_action(request: Request) -> str | None:
    """Return the name of the operation that a request calls."""
    return find_common(request, "x-acs-action", "Action")


def find_access_key(request: Request) -> str | None:
    """Return the AccessKeyId of either signature family, or the bearer token."""
    key = signing.read_claim(request).access_key_id or request.parameters.get("AccessKeyId")
    return key or find_common(request, "x-acs-bearer-token", "BearerToken")


def find_credentials(request: Request) -> Iterator[str]:
    """Yield what identifies the caller: its AccessKeyId or bearer token, or the tag in the path of a result."""
    if request.raw_path.startswith(RESULTS_PATH):
        yield request.raw_path[len(RESULTS_PATH) :].partition("/")[0]
    elif key := find_access_key(request):
        yield key


async def authenticate_signature(call: Call, *, accepts_bearer: bool = False) -> None:
    """Check version, format, AccessKey and signature as the gateway does before a call reaches the service.

    `accepts_bearer` says that a bearer token may stand in for AccessKey and signature. Raises `Refusal`.
    """
    request, credentials = call.request, call.sandbox.credentials["alibaba"]
    _check_lengths(call)
    version = find_common(request, "x-acs-version", "Version")
    if not version:
        detail = f"No API version came; send {API_VERSION} as `Version`, or in the header x-acs-version."
        raise call.refuse(ProblemKind.MISSING, detail, "Version")
    if version != API_VERSION:
        raise Refusal("InvalidVersion", hint=f"Version {version} came; machine translation has {API_VERSION} alone.")
    key = find_access_key(request)
    if not key:
        detail = "No AccessKeyId came: none in an ACS3 Authorization header, in the query, or in the form body."
        raise call.refuse(ProblemKind.MISSING, detail, "AccessKeyId")
    call.owner = key
    claim = signing.read_claim(request)
    format_name = claim.parameters.get("Format")
    if format_name is not None and format_name.upper() not in ("JSON", "XML"):
        raise Refusal("InvalidParameter.Format", hint=f"Format {format_name[:50]} came; there are JSON and XML.")
    is_bearer = key != claim.access_key_id
    if call.sandbox.strict and key != credentials["bearer_token" if is_bearer else "access_key_id"]:
        hint = f"AccessKeyId {key} belongs to no sandbox here. `fauxlate env` prints the ones that do."
        raise Refusal("InvalidAccessKeyId.NotFound", hint=hint)
    if call.sandbox.signatures == "ignored":
        return
    if is_bearer and not accepts_bearer:
        hint = "The API's metadata give this operation `AK` security alone: sign it; it takes no bearer token."
        raise Refusal("IncompleteSignature", hint=hint)
    if key == credentials["access_key_id"]:
        # Time, signature and nonce in this order, which is assumed (the gateway's own is not documented).
        _verify(call, claim, credentials["access_key_secret"])
        await _check_nonce(call, claim)


def _check_lengths(call: Call) -> None:
    """Refuse common parameters in query or form body that are longer than any can be: they are kept, and compared."""
    parameters = call.request.parameters
    for name in sorted(_COMMON_PARAMETERS & parameters.keys()):
        if len(parameters[name]) > MAX_COMMON_LENGTH:
            detail = f"{name} has {len(parameters[name])} characters; here it has {MAX_COMMON_LENGTH} at most."
            raise call.refuse(ProblemKind.INVALID, detail, name)


authenticate_signature_or_bearer = partial(authenticate_signature, accepts_bearer=True)
"""Authentication of an operation that accepts a bearer token too."""


def _verify(call: Call, claim: Claim, secret: str) -> None:
    _check_complete(call, claim)
    _check_time(call, claim.timestamp or "")
    request, signature = call.request, claim.signature or ""
    if claim.family == "acs3":
        canonical = signing.build_acs3_canonical_request(
            request.method,
            request.raw_path,
            request.query,
            request.headers,
            claim.signed_headers,
            signing.hash_body(request.body),
        )
        text = signing.build_acs3_string_to_sign(canonical)
        expected = signing.compute_acs3_signature(secret, text)
    else:
        canonical = signing.build_canonical_query(claim.parameters)
        text = signing.build_rpc_string_to_sign(request.method, canonical)
        expected = signing.compute_rpc_signature(secret, text)
    if not signing.are_equal(expected, signature):
        raise _refuse_mismatch(call, claim, secret, {"{StringToSign}": text, "{CanonicalRequest}": canonical})


@lru_cache(maxsize=64)  # a nonce takes little room, as there may be many
def _make_nonce_record(second: int) -> Record:
    """Return the record of a nonce, valid as long as a timestamp signed with it can be: 15 minutes either way."""
    return Record(None, second + 1 + 2 * MAX_CLOCK_SKEW)


async def _check_nonce(call: Call, claim: Claim) -> None:
    nonce = f"{claim.access_key_id}/{claim.nonce}"
    if not await call.sandbox.store.add(_NONCE_RECORDS, nonce, _make_nonce_record(int(call.now)), call.now):
        raise Refusal("SignatureNonceUsed", hint=f"The nonce {claim.nonce} came before; each call needs a fresh one.")


_ACS3_REQUIRED_HEADERS = ("x-acs-date", "x-acs-signature-nonce")
_ACS3_HEADER_NAMES = dict(zip(("Timestamp", "SignatureNonce"), _ACS3_REQUIRED_HEADERS, strict=True))
"""The headers by the names in the gateway's Missing… errors for RPC calls; that ACS3 calls get the same is assumed."""


def _check_complete(call: Call, claim: Claim) -> None:
    """Refuse a claim that lacks a part or names another signature method. Raises `Refusal`."""
    acs3 = claim.family == "acs3"
    if not (claim.algorithm and claim.nonce and claim.timestamp and claim.signature):
        raise _refuse_incomplete(call, claim)
    if claim.algorithm != (signing.ACS3_ALGORITHM if acs3 else signing.RPC_ALGORITHM):
        hint = f"{claim.algorithm} came; Fauxlate verifies {signing.ACS3_ALGORITHM}, and {signing.RPC_ALGORITHM} for RPC calls."
        raise Refusal("InvalidSignatureMethod", hint=hint)
    if not acs3 and not claim.version:
        raise call.refuse(
            ProblemKind.MISSING, f"SignatureVersion is missing; it is {signing.RPC_VERSION}.", "SignatureVersion"
        )
    if not acs3 and claim.version != signing.RPC_VERSION:
        detail = f"SignatureVersion {claim.version} came; {signing.RPC_VERSION} is wanted."
        raise Refusal("Invalid{Param}", {"{Param}": "SignatureVersion"}, hint=detail)
    if acs3:
        unsigned = {*_ACS3_REQUIRED_HEADERS, *map(str.lower, call.request.headers)}.difference(claim.signed_headers)
        missing = sorted(filter(_has_to_be_signed, unsigned))
        if missing:
            raise Refusal("IncompleteSignature", hint=f"SignedHeaders leaves out {missing[0]}.")


def _has_to_be_signed(name: str) -> bool:
    """Whether an ACS3 call signs the header `name` if it sends it: whatever tells the gateway how to read the call."""
    return name.startswith("x-acs-") or name == "content-type"


def _refuse_incomplete(call: Call, claim: Claim) -> Refusal:
    acs3 = claim.family == "acs3"
    parts = {
        "SignatureMethod": claim.algorithm,
        "SignatureNonce": claim.nonce,
        "Timestamp": claim.timestamp,
        "Signature": claim.signature,
    }
    name = next(name for name, value in parts.items() if not value)
    where = f"the header {_ACS3_HEADER_NAMES.get(name, 'Authorization')}" if acs3 else "the query or the form body"
    detail = f"{name} is missing; it is sent in {where}. A sandbox with `signatures: ignored` does without."
    return call.refuse(ProblemKind.MISSING, detail, name)


def _check_time(call: Call, timestamp: str) -> None:
    seconds = signing.parse_timestamp(timestamp)
    if seconds is None:
        hint = f"The timestamp came as `{timestamp[:50]}`; 2026-01-31T12:00:00Z is wanted."
        raise Refusal("InvalidTimeStamp.Format", hint=hint)
    # A client's clock cannot follow a sandbox whose clock was moved or stopped, so either clock will do.
    if abs(call.now - seconds) > MAX_CLOCK_SKEW and abs(call.wall - seconds) > MAX_CLOCK_SKEW:
        hint = f"The timestamp {timestamp} is more than 15 minutes from the sandbox's time and from the server's."
        raise Refusal("InvalidTimeStamp.Expired", hint=hint)


def _refuse_mismatch(call: Call, claim: Claim, secret: str, placeholders: Mapping[str, str]) -> Refusal:
    """Return the error for a wrong signature, with the message of its family and the likely cause."""
    row = call.provider.error_row(call.operation, "SignatureDoesNotMatch")
    message = row.texts[claim.family]
    for placeholder, text in placeholders.items():
        message = message.replace(placeholder, text)
    comparison = (
        diagnosis.compare_acs3(call.request, claim, secret, call.base_url)
        if claim.family == "acs3"
        else diagnosis.compare_rpc(call.request, claim, secret)
    )
    hint = f"{comparison.cause} The journal has what was signed, line by line."
    return Refusal("SignatureDoesNotMatch", message=message, hint=hint, signature=comparison)
