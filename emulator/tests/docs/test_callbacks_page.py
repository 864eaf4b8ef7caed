"""The page about callbacks: what it shows is run, asked and checked, as what the README shows is."""

import re
from pathlib import Path
from typing import get_args

import pytest
import requests
from fauxlate.cli import main
from fauxlate.engine.scenarios.effects import CallbackKind
from fauxlate.server import PROVIDERS, Emulator
from tests.pages import ROOT, commands, fenced, run_example

PAGE = (ROOT / "docs" / "callbacks.md").read_text("utf-8")


def test_the_example_of_a_test_passes(tmp_path: Path) -> None:
    (test,) = [block for block in fenced(PAGE, "python") if "def test_" in block]
    run_example(test, tmp_path)


def test_the_example_of_a_scenario_is_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (scenario,) = fenced(PAGE, "yaml")
    path = tmp_path / "unreliable.yaml"
    path.write_text(scenario, "utf-8")
    assert main(["check", str(path)]) == 0, capsys.readouterr().err


def test_every_request_to_the_admin_api_is_accepted() -> None:
    asked = [words for words in commands(PAGE) if words[0] == "curl"]
    assert len(asked) == 3
    with Emulator() as emulator:
        for words in asked:
            method, url, body = words[words.index("-X") + 1], words[words.index("-X") + 2], words[-1]
            at = emulator.url + url.removeprefix("http://127.0.0.1:8585")
            with requests.Session() as session:
                session.trust_env = False
                answer = session.request(method, at, data=body, headers={"Content-Type": "application/json"})
            assert answer.ok, answer.text


def test_every_flag_exists(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    flags = set(re.findall(r"--callback[a-z-]*", PAGE))
    assert (
        flags
        == set(re.findall(r"--callback[a-z-]*", capsys.readouterr().out))
        == {"--callback", "--callbacks-anywhere"}
    )


def test_every_event_and_every_kind_of_the_verb_is_told_of() -> None:
    events = {event.name for provider in PROVIDERS for event in provider.events}
    kinds = set(get_args(CallbackKind))
    assert {name for name in events | kinds if f"`{name}`" not in PAGE} == set()
