"""README.md says what is so: what is made from the code is up to date, files are valid, commands and examples run."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from fauxlate import docs
from fauxlate.cli import main
from fauxlate.server import Emulator
from fauxlate.settings import Settings
from tests.pages import ROOT, commands, fenced, run_example

TEXT = docs.README.read_text("utf-8")
CURL = [words for words in commands(TEXT) if words[0] == "curl"]
FAUXLATE = re.findall(r"\bfauxlate ([a-z]+)((?: [^\s\"')|]+)*)", "\n".join(map(" ".join, commands(TEXT))))
SCENARIOS = fenced(TEXT, "yaml")
TESTS = [block for block in fenced(TEXT, "python") if "def test_" in block]


# generated blocks


@pytest.mark.parametrize("path", [docs.README, docs.ARCHITECTURE], ids=lambda path: path.name)
def test_every_generated_block_is_up_to_date(path: Path) -> None:
    text = path.read_text("utf-8")
    assert docs.stale(text) == []
    assert docs.rewritten(text) == text


def test_every_block_that_can_be_made_is_in_one_of_the_documents() -> None:
    both = TEXT + docs.ARCHITECTURE.read_text("utf-8")
    assert re.findall(r"<!-- generated: (.+?) -->", both) == list(docs.BLOCKS)


def test_check_names_the_stale_block_and_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, spoilt = tmp_path / "README.md", TEXT.replace("`huawei.bad_token`", "`huawei.worse_token`")
    path.write_text(spoilt, "utf-8")
    assert docs.main(["--check", str(path)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "`quirks` is stale" in said[0]
    assert path.read_text("utf-8") == spoilt


def test_rewriting_mends_a_stale_block_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "README.md"
    path.write_text(TEXT.replace("`huawei.bad_token`", "`huawei.worse_token`"), "utf-8")
    assert docs.main([str(path)]) == 0
    assert docs.main(["--check", str(path)]) == 0
    assert capsys.readouterr().err == ""
    assert path.read_text("utf-8") == TEXT


def test_a_block_that_nothing_makes_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`quirkz` is not a block that is generated; there are .*quirks"):
        docs.rewritten("<!-- generated: quirkz -->\n<!-- end -->")


def test_a_text_without_blocks_stays_as_it_is() -> None:
    assert docs.rewritten("| a | b |\n") == "| a | b |\n"


# examples


@pytest.mark.parametrize("text", SCENARIOS)
def test_every_scenario_is_valid(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(text, "utf-8")
    assert main(["check", str(path)]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("text", TESTS)
def test_every_example_of_a_test_passes(text: str, tmp_path: Path) -> None:
    run_example(text, tmp_path)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.mark.parametrize("words", CURL, ids=" ".join)
def test_every_request_to_the_admin_api_is_accepted(words: list[str], emulator: Emulator) -> None:
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("-X", dest="method", required=True)
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("--data", "--data-binary", dest="data", default="")
    parser.add_argument("url")
    asked = parser.parse_args(words[1:])
    data = SCENARIOS[0] if asked.data == "@busy.yaml" else asked.data
    headers = dict(header.split(": ", 1) for header in asked.headers)
    assert asked.url.startswith(docs.URL)
    url = emulator.url + asked.url.removeprefix(docs.URL)
    request = Request(url, data.encode(), headers, method=asked.method)
    with build_opener(ProxyHandler({})).open(request) as answer:
        assert 200 <= answer.status < 300


def test_what_is_sent_to_the_admin_api_as_a_file_is_called_as_the_scenario_calls_itself() -> None:
    assert SCENARIOS[0].startswith("# busy.yaml\n")


# commands


def options(command: str, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """Return the flags of a subcommand, as its help has them."""
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    return set(re.findall(r"--[a-z][a-z-]*", capsys.readouterr().out))


def test_there_are_examples_of_each_kind_to_test() -> None:
    assert SCENARIOS
    assert TESTS
    assert CURL
    assert {command for command, _ in FAUXLATE} == {"serve", "check", "env"}


@pytest.mark.parametrize(("command", "rest"), FAUXLATE)
def test_every_command_exists_with_its_flags(command: str, rest: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert set(re.findall(r"--[a-z][a-z-]*", rest)) <= options(command, capsys)


def test_every_target_of_make_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(
        r"\bmake ([a-z]+)", "\n".join(fenced(TEXT, "sh")) + "\n".join(re.findall(r"`(make .+?)`", TEXT))
    )
    assert {"serve", "test"} <= set(targets)
    assert set(targets) <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def test_the_table_of_settings_has_every_flag_variable_and_default(capsys: pytest.CaptureFixture[str]) -> None:
    rows = re.findall(r"^\| `(--[a-z-]+)` \| (?:`(\w+)`)? *\| (?:`(.+?)`)? *\|", TEXT, re.MULTILINE)
    assert {flag for flag, _, _ in rows} == options("serve", capsys) - {"--help"}
    told = {variable: default for _, variable, default in rows if variable}
    known = {f"FAUXLATE_{field.name.upper()}": getattr(Settings(), field.name) for field in fields(Settings)}
    assert told == {name: "" if value in (None, ()) else str(value).lower() for name, value in known.items()}
    assert all(variable == f"FAUXLATE_{flag[2:].replace('-', '_').upper()}" for flag, variable, _ in rows if variable)


@pytest.mark.parametrize("path", docs.WHOLE, ids=lambda path: path.name)
def test_generated_files_are_up_to_date(path: Path) -> None:
    assert path.read_text("utf-8") == docs.WHOLE[path]()
