"""Redaction: every secret is taken out of a journal entry, wherever it stands, before anybody reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fauxlate.engine.sandboxes.journal import Entry
from fauxlate.engine.scenarios.rules import MAX_QUOTED
from fauxlate.web.problems import printable

REDACTED = "<redacted>"
_SECRET_NAME = re.compile(
    r"(?i)(.*(secret|password|passwd|signature|ticket)$|(proxy-)?authorization|x-auth-token|x-subject-token"
    r"|cookie|set-cookie|(.*[-_])?access[-_]?token|.*security-?token|refresh_?token|suite_?access_?token"
    r"|.*bearer[-_]?token)"
)
MAX_SECRETS = 200
"""Secrets of one entry that are looked for everywhere in it; where there are more, none of its text is shown."""
_MIN_SECRET = 4
"""Characters; taking out shorter ones would leave nothing readable."""
_JSON_SECRET = re.compile(
    r'(?i)("(?:\w*(?:secret|password|ticket)|\w*access_?token|refresh_?token|signature)"\s*:\s*")((?:[^"\\]|\\.)*)'
)
_LINK_SECRET = re.compile(r"(?i)((?:[?&]|\\u0026)(?:signature|access_token|x-obs-security-token)=)[^&\"'\s\\<]+")
_NESTED_LINK_SECRET = re.compile(r"(?i)(?:signature|auth_?code|access_token)(?:=|%3D)([^&\"'\s\\<>%;,]+)")
"""In a link, even one that is itself a parameter of another."""


def redact_headers(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return name and value of each header in order, the values of secret ones replaced."""
    return [
        (printable(name), REDACTED if _SECRET_NAME.fullmatch(name) else printable(value))
        for name, value in headers.items()
    ]


def redact_target(target: str) -> str:
    """Return a request target with secret query parameters replaced."""
    path, separator, query = printable(target).partition("?")
    if not separator:
        return path
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    redacted = [(name, REDACTED if _SECRET_NAME.fullmatch(name) else value) for name, value in pairs]
    return f"{path}?{urlencode(redacted, safe='<>:/,')}"


def redact_body(body: bytes, headers: Mapping[str, str]) -> str:
    """Return a body as text, secrets replaced; bytes that are no text as a note of their number."""
    media_type = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    try:
        text = body.decode()
    except UnicodeDecodeError as fault:
        if fault.start < len(body) - 4:  # not just a character cut in two at the end of what is kept
            return f"<{len(body)} bytes of {media_type or 'no type'}>"
        text = body.decode(errors="ignore")
    if media_type.startswith("application/x-www-form-urlencoded"):
        return redact_target(f"?{text}")[1:]
    if media_type.startswith("multipart/"):
        return f"<{len(body)} bytes of {media_type.partition(';')[0]}>"
    return _LINK_SECRET.sub(rf"\g<1>{REDACTED}", _JSON_SECRET.sub(rf"\g<1>{REDACTED}", text))


def find_secrets(entry: Entry) -> list[str] | None:
    """Return the secrets of the entry's sandbox, and values under the name of one; the longest first.

    None where there are more than `MAX_SECRETS`, as no client has who means well.
    """
    secrets = {
        value
        for credentials in entry.credentials.values()
        for name, value in credentials.items()
        if _SECRET_NAME.fullmatch(name)
    }
    request, reply = entry.request, entry.reply
    pairs = [*request.headers.items(), *reply.headers.items()]
    for text in (request.target.partition("?")[2], request.body.decode(errors="replace")):
        pairs += parse_qsl(text, keep_blank_values=True, errors="replace")
    secrets |= {value for name, value in pairs if _SECRET_NAME.fullmatch(name)}
    for text in (request.target, *reply.headers.values(), reply.body.decode(errors="replace")):
        secrets |= set(_NESTED_LINK_SECRET.findall(text))
    for body in (request.body, reply.body):
        with suppress(ValueError, RecursionError):
            secrets |= set(_leaves(json.loads(body), secret=False))
    parts = {part for value in secrets for part in (value, value[:MAX_QUOTED]) if len(part) >= _MIN_SECRET}
    return sorted(parts, key=len, reverse=True) if len(parts) <= MAX_SECRETS else None


def _leaves(value: Any, *, secret: bool) -> Iterator[str]:
    """Give every value, as text, that stands somewhere under the name of a secret."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, secret=secret or _SECRET_NAME.fullmatch(name) is not None)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, secret=secret)
    elif secret and value is not None and not isinstance(value, bool):
        yield str(value)


def remove_secrets(secrets: list[str], data: Any) -> Any:
    """Return `data` with each of `secrets` replaced, wherever it stands."""
    if isinstance(data, str):
        for secret in secrets:
            data = data.replace(secret, REDACTED)
        return data
    if isinstance(data, dict):
        return {name: remove_secrets(secrets, inner) for name, inner in data.items()}
    if isinstance(data, list | tuple):
        return [remove_secrets(secrets, inner) for inner in data]
    return data


def hide_texts(data: Any) -> Any:
    """Return `data` with every text replaced."""
    if isinstance(data, dict):
        return {name: hide_texts(inner) for name, inner in data.items()}
    if isinstance(data, list | tuple):
        return [hide_texts(inner) for inner in data]
    return REDACTED if isinstance(data, str) else data
