"""What must hold of every answer, whatever was asked."""

from __future__ import annotations

import json
from functools import cache
from xml.etree import ElementTree

from fauxlate.serving.composition import PROVIDERS

from contract_tests.fuzz.answers import Answer
from contract_tests.harness.exchange import Response

_FAILED = "Fauxlate itself failed"
_UNREADABLE = b"This is not a request that can be read"
_STATUSES_OF_HTTP = (501, 505)
"""What the front says of a coding or a version that it does not speak."""
_PAGES = (b"<title>DingTalk login</title>", b"<title>The login cannot begin</title>", b"<title>No permission</title>")
"""What a browser is shown, by a provider's own login."""
_DOWNLOADS = b"/alimt-results/"


def find_fault(answer: Answer, asked: bytes) -> str | None:
    """Return what is wrong about an answer to what was `asked`; None where nothing is."""
    if _FAILED in answer.headers.get("X-Fauxlate-Hint", "") or _FAILED.encode() in answer.body:
        return "Fauxlate itself failed"
    if not answer.is_whole:
        return None if answer.is_stream else "the connection ended before the answer did"
    if answer.status >= 500 and not _is_documented(answer):
        return f"{answer.status} is in no table: {answer.body[:200]!r}"
    return None if _is_stored(answer, asked) or not answer.body else _find_fault_of_body(answer)


def _find_fault_of_body(answer: Answer) -> str | None:
    if answer.media_type == "text/html":
        return None if any(page in answer.body for page in _PAGES) else f"a page of HTML: {answer.body[:200]!r}"
    if (why := _find_unreadable(answer)) is not None:
        return f"{answer.status} has a body that is no {answer.media_type} ({why}): {answer.body[:200]!r}"
    return None


def _is_stored(answer: Answer, asked: bytes) -> bool:
    """Whether the body is what somebody has put there or had translated, as whatever they called it."""
    return answer.status < 300 and ("ETag" in answer.headers or _DOWNLOADS in asked)


def _find_unreadable(answer: Answer) -> str | None:
    try:
        if answer.media_type == "application/json":
            json.loads(answer.body.decode("utf-8"), parse_constant=_refuse_constant)
        elif answer.media_type in ("application/xml", "text/xml"):
            ElementTree.fromstring(answer.body)
    except (ValueError, ElementTree.ParseError) as fault:
        return str(fault)
    return None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not of JSON")


@cache
def _rows() -> frozenset[tuple[int, str]]:
    """Return status and code of every row."""
    return frozenset(
        (row.status, row.code) for provider in PROVIDERS for row in (*provider.errors, *provider.general_errors)
    )


def _is_documented(answer: Answer) -> bool:
    if answer.status in _STATUSES_OF_HTTP and _UNREADABLE in answer.body:
        return True
    if not answer.body:  # of an answer to HEAD the status alone is here
        return any(status == answer.status for status, _ in _rows())
    try:
        error = Response(answer.status, answer.headers, answer.body).error
    except (ValueError, KeyError, ElementTree.ParseError):
        return False
    return error is not None and (answer.status, error[0]) in _rows()
