"""What comes from outside is read by one rule each, and what goes out is XML and headers whatever is put into it."""

from __future__ import annotations

import json
import time
from xml.etree import ElementTree

import pytest
from fauxlate.engine.exchange.headers import header_value
from fauxlate.engine.exchange.reading import MAX_JSON_PARTS, is_text, parse_json, parse_number, parse_text
from fauxlate.engine.exchange.request import MAX_PARAMETERS, MAX_PATH, MalformedError, Request
from fauxlate.engine.exchange.xml import Element, elements, encode_xml
from fauxlate.engine.suggest import nearest
from hypothesis import given
from hypothesis import strategies as st

any_text = st.text(st.characters(exclude_categories=[]))


@given(any_text)
def test_text_is_what_utf8_can_write_without_nul(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        assert not is_text(text)
    else:
        assert is_text(text) == ("\0" not in text)


@pytest.mark.parametrize("text", ["," * (MAX_JSON_PARTS + 1), 'a, "b", [c], {d}' * MAX_JSON_PARTS])
def test_commas_and_brackets_of_a_text_are_no_parts_of_the_json(text: str) -> None:
    assert parse_json(json.dumps({"text": text})) == {"text": text}


@pytest.mark.parametrize("data", [b"a\0", b"\xff", b"\xed\xa0\x80"])
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"NUL|decode"):
        parse_text(data)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "NaN",
        "[Infinity]",
        "1e400",
        "-1e400",
        "9" * 5000,
        '"\\ud800"',
        '"a\\u0000"',
        '{"\\u0000": 1}',
        '[[["\\u0000"]]]',
        "[" * 100_000,
        "[" + "1," * MAX_JSON_PARTS + "1]",
        '{"a":' * 2000,
    ],
    ids=lambda text: text[:20],
)
def test_json_that_no_json_can_write_back_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)


def test_a_backslash_before_u0000_is_no_nul() -> None:
    assert parse_json('{"a": "\\\\u0000", "b": [1.5, true, null]}') == {"a": "\\u0000", "b": [1.5, True, None]}


@given(st.integers(0, 10**30) | st.sampled_from([999, 1000, 1001]), st.integers(0, 9))
def test_a_number_is_read_up_to_its_maximum(number: int, zeros: int) -> None:
    assert parse_number("0" * zeros + str(number), 1000) == (number if number <= 1000 else None)


@pytest.mark.parametrize("text", ["", "-1", "+1", " 1", "1_0", "1e3", "1.0", "\u0663", "x", "9" * 5000])
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_number(text, 10**12) is None


@given(any_text)
def test_a_header_is_one_line_whatever_is_put_into_it(text: str) -> None:
    value = header_value(text)
    assert value.replace("\t", "").isprintable()
    assert value.encode().decode() == value
    assert header_value(value) == value
    if text.isprintable():
        assert value == text


@given(any_text)
def test_xml_is_xml_whatever_is_put_into_it(text: str) -> None:
    root = Element("Error", (*elements([("Code", text), ("Message", "x")]), Element("Raw", text, is_cdata=True)))
    for options in ({}, {"indent": True}, {"standalone": True}):
        parsed = ElementTree.fromstring(encode_xml(root, **options))
        allowed = all(char in "\t\n\r" or " " <= char <= "\ud7ff" or char >= "\ue000" for char in text)
        if allowed and not {"\ufffe", "\uffff"} & set(text):
            assert (parsed.findtext("Code") or "") == text
        else:
            assert "\ufffd" in (parsed.findtext("Code") or "")


@pytest.mark.parametrize("name", ["", "a b", "<a", "1a", "a>"])
def test_a_name_that_no_element_has_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no name of an element"):
        Element(name, "")


@pytest.mark.parametrize(
    "target", ["/\udcff", "/?a=\udcff", "/%ff", "/a%00", "/?%00=a", "/?a=%ff", f"/{'a' * MAX_PATH}"]
)
def test_a_target_that_is_no_text_or_too_long_is_malformed(target: str) -> None:
    with pytest.raises(MalformedError):
        Request("GET", target, {}).check_text()


@pytest.mark.parametrize("value", ["\udcff", "a\0"])
def test_a_header_that_is_no_text_is_malformed(value: str) -> None:
    with pytest.raises(MalformedError, match="the header x-a holds"):
        Request("GET", "/", {"host": "a", "x-a": value}).check_text()


def test_text_of_any_language_is_text() -> None:
    Request("GET", "/%E4%BD%A0?a=%F0%9F%98%80", {"x-a": "é你"}).check_text()


def test_a_form_has_so_many_parameters_at_most() -> None:
    assert len(Request("GET", "/?" + "&".join(f"a{i}" for i in range(MAX_PARAMETERS)), {}).query) == MAX_PARAMETERS
    with pytest.raises(MalformedError, match="has more than 10000 parameters"):
        _ = Request("GET", "/?" + "&" * MAX_PARAMETERS, {}).query
    with pytest.raises(MalformedError, match="the form body has more than"):
        _ = Request("POST", "/", {}, b"&" * MAX_PARAMETERS).form


def test_every_parameter_of_a_query_is_found_as_often_as_it_comes() -> None:
    pairs = Request("GET", "/?b=1&a=%20+&b=2&&c", {}).query_pairs
    assert pairs == [("b", "1"), ("a", "  "), ("b", "2"), ("c", "")]


def test_what_is_kept_of_a_request_is_cut() -> None:
    request = Request("POST", f"/{'a' * 50}?b=c", {"x-a": "a" * 50, "x-b": "b"}, b"a" * 50)
    request.truncate(10, 20)
    assert (request.body, request.target, dict(request.headers)) == (b"a" * 10, f"/{'a' * 19}", {"x-a": "a" * 17})


def test_a_name_of_any_length_is_near_to_none() -> None:
    assert nearest("GetAsyncTranslat", ["GetAsyncTranslate"]) == "GetAsyncTranslate"
    start = time.perf_counter()
    assert nearest("a" * 10**7, ["a"]) is None
    assert time.perf_counter() - start < 0.2
