"""The generator: what the documents have from the code is up to date, and what is stale is named and mended."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.generator import command
from docs.generator.blocks import refresh, renderers, stale_blocks
from docs.generator.markdown import code, plain, prose, sentence, slug, table
from docs.generator.pages.errors import render_global_errors

DOCUMENTS = [path for path in command.documents() if "<!-- generated:" in path.read_text("utf-8")]
QUIRKS = command.ROOT / "docs" / "en" / "reference" / "quirks.md"
SPOILT = QUIRKS.read_text("utf-8").replace("`huawei.bad_token`", "`huawei.worse_token`", 1)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(command.ROOT).as_posix())
def test_every_generated_block_is_up_to_date(path: Path) -> None:
    text = path.read_text("utf-8")
    assert stale_blocks(text) == []
    assert refresh(text) == text


@pytest.mark.parametrize("path", command.FILES, ids=lambda path: path.name)
def test_every_generated_file_is_up_to_date(path: Path) -> None:
    assert path.read_text("utf-8") == command.FILES[path]()


def test_every_block_that_can_be_made_is_in_one_of_the_documents() -> None:
    used = {name for path in DOCUMENTS for name in re.findall(r"<!-- generated: (.+?) -->", path.read_text("utf-8"))}
    assert used == set(renderers())


@pytest.mark.parametrize("language", command.LANGUAGES)
def test_the_page_that_is_made_for_the_site_has_all_rows_of_the_global_table(language: str) -> None:
    rows = [line for line in render_global_errors(language).splitlines() if line.startswith("| `")]
    assert len(rows) == 2494


def test_check_names_the_stale_block_and_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "quirks.md"
    path.write_text(SPOILT, "utf-8")
    assert command.main(["--check", str(path)]) == 1
    assert capsys.readouterr().err == (
        "quirks.md: the block `quirks` is stale; `python -m docs.generator` rewrites it\n"
    )
    assert path.read_text("utf-8") == SPOILT


def test_rewriting_mends_a_stale_block_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "quirks.md"
    path.write_text(SPOILT, "utf-8")
    assert command.main([str(path)]) == 0
    assert command.main(["--check", str(path)]) == 0
    assert capsys.readouterr().err == ""
    assert path.read_text("utf-8") == QUIRKS.read_text("utf-8")


def test_a_block_that_nothing_makes_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`quirkz` is not a block that is generated; there are .*quirks"):
        refresh("<!-- generated: quirkz -->\n<!-- end -->")


def test_a_text_without_blocks_stays_as_it_is() -> None:
    assert refresh("| a | b |\n") == "| a | b |\n"


# Markdown


def test_a_cell_holds_whatever_is_put_into_it() -> None:
    assert table(("a",), [("one | two\nthree",)]) == "| a |\n| --- |\n| one \\| two three |\n"
    assert code("FILE|NAME") == "<code>FILE&#124;NAME</code>"
    assert code("a `b`") == "`` a `b` ``"
    assert code("") == ""


def test_nothing_in_a_foreign_text_is_taken_for_markdown() -> None:
    assert plain("<a> *b* [c] snake_case _d_") == r"\<a\> \*b\* \[c\] snake_case \_d\_"
    assert prose("`*` and *") == r"`*` and \*"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("no page says so", "No page says so."),
        ("outputFileName is required", "outputFileName is required."),
        ("系统繁忙", "系统繁忙"),
        ("done.", "Done."),
        ("", ""),
    ],
)
def test_a_sentence_begins_with_a_capital_letter_unless_with_a_name(text: str, written: str) -> None:
    assert sentence(text) == written


def test_an_anchor_has_small_letters_digits_and_dashes() -> None:
    assert slug("NLP.0101") == "nlp-0101"
    assert slug("系统繁忙") == "none"
