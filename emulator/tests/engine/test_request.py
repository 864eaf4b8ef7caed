"""Requests are read lazily, and their raw form is kept."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from fauxlate.engine.exchange.request import MalformedError, Request, parse_form
from hypothesis import given
from hypothesis import strategies as st


@given(st.text(st.characters(codec="ascii")) | st.dictionaries(st.text(), st.text()).map(urlencode))
def test_parameters_are_read_as_the_standard_library_reads_them(text: str) -> None:
    if "\0" in text or "%00" in text:
        with pytest.raises(ValueError, match="holds NUL"):
            parse_form(text)
        return
    try:
        expected = dict(parse_qsl(text, keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        with pytest.raises(UnicodeDecodeError):
            parse_form(text)
    else:
        assert parse_form(text) == expected


@pytest.mark.parametrize(
    ("target", "raw_path", "path", "raw_query"),
    [
        ("/a%2Fb?x=1", "/a%2Fb", "/a/b", "x=1"),
        ("http://127.0.0.1:1/a/b?c", "/a/b", "/a/b", "c"),
        ("*", "/", "/", ""),
        ("/%ff", "/%ff", "/\ufffd", ""),
    ],
)
def test_the_raw_target_is_kept_and_the_path_decoded(target: str, raw_path: str, path: str, raw_query: str) -> None:
    request = Request("GET", target, {})
    assert (request.raw_path, request.path, request.raw_query) == (raw_path, path, raw_query)


def test_a_form_is_read_from_a_form_body_alone() -> None:
    assert Request("POST", "/", {}, b"a=1&b=").form == {"a": "1", "b": ""}
    assert Request("POST", "/", {"content-type": "application/json"}, b"a=1").form == {}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"1" * 5000])
def test_what_is_no_json_object_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedError, match="JSON"):
        _ = Request("POST", "/", {}, body).json


@pytest.mark.parametrize("query", ["a=%ff", "%80=a"])
def test_what_is_no_utf8_is_malformed(query: str) -> None:
    with pytest.raises(MalformedError, match="UTF-8"):
        _ = Request("GET", f"/?{query}", {}).query
    with pytest.raises(MalformedError, match="UTF-8"):
        _ = Request("POST", "/", {}, query.encode()).form
