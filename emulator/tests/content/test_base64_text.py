"""Base64 is read as the standard encoders of many languages write it, and nothing else is taken for it."""

from __future__ import annotations

import base64

import pytest
from fauxlate.content import base64_text
from fauxlate.content.errors import ContentError
from hypothesis import given
from hypothesis import strategies as st


@given(
    st.binary(max_size=300),
    st.sampled_from(["", "\n", "\r\n"]),
    st.sampled_from([64, 76]),
    st.booleans(),
    st.booleans(),
)
def test_every_way_of_writing_is_read(data: bytes, end: str, width: int, is_for_urls: bool, is_padded: bool) -> None:  # noqa: FBT001
    text = (base64.urlsafe_b64encode if is_for_urls else base64.b64encode)(data).decode()
    if not is_padded:
        text = text.rstrip("=")
    lines = [text[at : at + width] for at in range(0, len(text), width)]
    assert base64_text.decode(end.join(lines) + end) == data


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("data:image/png;base64,AAAA", "a data URI came"),
        ("DATA:,AAAA", "a data URI came"),
        ("AA A", "%2B"),
        ("A+_A", "mixes"),
        ("A", "no Base64"),
        ("AA=", "no Base64"),
        ("!AAA", "no Base64"),
        ("你好啊吗", "no Base64"),
    ],
)
def test_nothing_else_is_read(text: str, reason: str) -> None:
    with pytest.raises(ContentError, match=reason):
        base64_text.decode(text)
