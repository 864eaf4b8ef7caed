"""A request: raw path and raw bytes, as signatures need them; everything else is read from these on first use."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, unquote_plus

from fauxlate.engine.exchange.reading import is_text, parse_json
from fauxlate.errors import FauxlateError

MAX_PATH = 64 * 1024
"""Characters of a path, percent-encoded."""
MAX_HOST = 300
"""Characters of a Host header that are looked at: a name has 253 at most (RFC 1035, 2.3.4), and a port may follow."""
MAX_PARAMETERS = 10_000
"""Parameters of a query or of a form."""


class MalformedError(FauxlateError, ValueError):
    """The body or the query string cannot be read; the message says why."""


def parse_form(text: str) -> dict[str, str]:
    """Return the parameters in `application/x-www-form-urlencoded` text, the last of each name, blank ones too.

    As `urllib.parse.parse_qsl` reads it, but several times as fast where little is encoded: every call is parsed so.
    Raises `ValueError` for bytes that are not UTF-8, for NUL, and for more than `MAX_PARAMETERS` parameters.
    """
    _check_form(text)
    values: dict[str, str] = {}
    for pair in text.split("&"):
        name, separator, value = pair.partition("=")
        if "%" in value or "+" in value:
            value = _decode(value)
        if name or separator:
            values[name if "%" not in name and "+" not in name else unquote_plus(name, errors="strict")] = value
    return values


def _check_form(text: str) -> None:
    if text.count("&") >= MAX_PARAMETERS:
        raise ValueError(f"has more than {MAX_PARAMETERS} parameters")
    if not text.isascii():
        text.encode()
    if "%00" in text or "\0" in text:
        raise ValueError("holds NUL")


_COMMON_ESCAPES = (("%3D", "="), ("%3A", ":"), ("%2F", "/"), ("%2B", "+"))
"""The escapes of signatures and times, after `+`, which is a space."""


def _decode(text: str) -> str:
    result = text.replace("+", " ")
    for escape, character in _COMMON_ESCAPES:
        result = result.replace(escape, character)
    return result if "%" not in result else unquote_plus(text, errors="strict")


def _parse(place: str, text: str | bytes) -> dict[str, str]:
    """Return the parameters of a form. Raises `MalformedError`, which calls it by its `place`."""
    try:
        return parse_form(text.decode() if isinstance(text, bytes) else text)
    except UnicodeError as fault:
        raise MalformedError(f"the {place} is not valid percent-encoded UTF-8: {fault}") from None
    except ValueError as fault:
        raise MalformedError(f"the {place} {fault}") from None


def _truncate_headers(headers: Mapping[str, str], length: int) -> dict[str, str]:
    """Return headers with values cut so that names and values have `length` characters together at most."""
    kept: dict[str, str] = {}
    for name, value in headers.items():
        length -= len(name)
        if length <= 0:
            break
        kept[name] = value[:length]
        length -= len(kept[name])
    return kept


def _is_text_decoded(text: str) -> bool:
    try:
        return is_text(unquote(text, errors="strict"))
    except UnicodeDecodeError:
        return False


@lru_cache(maxsize=64)  # a server has few names
def _parse_host(header: str) -> str:
    host = header.rpartition("@")[2].lower()
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0].removesuffix(".")


class Request:
    """One HTTP request. `target` is the request line's path with its query, still percent-encoded.

    `head_size` is how many bytes target and headers have together at most, None where nobody has counted them, and
    `has_ascii_head` says that all of them are known to be ASCII, without NUL.

    The values of `headers` are without the blanks around them, which are no part of them (RFC 9110, 5.5). `claim` is
    what the provider has read of the caller's credentials, kept because it is needed more than once.
    """

    __slots__ = (
        "_form",
        "_json",
        "_media_type",
        "_query",
        "body",
        "claim",
        "has_ascii_head",
        "head_size",
        "headers",
        "method",
        "raw_path",
        "raw_query",
        "target",
    )

    def __init__(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> None:
        self.method = method
        self.headers = headers
        self.body = body
        self.head_size: int | None = None
        self.has_ascii_head = False
        if not target.startswith("/"):  # absolute form: `GET http://host/path HTTP/1.1`
            target = "/" + target.partition("://")[2].partition("/")[2]
        self.target = target
        self.raw_path, _, self.raw_query = target.partition("?")
        self._media_type: str | None = None
        self.claim: Any = None
        self._form: dict[str, str] | None = None
        self._json: dict[str, Any] | None = None
        self._query: dict[str, str] | None = None

    def clear_cache(self) -> None:
        """Forget what was read from the bytes; it can be read again."""
        self.claim = self._form = self._json = self._query = None

    def truncate(self, body: int, head: int) -> None:
        """Keep so many bytes of the body, and so many characters of the target and of all headers together at most."""
        self.body = self.body[:body]
        if len(self.target) > head:
            self.target = self.target[:head]
            self.raw_path, _, self.raw_query = self.target.partition("?")
        if (self.head_size is None or self.head_size > head) and sum(map(len, self.headers.values())) > head:
            self.headers = _truncate_headers(self.headers, head)
        self.clear_cache()

    def check_path(self) -> None:
        """Raise `MalformedError` where the path is longer than any can be."""
        if len(self.raw_path) > MAX_PATH:
            raise MalformedError(f"the path has {len(self.raw_path)} characters; here it has {MAX_PATH} at most")

    def check_text(self) -> None:
        """Raise `MalformedError` where path, query or headers hold what is no text: a byte that is no UTF-8, or NUL.

        A body is checked by whoever reads it as text.
        """
        self.check_path()
        raw_path = self.raw_path
        if not self.has_ascii_head and not is_text("\n".join((raw_path, *self.headers.values()))):  # in one go
            names = (f"header {name}" for name, value in self.headers.items() if not is_text(value))
            raise MalformedError(f"the {next(names, 'path')} holds a byte that is no UTF-8, or NUL")
        if "%" in raw_path and not _is_text_decoded(raw_path):
            raise MalformedError("the path holds a byte that is no UTF-8, or NUL")
        if self.raw_query:
            _ = self.query

    @property
    def host(self) -> str:
        """The name of the host that was called, in lower case and without the port; empty where none came."""
        return _parse_host(self.headers.get("host", "")[:MAX_HOST])

    @property
    def path(self) -> str:
        """The path, decoded, as far as one may be long; a byte that is no UTF-8 becomes U+FFFD."""
        raw_path = self.raw_path[:MAX_PATH]
        return unquote(raw_path) if "%" in raw_path else raw_path

    @property
    def query(self) -> dict[str, str]:
        """The query string's parameters, the last of each name. Raises `MalformedError`."""
        if self._query is None:
            self._query = _parse("query string", self.raw_query) if self.raw_query else {}
        return self._query

    @property
    def query_pairs(self) -> list[tuple[str, str]]:
        """The query string's parameters in order, each as often as it comes. Raises `MalformedError`."""
        if len(self.query) == self.raw_query.count("&") + 1:  # none comes twice
            return list(self.query.items())
        pairs = (pair.partition("=") for pair in self.raw_query.split("&") if pair)
        return [(_decode(name), _decode(value)) for name, _, value in pairs]

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case."""
        if self._media_type is None:
            self._media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return self._media_type

    @property
    def form(self) -> dict[str, str]:
        """The parameters of a form body, the last of each name; none in another body. Raises `MalformedError`."""
        if self._form is None:
            if self.body and self.media_type in ("", "application/x-www-form-urlencoded"):
                self._form = _parse("form body", self.body)
            else:
                self._form = {}
        return self._form

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of query and form body together; of a name in both, the form's. Raises `MalformedError`."""
        query, form = self.query, self.form
        return {**query, **form} if query and form else form or query

    @property
    def json(self) -> dict[str, Any]:
        """The JSON object in the body. Raises `MalformedError` for anything else."""
        if self._json is None:
            try:
                data = parse_json(self.body)
            except ValueError as fault:
                raise MalformedError(f"the body is not JSON: {fault}") from None
            if not isinstance(data, dict):
                raise MalformedError("the body is JSON, but not an object")
            self._json = data
        return self._json
