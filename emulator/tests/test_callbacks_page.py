"""The page about callbacks: what it shows is run, asked and checked, as what the README shows is."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
import requests

from emulator.cli import main
from emulator.engine.effects import CallbackKind
from emulator.server import PROVIDERS, Emulator

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "callbacks.md").read_text("utf-8")


def fenced(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_the_example_of_a_test_passes(tmp_path: Path) -> None:
    (test,) = [block for block in fenced("python") if "def test_" in block]
    path = tmp_path / "test_example.py"
    path.write_text(test, "utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(tmp_path), str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")},
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_example_of_a_scenario_is_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (scenario,) = fenced("yaml")
    path = tmp_path / "unreliable.yaml"
    path.write_text(scenario, "utf-8")
    assert main(["check", str(path)]) == 0, capsys.readouterr().err


def test_every_request_to_the_admin_api_is_accepted() -> None:
    commands = "\n".join(fenced("sh")).replace("\\\n", " ").splitlines()
    asked = [words for words in (shlex.split(line, comments=True) for line in commands) if words[:1] == ["curl"]]
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
