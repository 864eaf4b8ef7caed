import re

import pytest
from fauxlate.content.pseudo import translate
from hypothesis import given
from hypothesis import strategies as st

ANY_TEXT = st.text(st.characters())


def test_the_printed_example_comes_out_as_printed() -> None:
    assert translate("你好", "zh", "en") == "hello"
    assert translate("你好", "auto", "en") == "hello"
    assert translate("hello", "en", "zh") == "你好"
    assert translate("hello", "auto", "zh") == "你好"
    assert translate("hello", "en", "fr") == "[fr] hello"


def test_other_text_stands_behind_the_target_language() -> None:
    assert translate("原文", "zh", "en") == "[en] 原文"


def test_each_line_is_translated_and_white_space_stays_outside() -> None:
    assert translate("  一 \r\n\r\n\t二\n你好\u3000", "zh", "en") == "  [en] 一 \r\n\r\n\t[en] 二\nhello\u3000"


@pytest.mark.parametrize("blank", ["", " ", "\n\t\r\n", "\u3000\u00a0"])
def test_white_space_alone_stays(blank: str) -> None:
    assert translate(blank, "zh", "en") == blank
    assert translate(blank, "zh", "en", html=True) == blank


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>你好</p>", "<p>hello</p>"),
        ("<a title=\"字>\" href='x>y'>文</a>", "<a title=\"字>\" href='x>y'>[en] 文</a>"),
        ("一<!-- 注 <b> -->二", "[en] 一<!-- 注 <b> -->[en] 二"),
        ("<script>if (a<b) 字</script>文", "<script>if (a<b) 字</script>[en] 文"),
        ("<STYLE>p{content:'字'}</style >文", "<STYLE>p{content:'字'}</style >[en] 文"),
        ("一&amp;二&nbsp;", "[en] 一&amp;二&nbsp;"),
        ("<td>&nbsp;</td>", "<td>&nbsp;</td>"),
        ("<!DOCTYPE html><![CDATA[字]]>", "<!DOCTYPE html><![CDATA[字]]>"),
        ("一 < 二", "[en] 一 < 二"),
        ("文<!-- 没有结束", "[en] 文<!-- 没有结束"),
        ("文<script>没有结束", "[en] 文<script>没有结束"),
    ],
)
def test_html_keeps_all_but_the_text_between_tags(html: str, expected: str) -> None:
    assert translate(html, "zh", "en", html=True) == expected


def test_without_html_a_tag_is_text() -> None:
    assert translate("<p>你好</p>", "zh", "en") == "[en] <p>你好</p>"


@given(text=ANY_TEXT, source=ANY_TEXT, target=ANY_TEXT, html=st.booleans())
def test_any_text_is_translated_the_same_twice(text: str, source: str, target: str, *, html: bool) -> None:
    assert translate(text, source, target, html=html) == translate(text, source, target, html=html)


@given(text=st.text(st.characters(exclude_characters="你好hello")), html=st.booleans())
def test_without_the_marks_the_source_is_back(text: str, *, html: bool) -> None:
    assert translate(text, "zh", "^", html=html).replace("[^] ", "") == text.replace("[^] ", "")


@given(st.lists(st.sampled_from(["<b>", "</b>", "<i x='>'>", "文", " ", "&lt;", "<!--字-->", "\n"])))
def test_markup_survives_byte_for_byte_and_in_order(pieces: list[str]) -> None:
    markup = re.compile(r"<!--字-->|</?b>|<i x='>'>|&lt;")
    text = "".join(pieces)
    assert markup.findall(translate(text, "zh", "en", html=True)) == markup.findall(text)


def test_hostile_html_takes_no_longer_than_its_length() -> None:
    for hostile in ("<!--", "<script>", "<a '", '<a "', "<", "&amp;", "&#"):
        assert translate(hostile * 100_000, "zh", "en", html=True).endswith(hostile * 10)
