"""Why a signature does not match: one guess after the other at what the client may have signed instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest

from fauxlate.engine.exchange.reply import SignatureComparison
from fauxlate.engine.exchange.request import Request
from fauxlate.providers.alibaba.access import signing
from fauxlate.providers.alibaba.access.signing import Claim

_WRONG = (
    "Most likely the AccessKeySecret is wrong: nothing else was found that would give the signature that came. "
    "`fauxlate env` prints the right one."
)
_HASH = "x-acs-content-sha256"
_METHODS = ("POST", "GET", "PUT", "DELETE")


@dataclass(frozen=True, slots=True)
class _Parts:
    """What goes into an ACS3 signature."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    signed: tuple[str, ...]
    body_hash: str

    @property
    def canonical(self) -> str:
        return signing.acs3_canonical_request(
            self.method, self.path, self.query, self.headers, self.signed, self.body_hash
        )

    def with_header(self, name: str, value: str) -> _Parts:
        return replace(self, headers={**{one: self.headers.get(one, "") for one in self.signed}, name: value})


def acs3(request: Request, claimed: Claim, secret: str, base_url: str) -> SignatureComparison:
    """Compare an ACS3 signature with what else the client may have signed."""
    hashed = signing.sha256(request.body)
    parts = _Parts(request.method, request.raw_path, request.query, request.headers, claimed.signed, hashed)
    here = parts.canonical
    for cause, guess in (*_other_headers(parts, base_url), *_other_parts(parts)):
        if _acs3_matches(claimed, secret, guess.canonical):
            return SignatureComparison(cause, _lines(here, guess.canonical))
    for cause, other in _other_secrets(claimed, secret):
        if _acs3_matches(claimed, other, here):
            return SignatureComparison(cause, _lines(here, here))
    declared = request.headers.get(_HASH, hashed)
    if declared != hashed:
        cause = f"The body was altered after it was hashed: {_HASH} does not fit it. Something else is wrong too."
        return SignatureComparison(cause, (*((line, None) for line in here.split("\n")[:-1]), (hashed, declared)))
    return SignatureComparison(_WRONG, tuple((line, None) for line in here.split("\n")))


def _acs3_matches(claimed: Claim, secret: str, canonical: str) -> bool:
    computed = signing.acs3_signature(secret, signing.acs3_string_to_sign(canonical))
    return signing.same(computed, claimed.signature or "")


def _other_headers(parts: _Parts, base_url: str) -> Iterator[tuple[str, _Parts]]:
    came = parts.headers.get("host", "")
    bare = base_url.partition("://")[2]
    for host in (bare, base_url, bare.partition(":")[0], came.partition("://")[2], f"http://{came}"):
        if host and host != came:
            cause = f"The Host header was altered on its way: `{host}` was signed, `{came}` came."
            yield cause, parts.with_header("host", host)
    for name in parts.signed:
        if parts.headers.get(name):
            cause = f"The header {name} was altered on its way, or was empty when it was signed."
            yield cause, parts.with_header(name, "")


def _other_parts(parts: _Parts) -> Iterator[tuple[str, _Parts]]:
    declared, empty = parts.headers.get(_HASH, parts.body_hash), signing.sha256(b"")
    if declared != parts.body_hash:
        yield (
            f"The body was altered on its way: {_HASH} is signed, and does not fit it.",
            replace(parts, body_hash=declared),
        )
    if parts.body_hash != empty:
        yield "The body was not there when the request was signed.", replace(parts, body_hash=empty)
    if parts.path != "/":
        yield f"`/` was signed, and {parts.path} was called.", replace(parts, path="/")
    if parts.query:
        yield "The query string was not signed.", replace(parts, query={})
    for method in _METHODS:
        if method != parts.method:
            yield f"{method} was signed, and {parts.method} came.", replace(parts, method=method)


def rpc(request: Request, claimed: Claim, secret: str) -> SignatureComparison:
    """Compare an RPC signature with what else the client may have signed."""
    sent = signing.parameters(request)
    for cause, method, path, other in _rpc_guesses(request, sent):
        if _rpc_matches(claimed, secret, method, path, other):
            return SignatureComparison(cause, _rpc_lines(request.method, sent, (method, path, other)))
    for cause, another in _other_secrets(claimed, secret):
        if _rpc_matches(claimed, another, request.method, "/", sent):
            return SignatureComparison(cause, _rpc_lines(request.method, sent, (request.method, "/", sent)))
    return SignatureComparison(_WRONG, _rpc_lines(request.method, sent))


def _rpc_matches(claimed: Claim, secret: str, method: str, path: str, sent: Mapping[str, str]) -> bool:
    text = signing.rpc_string_to_sign(method, signing.canonical_query(sent), path)
    return signing.same(signing.rpc_signature(secret, text), claimed.signature or "")


def _rpc_guesses(request: Request, sent: Mapping[str, str]) -> Iterator[tuple[str, str, str, Mapping[str, str]]]:
    if request.raw_path != "/":
        yield f"The path {request.raw_path} was signed; RPC calls sign `/`.", request.method, request.raw_path, sent
    if request.form and request.query:
        yield "The form body was altered on its way, or not signed.", request.method, "/", request.query
    if "" in sent.values():
        full = {name: value for name, value in sent.items() if value}
        yield "Parameters without a value were left out; they are signed too.", request.method, "/", full
    if any(" " in value for value in sent.values()):
        plus = {name: value.replace(" ", "+") for name, value in sent.items()}
        yield "A `+` was signed as %2B and sent as it is, which means a space.", request.method, "/", plus
    for name in sent:
        without = {key: value for key, value in sent.items() if key != name}
        yield (
            f"The parameter {name} was added on its way, or left out of what was signed.",
            request.method,
            "/",
            without,
        )
    for method in _METHODS:
        if method != request.method:
            yield f"{method} was signed, and {request.method} came.", method, "/", sent


def _other_secrets(claimed: Claim, secret: str) -> Iterator[tuple[str, str]]:
    if claimed.family == "acs3":
        yield "The secret has an `&` behind it: that is RPC's; ACS3 takes it as it is.", f"{secret}&"
    else:
        yield "The secret has two `&` behind it; RPC wants one.", f"{secret}&"
    yield "The AccessKeyId was used as the secret.", claimed.key or ""
    yield "There is white space around the secret.", f"{secret}\n"
    yield "There is white space around the secret.", f" {secret}"


def _lines(here: str, client: str) -> tuple[tuple[str, str | None], ...]:
    pairs = zip_longest(here.split("\n"), client.split("\n"), fillvalue="")
    return tuple(pairs)


def _rpc_lines(
    method: str, sent: Mapping[str, str], client: tuple[str, str, Mapping[str, str]] | None = None
) -> tuple[tuple[str, str | None], ...]:
    """Return method, path and each parameter: here, and by the client where it is known."""
    names = sorted(name for name in sent if name != "Signature")
    if client is None:
        return ((method, None), ("/", None), *((f"{name}={sent[name]}", None) for name in names))
    its_method, path, its = client
    rows = ((f"{name}={sent[name]}", f"{name}={its[name]}" if name in its else "") for name in names)
    return ((method, its_method), ("/", path), *rows)
