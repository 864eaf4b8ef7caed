"""Who calls NLP or IAM: an IAM token in `X-Auth-Token`, or an AK/SK signature in `Authorization`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.huawei.access import signing

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.huawei.models.iam import Token

TOKENS = "huawei.token"
"""The kind of record under which the store keeps the `Grant` of each token."""
MAX_FAILURES = 5
LOCK_SECONDS = 5 * 60
"""Signing guide: a key that fails five times in a row is locked for five minutes."""
MAX_SIGNED_BODY_SIZE = 12 * 1024 * 1024
"""Bytes of a body with an AK/SK signature; a larger one needs a token. Source: signing guide."""
MAX_URI_LENGTH = 32 * 1024
"""Bytes of a request's URI. Source: API Gateway error codes, APIG.0201 with 414."""
_FAILURES = "huawei.failures"
"""The kind of record under which the store counts the failures of each key."""
_SCHEME = re.compile(r"(SDK-|V11-)[A-Za-z0-9-]*")
"""A signing scheme of Huawei Cloud at the start of `Authorization`."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token stands for: its user, the id of its project (None: any, "": none), and its details as IAM shows them."""

    owner: str
    project: str | None
    details: Token


async def authenticate(call: Call) -> None:
    """Admit a call with an AK/SK signature or a valid token. Raises `Refusal` for any other, as the service words it."""
    project = call.path.get("project_id", "")
    if project.startswith("{"):
        raise _missing_project_error(project)
    if len(call.request.target) > MAX_URI_LENGTH:
        raise Refusal("APIG.0201#uri_too_large", hint=f"The URI is over {MAX_URI_LENGTH} bytes.")
    if claim := signing.read_claim(call.request):
        await _authenticate_key(call, claim)
        return
    authorization = call.request.headers.get("authorization", "")
    if scheme := _SCHEME.match(authorization):
        hint = f"{scheme[0]} is not verified here; sign with {signing.ALGORITHM}, which is what the SDKs do by default."
        if scheme[0] == signing.ALGORITHM:
            hint = f"The header is not of the form `{signing.ALGORITHM} Access=…, SignedHeaders=…, Signature=…`."
        raise _authentication_error("Unauthorized", hint)
    if token := call.request.headers.get("x-auth-token"):
        await _authenticate_token(call, token)
    elif authorization.startswith("Bearer "):  # a client's author saw the gateway try it as a token
        raise _authentication_error("decrypt token fail", "IAM tokens go into X-Auth-Token, not into Authorization.")
    else:
        hint = "Neither an X-Auth-Token nor an AK/SK signature came."
        raise Refusal(_choose_error(call, "huawei.missing_authentication"), {"{reason}": "Unauthorized"}, hint=hint)


def _missing_project_error(project: str) -> Refusal:
    """Return the refusal of a path that still has the placeholder of the project.

    The SDKs send it, without a warning, when they have an endpoint but no project_id. Code and status are the
    gateway's for an unknown path; the sentence after its text is ours, because SDKs show nothing else.
    """
    hint = (
        f"The path has a literal {project[:40]}: the client has no project id. Give it one, for example "
        "BasicCredentials(ak, sk, project_id) or HUAWEICLOUD_SDK_PROJECT_ID; `fauxlate env` prints it."
    )
    text = "The API does not exist or has not been published in the environment."
    return Refusal("APIG.0101", message=f"{text} {hint}", hint=hint)


def _authentication_error(reason: str, hint: str) -> Refusal:
    return Refusal("APIG.0301", {"{reason}": reason}, hint=hint)


def _choose_error(call: Call, quirk: str) -> str:
    """Return the key of the error for an unknown caller: IAM (Keystone) has one, NLP the choice of `quirk`."""
    return "401" if call.operation is not None and call.operation.family == "iam" else call.quirk(quirk)


async def _authenticate_key(call: Call, claim: signing.Claim) -> None:
    """Admit a call that the sandbox's own key has signed, and one with any other key unless the sandbox is strict.

    A security token (`X-Security-Token`, of a temporary key) is one more signed header: any is accepted.
    """
    if len(call.request.body) > MAX_SIGNED_BODY_SIZE:
        hint = f"A signed body has at most {MAX_SIGNED_BODY_SIZE} bytes; larger ones want a token."
        raise Refusal("APIG.0201#too_large", hint=hint)
    call.owner = claim.access_key
    credentials = call.sandbox.credentials["huawei"]
    if claim.access_key != credentials["access_key"]:
        if call.sandbox.strict:
            hint = f"AK {claim.access_key[:40]} belongs to no sandbox here. `fauxlate env` prints the ones that do."
            raise _authentication_error("Get secretKey failed,ak:******,err:ak not exist", hint)
        return
    if call.sandbox.signatures == "ignored":
        return
    has_lock = call.quirk("huawei.key_lock") == "five_failures"
    if has_lock:
        await _check_lock(call, claim.access_key)
    error = _find_signature_error(call, claim, credentials["secret_key"])
    if has_lock:
        await _record_attempt(call, claim.access_key, is_valid=error is None)
    if error is not None:
        raise error


def _find_signature_error(call: Call, claim: signing.Claim, secret: str) -> Refusal | None:
    """Return the refusal of a wrong signature, None for a right one. The order, the date first, is an assumption."""
    date = call.request.headers.get(signing.DATE_HEADER, "")
    timestamp = signing.parse_date(date)
    if timestamp is None or signing.DATE_HEADER not in signing.split_header_names(claim.signed_headers):
        return _authentication_error(
            "Unauthorized", f"X-Sdk-Date has to be sent as 20261121T021754Z and signed; it is {date!r:.40}."
        )
    # The gateway measures by its clock, here the sandbox's. But no client follows that when a test has frozen or
    # moved it: the client's clock is the wall clock, so a date that is fresh by the wall clock is fresh.
    if abs(call.now - timestamp) > signing.MAX_CLOCK_SKEW and abs(call.wall - timestamp) > signing.MAX_CLOCK_SKEW:
        seconds = int(call.now - timestamp)
        hint = f"X-Sdk-Date {date} is more than 15 minutes off; the clock here shows {seconds} seconds later."
        return _authentication_error("calc ak sk signature fail:signature expired", hint)
    if (name := _find_unsigned_header(call, claim)) is not None:
        hint = f"{name} is a parameter of the call, and SignedHeaders leaves it out, so nobody knows who has set it."
        return _authentication_error("Unauthorized", hint)
    if signing.matches(call.request, claim, secret):
        return None
    echo = signing.echo_canonical_request(call.request, claim.signed_headers)
    hint = (
        "The signature is not that of this request under the SK of this AK: either the SK is another, or the request "
        "was changed on its way. The message has the request as it was read here, `|` for newlines."
    )
    return _authentication_error(f"verify aksk signature fail, canonicalRequest:{echo}", hint)


def _find_unsigned_header(call: Call, claim: signing.Claim) -> str | None:
    """Return the header that is a parameter of the operation and came unsigned, None where there is none.

    That it is refused is assumed: the guide wants X-Sdk-Date alone to be signed, and the SDKs sign every parameter.
    """
    from fauxlate.engine.tables.parameters import places  # with it pydantic, which a start does without

    signed = signing.split_header_names(claim.signed_headers)
    names = places(call.operation.parameters).items() if call.operation is not None else ()
    return next((n for n, place in names if place == "header" and n in call.request.headers and n not in signed), None)


async def _check_lock(call: Call, key: str) -> None:
    """Refuse a key that is locked after too many failures."""
    record = await call.sandbox.store.get(_FAILURES, key)
    if record is not None and record.value >= MAX_FAILURES and record.is_valid(call.now):
        hint = "This AK has failed five times in a row; it is locked for five minutes by the sandbox's clock."
        raise _authentication_error("AK access failed to reach the limit,forbidden.", hint)


async def _record_attempt(call: Call, key: str, *, is_valid: bool) -> None:
    """Count an invalid signature of a key in the store; a valid one clears the count."""
    if is_valid:
        await call.sandbox.store.take(_FAILURES, key)
        return
    record = await call.sandbox.store.get(_FAILURES, key)
    failures = 0 if record is None or not record.is_valid(call.now) else record.value
    await call.sandbox.store.put(_FAILURES, key, Record(failures + 1, call.now + LOCK_SECONDS))


async def _authenticate_token(call: Call, token: str) -> None:
    """Admit a call whose token was issued here, is still valid, and is for the project in the path, if there is one."""
    record = await call.sandbox.store.get(TOKENS, token)
    if record is None or not record.is_valid(call.now):
        reason = "was never given out here" if record is None else "expired 24 hours after it was given out"
        hint = f"The token in X-Auth-Token {reason}; POST /v3/auth/tokens gives one."
        raise Refusal(_choose_error(call, "huawei.bad_token"), hint=hint)
    grant: Grant = record.value
    call.owner = grant.owner
    project = call.path.get("project_id")
    if project is not None and grant.project not in (None, project):
        refusal = call.quirk("huawei.other_project")
        if refusal != "accepted":
            scope = f"project {grant.project}" if grant.project else "an account, no project"
            hint = f"The token's scope is {scope}; the path's project is {project[:64]}."
            raise Refusal(refusal, hint=hint)
