"""docs/testing.md says what is so: its examples run, its settings and options exist."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields

import pytest
from fauxlate.testing.coverage import table as coverage
from fauxlate.testing.sandbox import Exchange, Fauxlate
from fauxlate.testing.sweep.runner import OPTIONS
from tests.pages import ROOT, fenced
from tests.testing.conftest import Play

TEXT = (ROOT / "docs" / "testing.md").read_text("utf-8")


@pytest.mark.parametrize("text", fenced(TEXT, "python"), ids=lambda text: re.findall(r"def (test_\w+)", text)[-1])
def test_every_example_passes(text: str, play: Play) -> None:
    outcomes = play(text).parseoutcomes()
    assert set(outcomes) == {"passed"}


def test_every_exclusion_fits_something() -> None:
    (text,) = fenced(TEXT, "toml")
    told = tomllib.loads(text)["tool"]["pytest"]["ini_options"]
    exclusions = [coverage.Exclusion.read(line) for line in told["fauxlate_exclude"]]
    rows = coverage.table({}, {}, told["fauxlate_coverage_of"], exclusions)
    assert any(row.excluded for row in rows)


def test_every_option_exists(play: Play) -> None:
    known = set(re.findall(r"--fauxlate-[a-z-]+", play("", "--help").stdout.str()))
    assert set(re.findall(r"--fauxlate-[a-z-]+", TEXT)) == known


def test_every_attribute_exists_and_every_finding_is_told() -> None:
    table = TEXT.partition("| Of `fauxlate` |")[2].partition("\n\n")[0]
    names = re.findall(r"`(\w+)", "\n".join(line.split("|")[1] for line in table.splitlines()[2:]))
    assert all(hasattr(Fauxlate, name) for name in names if name not in ("of", "client"))
    assert {"error", "rule", "why", "hint"} <= {field.name for field in fields(Exchange)}
    assert all(f"`{name}`" in TEXT for name in OPTIONS)
