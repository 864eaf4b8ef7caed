"""CONTRIBUTING.md shows rows and functions as they stand in the package, and files that there are."""

from __future__ import annotations

import re

import pytest
from tests.docs.pages import ROOT, Block, blocks

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
PACKAGE = ROOT / "emulator" / "fauxlate"
EXAMPLES = [block for block in blocks(TEXT) if block.title is not None]


def stripped(text: str) -> str:
    """Return the lines of a text without their indentation."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


@pytest.mark.parametrize("block", EXAMPLES, ids=lambda block: f"{block.line}: {block.title}")
def test_an_example_stands_in_the_file_that_it_names(block: Block) -> None:
    assert block.title is not None
    assert stripped(block.text) in stripped((PACKAGE / block.title).read_text("utf-8"))


def test_every_kind_of_addition_has_an_example() -> None:
    additions = re.findall(r"^\| an? (.+?) \| \d", TEXT, re.MULTILINE)
    assert len(additions) == 6
    for addition in additions:
        assert re.search(rf"^\*\*An? {addition.removesuffix(' of the CLI')}\*\*", TEXT, re.MULTILINE), addition
    assert len(EXAMPLES) > len(additions)
