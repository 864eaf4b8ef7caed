"""The languages: a Chinese page has the sections and the snippets of the English one, and no guide is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.docs.pages import README, ROOT, SITE, fences

from docs.generator import command

CHINESE = ROOT / "docs" / "zh"
CHINESE_README = README.with_name("README.zh-CN.md")
SECTIONS = ("tutorials", "how-to", "explanation")

PAIRS = [
    (SITE / path.relative_to(CHINESE), path) for name in SECTIONS for path in sorted((CHINESE / name).glob("*.md"))
]
PAIRS.insert(0, (SITE / "index.md", CHINESE / "index.md"))
if CHINESE_README.is_file():
    PAIRS.insert(0, (README, CHINESE_README))

in_each_pair = pytest.mark.parametrize(
    ("english", "chinese"), [pytest.param(*pair, id=pair[1].relative_to(ROOT).as_posix()) for pair in PAIRS]
)

_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) \S", re.MULTILINE)
_BLOCK_NAME = re.compile(r"^<!-- generated: (.+?) -->$", re.MULTILINE)
_TO_ENGLISH = re.compile(r'<a href="([^"]+)"')


def english_reference() -> set[Path]:
    """Return every page of the reference but its index, the one that is made for the site too."""
    reference = SITE / "reference"
    pages = {*reference.rglob("*.md"), *(path for path in command.SITE if path.is_relative_to(reference))}
    return pages - {reference / "index.md"}


def levels(text: str) -> list[int]:
    """Return the level of each heading of a page, in order."""
    return [len(match[1]) for match in _HEADING.finditer(_FENCED.sub("", text))]


@in_each_pair
def test_a_chinese_page_has_the_sections_of_the_english_one(english: Path, chinese: Path) -> None:
    assert levels(chinese.read_text("utf-8")) == levels(english.read_text("utf-8"))


_COMMENT = re.compile(r" +# .*$", re.MULTILINE)


def programs(text: str) -> object:
    """Return the snippets of a page without their comments, which are in the language of the page."""
    return fences(_COMMENT.sub("", text))


@in_each_pair
def test_a_chinese_page_has_the_snippets_of_the_english_one(english: Path, chinese: Path) -> None:
    assert programs(chinese.read_text("utf-8")) == programs(english.read_text("utf-8"))


@in_each_pair
def test_a_chinese_page_has_the_generated_blocks_of_the_english_one(english: Path, chinese: Path) -> None:
    names = _BLOCK_NAME.findall(english.read_text("utf-8"))
    assert _BLOCK_NAME.findall(chinese.read_text("utf-8")) == names


@pytest.mark.parametrize("section", SECTIONS)
def test_every_english_page_has_a_chinese_one_and_the_other_way_round(section: str) -> None:
    english, chinese = ({path.name for path in (site / section).glob("*.md")} for site in (SITE, CHINESE))
    assert chinese == english


def test_the_chinese_page_of_the_reference_links_to_every_page_in_english() -> None:
    """Neither the build of the site nor a check of Markdown sees these links, which lead to the other language."""
    page = CHINESE / "reference" / "index.md"
    addresses = _TO_ENGLISH.findall(page.read_text("utf-8"))
    assert all(address.startswith("../../en/reference/") and address.endswith("/") for address in addresses)
    linked = {address.removeprefix("../../en/reference/").rstrip("/") for address in addresses}
    written = {path.relative_to(SITE / "reference").with_suffix("").as_posix() for path in english_reference()}
    assert linked == {name.removesuffix("/index") for name in written}
