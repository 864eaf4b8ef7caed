"""A request: raw path and raw bytes, as signatures need them; everything else is read from these on first use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, unquote_plus

import orjson

from fauxlate.errors import FauxlateError


class MalformedError(FauxlateError, ValueError):
    """The body or the query string cannot be read; the message says why."""


def parse_form(text: str) -> dict[str, str]:
    """Return the parameters in `application/x-www-form-urlencoded` text, the last of each name, blank ones too.

    As `urllib.parse.parse_qsl` reads it, but several times as fast where little is encoded: every call is parsed so.
    Raises `ValueError` for bytes that are not UTF-8.
    """
    values: dict[str, str] = {}
    for pair in text.split("&"):
        name, separator, value = pair.partition("=")
        if "%" in value or "+" in value:
            value = _decode(value)
        if name or separator:
            values[name if "%" not in name and "+" not in name else unquote_plus(name, errors="strict")] = value
    return values


_COMMON_ESCAPES = (("%3D", "="), ("%3A", ":"), ("%2F", "/"), ("%2B", "+"))
"""The escapes of signatures and times, after `+`, which is a space."""


def _decode(text: str) -> str:
    result = text.replace("+", " ")
    for escape, character in _COMMON_ESCAPES:
        result = result.replace(escape, character)
    return result if "%" not in result else unquote_plus(text, errors="strict")


class Request:
    """One HTTP request. `target` is the request line's path with its query, still percent-encoded.

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
        if not target.startswith("/"):  # absolute form: `GET http://host/path HTTP/1.1`
            target = "/" + target.partition("://")[2].partition("/")[2]
        self.target = target
        self.raw_path, _, self.raw_query = target.partition("?")
        self._media_type: str | None = None
        self.clear_cache()

    def clear_cache(self) -> None:
        """Forget what was read from the bytes; it can be read again."""
        self.claim: Any = None
        self._form: dict[str, str] | None = None
        self._json: dict[str, Any] | None = None
        self._query: dict[str, str] | None = None

    def truncate(self, length: int) -> None:
        """Keep no more than `length` bytes of the body."""
        self.body = self.body[:length]
        self.clear_cache()

    @property
    def host(self) -> str:
        """The name of the host that was called, in lower case and without the port; empty where none came."""
        host = self.headers.get("host", "").rpartition("@")[2].lower()
        return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0].removesuffix(".")

    @property
    def path(self) -> str:
        """The path, decoded; a byte that is no UTF-8 becomes U+FFFD."""
        return unquote(self.raw_path) if "%" in self.raw_path else self.raw_path

    @property
    def query(self) -> dict[str, str]:
        """The query string's parameters, the last of each name. Raises `MalformedError`."""
        if self._query is None:
            try:
                self._query = parse_form(self.raw_query) if self.raw_query else {}
            except ValueError as fault:
                raise MalformedError(f"the query string is not valid percent-encoded UTF-8: {fault}") from None
        return self._query

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
                try:
                    self._form = parse_form(self.body.decode())
                except ValueError as fault:
                    raise MalformedError(f"the form body is not valid percent-encoded UTF-8: {fault}") from None
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
                data = orjson.loads(self.body)
            except orjson.JSONDecodeError as fault:
                raise MalformedError(f"the body is not JSON: {fault}") from None
            if not isinstance(data, dict):
                raise MalformedError("the body is JSON, but not an object")
            self._json = data
        return self._json
