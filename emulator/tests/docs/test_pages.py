"""Every page does what it says: its files, programs, tests and commands are run, and what they print is compared."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.docs.pages import ROOT, blocks, pages
from tests.docs.story import Story, has_node

TOLD = [path for path in pages() if any(block.not_run is None for block in blocks(path.read_text("utf-8")))]


@pytest.mark.parametrize("path", TOLD, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_page_does_what_it_says(path: Path, tmp_path: Path) -> None:
    if path.stem == "node" and not has_node():
        pytest.skip("there is no Node with the SDK; `make node` installs it")
    with Story(tmp_path) as story:
        story.tell(path.read_text("utf-8"))


def test_every_tutorial_and_guide_has_something_to_run() -> None:
    lists = {"index.md", "contract-tests.md", "docker.md"}  # the latter two want a service, or Docker
    guides = [path for path in pages() if path.parent.name in ("tutorials", "how-to") and path.name not in lists]
    assert len(guides) > 20
    assert set(guides) <= set(TOLD)


# the story itself


def test_a_program_that_fails_fails_its_page(tmp_path: Path) -> None:
    with Story(tmp_path) as story, pytest.raises(AssertionError, match="line 1: exit code 1"):
        story.tell("```python\nraise SystemExit(1)\n```\n")


def test_a_test_that_fails_fails_its_page(tmp_path: Path) -> None:
    with Story(tmp_path) as story, pytest.raises(AssertionError, match="1 failed"):
        story.tell("```python\ndef test_it():\n    assert False\n```\n")


def test_what_is_printed_is_compared(tmp_path: Path) -> None:
    program = "```python\nprint('one')\nprint('two in 0.31s')\n```\n\n```text\n{}\n```\n"
    with Story(tmp_path) as story:
        story.tell(program.format("two in 1.24s"))
        story.tell(program.format("o…\nt… in …"))
        with pytest.raises(AssertionError, match="`three` is not printed"):
            story.tell(program.format("three"))


def test_a_command_with_an_unknown_flag_fails_its_page(tmp_path: Path) -> None:
    with Story(tmp_path) as story, pytest.raises(AssertionError, match="exit code 2"):
        story.tell("```sh\nfauxlate scenarios --nonsense\n```\n")


@pytest.mark.parametrize("line", ["pip install a-package-that-nobody-has", "make nonsense"])
def test_what_cannot_be_installed_or_made_fails_its_page(line: str, tmp_path: Path) -> None:
    with Story(tmp_path) as story, pytest.raises((AssertionError, ModuleNotFoundError)):
        story.tell(f"```sh\n{line}\n```\n")


def test_a_wrong_scenario_fails_its_page(tmp_path: Path) -> None:
    with Story(tmp_path) as story, pytest.raises(AssertionError, match="no valid scenario"):
        story.tell("```yaml\nruels: []\n```\n")


def test_a_block_that_nothing_runs_has_to_say_so(tmp_path: Path) -> None:
    with Story(tmp_path) as story:
        story.tell("<!-- not run: a Dockerfile -->\n```dockerfile\nFROM scratch\n```\n")
        with pytest.raises(AssertionError, match="wants a title"):
            story.tell("```dockerfile\nFROM scratch\n```\n")
