"""The cause of a signature mismatch, found by guessing what the client may have signed instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, zip_longest

from fauxlate.engine.exchange.reply import SignatureComparison
from fauxlate.engine.exchange.request import Request
from fauxlate.providers.alibaba.access import signing
from fauxlate.providers.alibaba.access.signing import Claim

MAX_GUESSED_LENGTH = 64 * 1024
"""Characters of what is signed, up to which guesses are made: each of them signs it all anew."""
_MAX_WORK = 8 * MAX_GUESSED_LENGTH
"""Characters that the guesses which leave out one name, or empty it, sign together."""
_PAIR_LENGTH = 32
_MAX_LINES, _MAX_LINE = 200, 4096
"""Lines that a comparison shows, and characters of each."""
_DEFAULT_CAUSE = (
    "Most likely the AccessKeySecret is wrong: nothing else was found that would give the signature that came. "
    "`fauxlate env` prints the right one."
)
_TOO_LARGE = (
    f"What is signed has more than {MAX_GUESSED_LENGTH} characters, too many to try out what else may have been signed."
)
_HASH_HEADER = "x-acs-content-sha256"
_METHODS = ("POST", "GET", "PUT", "DELETE")


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of an ACS3 canonical request."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    signed_headers: tuple[str, ...]
    body_hash: str

    @property
    def canonical(self) -> str:
        return signing.build_acs3_canonical_request(
            self.method, self.path, self.query, self.headers, self.signed_headers, self.body_hash
        )

    def with_header(self, name: str, value: str) -> _Parts:
        return replace(
            self, headers={**{header: self.headers.get(header, "") for header in self.signed_headers}, name: value}
        )


def compare_acs3(request: Request, claim: Claim, secret: str, base_url: str) -> SignatureComparison:
    """Return the likely cause of an ACS3 mismatch, and the lines to sign here and at the client."""
    body_hash = signing.compute_sha256(request.body)
    parts = _Parts(request.method, request.raw_path, request.query, request.headers, claim.signed_headers, body_hash)
    expected = parts.canonical
    if len(expected) > MAX_GUESSED_LENGTH:
        return _compare(_TOO_LARGE, expected.split("\n"))
    for cause, guess in (*_guess_headers(parts, base_url), *_guess_parts(parts)):
        if _acs3_matches(claim, secret, guess.canonical):
            return _compare(cause, expected.split("\n"), guess.canonical.split("\n"))
    for cause, other_secret in _guess_secrets(claim, secret):
        if _acs3_matches(claim, other_secret, expected):
            return _compare(cause, expected.split("\n"), expected.split("\n"))
    declared = request.headers.get(_HASH_HEADER, body_hash)
    if declared != body_hash:
        cause = (
            f"The body was altered after it was hashed: {_HASH_HEADER} does not fit it. Something else is wrong too."
        )
        return SignatureComparison(
            cause, (*((_cut(line), None) for line in expected.split("\n")[:-1][:_MAX_LINES]), (body_hash, declared))
        )
    return _compare(_DEFAULT_CAUSE, expected.split("\n"))


def _acs3_matches(claim: Claim, secret: str, canonical: str) -> bool:
    computed = signing.compute_acs3_signature(secret, signing.build_acs3_string_to_sign(canonical))
    return signing.are_equal(computed, claim.signature or "")


def _guess_headers(parts: _Parts, base_url: str) -> Iterator[tuple[str, _Parts]]:
    original = parts.headers.get("host", "")
    bare = base_url.partition("://")[2]
    for host in (bare, base_url, bare.partition(":")[0], original.partition("://")[2], f"http://{original}"):
        if host and host != original:
            cause = f"The Host header was altered on its way: `{host}` was signed, `{original}` came."
            yield cause, parts.with_header("host", host)
    for name in _affordable(parts.signed_headers, len(parts.canonical)):
        if parts.headers.get(name):
            cause = f"The header {name} was altered on its way, or was empty when it was signed."
            yield cause, parts.with_header(name, "")


def _guess_parts(parts: _Parts) -> Iterator[tuple[str, _Parts]]:
    declared, empty = parts.headers.get(_HASH_HEADER, parts.body_hash), signing.compute_sha256(b"")
    if declared != parts.body_hash:
        yield (
            f"The body was altered on its way: {_HASH_HEADER} is signed, and does not fit it.",
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


def compare_rpc(request: Request, claim: Claim, secret: str) -> SignatureComparison:
    """Return the likely cause of an RPC mismatch, and the parts to sign here and at the client."""
    parameters = request.parameters
    if _measure(parameters) > MAX_GUESSED_LENGTH:
        return SignatureComparison(_TOO_LARGE, _format_rpc_lines(request.method, parameters))
    for cause, method, path, other in _guess_rpc(request, parameters):
        if _rpc_matches(claim, secret, method, path, other):
            return SignatureComparison(cause, _format_rpc_lines(request.method, parameters, (method, path, other)))
    for cause, other_secret in _guess_secrets(claim, secret):
        if _rpc_matches(claim, other_secret, request.method, "/", parameters):
            return SignatureComparison(
                cause, _format_rpc_lines(request.method, parameters, (request.method, "/", parameters))
            )
    return SignatureComparison(_DEFAULT_CAUSE, _format_rpc_lines(request.method, parameters))


def _rpc_matches(claim: Claim, secret: str, method: str, path: str, parameters: Mapping[str, str]) -> bool:
    text = signing.build_rpc_string_to_sign(method, signing.build_canonical_query(parameters), path)
    return signing.are_equal(signing.compute_rpc_signature(secret, text), claim.signature or "")


def _guess_rpc(request: Request, parameters: Mapping[str, str]) -> Iterator[tuple[str, str, str, Mapping[str, str]]]:
    if request.raw_path != "/":
        yield (
            f"The path {request.raw_path} was signed; RPC calls sign `/`.",
            request.method,
            request.raw_path,
            parameters,
        )
    if request.form and request.query:
        yield "The form body was altered on its way, or not signed.", request.method, "/", request.query
    if "" in parameters.values():
        full = {name: value for name, value in parameters.items() if value}
        yield "Parameters without a value were left out; they are signed too.", request.method, "/", full
    if any(" " in value for value in parameters.values()):
        plus = {name: value.replace(" ", "+") for name, value in parameters.items()}
        yield "A `+` was signed as %2B and sent as it is, which means a space.", request.method, "/", plus
    for name in _affordable(tuple(parameters), _measure(parameters)):
        without = {key: value for key, value in parameters.items() if key != name}
        yield (
            f"The parameter {name} was added on its way, or left out of what was signed.",
            request.method,
            "/",
            without,
        )
    for method in _METHODS:
        if method != request.method:
            yield f"{method} was signed, and {request.method} came.", method, "/", parameters


def _guess_secrets(claim: Claim, secret: str) -> Iterator[tuple[str, str]]:
    if claim.family == "acs3":
        yield "The secret has an `&` behind it: that is RPC's; ACS3 takes it as it is.", f"{secret}&"
    else:
        yield "The secret has two `&` behind it; RPC wants one.", f"{secret}&"
    yield "The AccessKeyId was used as the secret.", claim.access_key_id or ""
    yield "There is white space around the secret.", f"{secret}\n"
    yield "There is white space around the secret.", f" {secret}"


def _measure(parameters: Mapping[str, str]) -> int:
    """Return how many characters parameters sign, with what each of them costs besides."""
    return sum(len(name) + len(value) + _PAIR_LENGTH for name, value in parameters.items())


def _affordable(names: Sequence[str], length: int) -> Sequence[str]:
    """Return the first of `names`, as many as guesses that sign `length` characters each may be made for."""
    return names[: _MAX_WORK // max(1, length)]


def _cut(line: str) -> str:
    return line if len(line) <= _MAX_LINE else f"{line[:_MAX_LINE]}…"


def _compare(cause: str, expected: Sequence[str], client: Sequence[str] | None = None) -> SignatureComparison:
    """Return a comparison of the first lines, each cut where it is long; `client` is None where nothing tells."""
    pairs = ((line, None) for line in expected) if client is None else zip_longest(expected, client, fillvalue="")
    shown = islice(pairs, _MAX_LINES)
    return SignatureComparison(
        cause, tuple((_cut(here), None if there is None else _cut(there)) for here, there in shown)
    )


def _format_pair(name: str, parameters: Mapping[str, str]) -> str:
    return _cut(f"{name}={parameters[name]}") if name in parameters else ""


def _format_rpc_lines(
    method: str, parameters: Mapping[str, str], client: tuple[str, str, Mapping[str, str]] | None = None
) -> tuple[tuple[str, str | None], ...]:
    """Return method, path and parameters in pairs: as expected, and as the client signed them where that is known."""
    names = sorted(name for name in parameters if name != "Signature")[:_MAX_LINES]
    if client is None:
        return ((method, None), ("/", None), *((_format_pair(name, parameters), None) for name in names))
    client_method, path, client_parameters = client
    rows = ((_format_pair(name, parameters), _format_pair(name, client_parameters)) for name in names)
    return ((method, client_method), ("/", path), *rows)
