"""Who calls: an IAM token in `X-Auth-Token`, or an AK/SK signature in `Authorization`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fauxlate.engine.chance import BASE62, HEX, Chance
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.huawei.access import signing, storage_signing

if TYPE_CHECKING:
    from fauxlate.engine.exchange.request import Request
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.huawei.models import Token

_UPPER = BASE62[:36]
_PROJECT = re.compile(r"/v1/([^/]+)/")
_OURS = re.compile(r"(SDK-|V11-)[A-Za-z0-9-]*")
TOKEN_PREFIX = "MIIF"  # noqa: S105  (how every IAM token begins: Base64 of a CMS message)
RESULTS = "/nlp-mt-"
"""How the path of every result begins; the sandbox's tag follows."""
TOKENS = "huawei.token"
"""The kind under which tokens are remembered."""
_FAILURES = "huawei.failures"
FAILURES_TO_LOCK = 5
LOCK_SECONDS = 5 * 60
"""Signing guide: a key that fails five times in a row is locked for five minutes."""
LARGEST_SIGNED_BODY = 12 * 1024 * 1024
"""Bytes of a body with an AK/SK signature; larger ones want a token. Source: signing guide."""
LONGEST_URI = 32 * 1024
"""Bytes of a request's URI. Source: API Gateway error codes, APIG.0201 with 414."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token stands for: its user, the project it is good for (None: any, "": none), and what it says of itself."""

    owner: str
    project: str | None
    told: Token


def mint(tag: str) -> Mapping[str, str]:
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


def credentials(request: Request) -> Iterator[str]:
    """Give what names the caller: AK, token (from its tag on), project, IAM user, key of a storage signature."""
    if claim := signing.claimed(request):
        yield claim.access_key
    if token := request.headers.get("x-auth-token"):
        yield token.removeprefix(TOKEN_PREFIX)
    if in_path := _PROJECT.match(request.raw_path):
        yield in_path[1]
    elif request.raw_path == "/v3/auth/tokens":
        if request.method == "POST":
            yield from _user(request)
    elif stored := storage_signing.claimed(request):
        yield stored.access_key
        if request.raw_path.startswith(RESULTS):
            yield request.raw_path.removeprefix(RESULTS)


def _user(request: Request) -> Iterator[str]:
    """Give name and id of the user in the body of a request for a token."""
    found: object = request.json
    for name in ("auth", "identity", "password", "user"):
        found = found.get(name) if isinstance(found, dict) else None
    if isinstance(found, dict):
        yield from (named for named in (found.get("name"), found.get("id")) if isinstance(named, str))


async def signed_or_token(call: Call) -> None:
    """Admit a call with an AK/SK signature or a good token; refuse any other in the service's words."""
    project = call.path.get("project_id", "")
    if project.startswith("{"):
        raise _unfilled(project)
    if len(call.request.target) > LONGEST_URI:
        raise Refusal("APIG.0201#uri_too_large", hint=f"The URI is over {LONGEST_URI} bytes.")
    if claim := signing.claimed(call.request):
        await _signed(call, claim)
        return
    authorization = call.request.headers.get("authorization", "")
    if other := _OURS.match(authorization):
        hint = f"{other[0]} is not verified here; sign with {signing.ALGORITHM}, which is what the SDKs do by default."
        if other[0] == signing.ALGORITHM:
            hint = f"The header is not of the form `{signing.ALGORITHM} Access=…, SignedHeaders=…, Signature=…`."
        raise _refused("Unauthorized", hint)
    if token := call.request.headers.get("x-auth-token"):
        await _good(call, token)
    elif authorization.startswith("Bearer "):  # a client's author saw the gateway try it as a token
        raise _refused("decrypt token fail", "IAM tokens go into X-Auth-Token, not into Authorization.")
    else:
        hint = "Neither an X-Auth-Token nor an AK/SK signature came."
        raise Refusal(_unauthenticated(call, "huawei.missing_authentication"), {"{reason}": "Unauthorized"}, hint=hint)


def _unfilled(project: str) -> Refusal:
    """Return the refusal of a path in which the project's placeholder still stands.

    The SDKs send it so, without a warning, when they were given an endpoint but no project_id. Code and status are
    the gateway's for a path that it does not know; the sentence behind its text is ours, for SDKs show nothing else.
    """
    hint = (
        f"The path has a literal {project[:40]}: the client has no project id. Give it one, for example "
        "BasicCredentials(ak, sk, project_id) or HUAWEICLOUD_SDK_PROJECT_ID; `fauxlate env` prints it."
    )
    text = "The API does not exist or has not been published in the environment."
    return Refusal("APIG.0101", message=f"{text} {hint}", hint=hint)


def _refused(reason: str, hint: str) -> Refusal:
    return Refusal("APIG.0301", {"{reason}": reason}, hint=hint)


def _unauthenticated(call: Call, quirk: str) -> str:
    """Return the error for a caller that is nobody: Keystone has one, NLP several."""
    return "401" if call.operation is not None and call.operation.family == "iam" else call.quirk(quirk)


async def _signed(call: Call, claim: signing.Claim) -> None:
    """Admit a call that its own key has signed; a key of nobody, unless the sandbox is strict.

    A security token (`X-Security-Token`, of a temporary key) is one more signed header: any is accepted.
    """
    if len(call.request.body) > LARGEST_SIGNED_BODY:
        hint = f"A signed body has at most {LARGEST_SIGNED_BODY} bytes; larger ones want a token."
        raise Refusal("APIG.0201#too_large", hint=hint)
    call.owner = claim.access_key
    own = call.sandbox.credentials["huawei"]
    if claim.access_key != own["access_key"]:
        if call.sandbox.strict:
            hint = f"AK {claim.access_key[:40]} belongs to no sandbox here. `fauxlate env` prints the ones that do."
            raise _refused("Get secretKey failed,ak:******,err:ak not exist", hint)
        return
    if call.sandbox.signatures == "ignored":
        return
    locking = call.quirk("huawei.key_lock") == "five_failures"
    if locking:
        await _not_locked(call, claim.access_key)
    wrong = _wrong(call, claim, own["secret_key"])
    if locking:
        await _count(call, claim.access_key, failed=wrong is not None)
    if wrong is not None:
        raise wrong


def _wrong(call: Call, claim: signing.Claim, secret: str) -> Refusal | None:
    """Return what is wrong with a signature, if anything. The order, the date first, is an assumption."""
    date = call.request.headers.get(signing.DATE, "")
    sent = signing.seconds(date)
    if sent is None or signing.DATE not in signing.names(claim.signed_headers):
        return _refused(
            "Unauthorized", f"X-Sdk-Date has to be sent as 20261121T021754Z and signed; it is {date!r:.40}."
        )
    # The gateway measures by its clock, here the sandbox's. But no client follows that when a test has frozen or
    # moved it: the client's own clock is the wall's, so what is fresh by the wall is fresh.
    if abs(call.now - sent) > signing.WINDOW and abs(call.wall - sent) > signing.WINDOW:
        hint = (
            f"X-Sdk-Date {date} is more than 15 minutes off; the clock here shows {int(call.now - sent)} seconds later."
        )
        return _refused("calc ak sk signature fail:signature expired", hint)
    if signing.matches(call.request, claim, secret):
        return None
    echo = signing.echoed(call.request, claim.signed_headers)
    hint = (
        "The signature is not that of this request under the SK of this AK: either the SK is another, or the request "
        "was changed on its way. The message has the request as it was read here, `|` for newlines."
    )
    return _refused(f"verify aksk signature fail, canonicalRequest:{echo}", hint)


async def _not_locked(call: Call, key: str) -> None:
    record = await call.sandbox.store.get(_FAILURES, key)
    if record is not None and record.value >= FAILURES_TO_LOCK and record.is_valid(call.now):
        hint = "This AK has failed five times in a row; it is locked for five minutes by the sandbox's clock."
        raise _refused("AK access failed to reach the limit,forbidden.", hint)


async def _count(call: Call, key: str, *, failed: bool) -> None:
    if not failed:
        await call.sandbox.store.take(_FAILURES, key)
        return
    record = await call.sandbox.store.get(_FAILURES, key)
    before = 0 if record is None or not record.is_valid(call.now) else record.value
    await call.sandbox.store.put(_FAILURES, key, Record(before + 1, call.now + LOCK_SECONDS))


async def _good(call: Call, token: str) -> None:
    record = await call.sandbox.store.get(TOKENS, token)
    if record is None or not record.is_valid(call.now):
        why = "was never given out here" if record is None else "expired 24 hours after it was given out"
        hint = f"The token in X-Auth-Token {why}; POST /v3/auth/tokens gives one."
        raise Refusal(_unauthenticated(call, "huawei.bad_token"), hint=hint)
    grant: Grant = record.value
    call.owner = grant.owner
    project = call.path.get("project_id")
    if project is not None and grant.project not in (None, project):
        refusal = call.quirk("huawei.other_project")
        if refusal != "accepted":
            scope = f"project {grant.project}" if grant.project else "an account, no project"
            hint = f"The token's scope is {scope}; the path's project is {project[:64]}."
            raise Refusal(refusal, hint=hint)
