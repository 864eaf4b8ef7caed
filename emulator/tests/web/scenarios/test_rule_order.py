"""Rules one after the other, scenarios laid over each other, and scenarios that extend others."""

from __future__ import annotations

from pathlib import Path

import pytest
from fauxlate.serving.background import BackgroundServer
from fauxlate.settings import Settings
from tests.web.conftest import Box, Boxes


def test_the_first_rule_that_fits_is_the_one(box: Boxes) -> None:
    here = box(
        """
rules:
  - {on: alibaba.CreateAsyncTranslate, when: {body.SourceText: b}, then: {respond: {status: 201}}}
  - {on: alibaba.CreateAsyncTranslate, times: 1, then: {respond: {status: 202}}}
  - {on: 'alibaba.*', then: {respond: {status: 203}}}
"""
    )
    assert [here.alibaba.create(label).status_code for label in "abab"] == [202, 201, 203, 201]


class Files:
    """Scenario files, and a server that follows some of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, **scenarios: str) -> None:
        for name, scenario in scenarios.items():
            (self._folder / f"{name}.yaml").write_text(scenario, "utf-8")

    def served(self, *names: str) -> BackgroundServer:
        return BackgroundServer(Settings(port=0, scenario=tuple(str(self._folder / f"{name}.yaml") for name in names)))


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_a_scenario_laid_over_another_goes_first_and_leaves_the_rest(files: Files) -> None:
    files.write(
        base="""
about: The base.
seed: 3
clock: {mode: frozen, at: 2026-01-01T00:00:00Z}
quirks: {huawei.started_status: BEGIN, alibaba.code_type: str}
lifecycles: {huawei.file_translation: {WAITING: 7s}}
rules:
  - {on: alibaba.CreateAsyncTranslate, then: {respond: {status: 201}}}
  - {on: huawei.RunFileTranslation, times: 1, then: {respond: {status: 201}}}
""",
        overlay="""
about: The overlay.
quirks: {alibaba.code_type: int}
rules:
  - {on: alibaba.CreateAsyncTranslate, times: 1, then: {respond: {status: 202}}}
""",
    )
    with files.served("base", "overlay") as emulator:
        here = Box.default(emulator)
        told = here.admin("GET").json()
        assert (told["about"], told["seed"], told["clock"]["mode"]) == ("The overlay.", 3, "frozen")
        quirks = told["quirks"]
        assert (quirks["huawei.started_status"], quirks["alibaba.code_type"]) == ("BEGIN", "int")
        assert [here.alibaba.create().status_code for _ in range(3)] == [202, 201, 201]
        assert [here.huawei.create().status_code for _ in range(2)] == [201, 200]
        assert here.jobs()[0]["timeline"] == ["WAITING 7s", "BGEIN 3s", "FINISHED"]
        here.close()


def test_a_scenario_extends_others_and_those_extend_further_ones(files: Files) -> None:
    files.write(
        lowest="rules: [{on: 'alibaba.*', then: {respond: {status: 201}}}]",
        low="extends: lowest.yaml\nseed: 5\nrules: [{on: 'alibaba.*', times: 1, then: {respond: {status: 202}}}]",
        other="quirks: {alibaba.code_type: str}\nseed: 6",
        top="extends: [low.yaml, other.yaml]\nrules: [{on: 'alibaba.*', times: 1, then: {respond: {status: 203}}}]",
    )
    with files.served("top") as emulator:
        here = Box.default(emulator)
        assert [here.alibaba.create().status_code for _ in range(4)] == [203, 202, 201, 201]
        told = here.admin("GET").json()
        assert (told["seed"], told["quirks"]["alibaba.code_type"]) == (6, "str")
        assert [line.rpartition("/")[2].partition(":")[0] for line in here.last()["why"]] == [
            "top.yaml",
            "low.yaml",
            "lowest.yaml",
        ]
        here.close()


def test_files_may_be_json_too(files: Files, tmp_path: Path) -> None:
    files.write(top="extends: low.json")
    low = '{"$schema": "./s.json", "rules": [{"on": "alibaba.*", "then": {"respond": {"status": 201}}}]}'
    (tmp_path / "low.json").write_text(low, "utf-8")
    with files.served("top") as emulator:
        here = Box.default(emulator)
        assert here.alibaba.create().status_code == 201
        here.close()


@pytest.mark.parametrize("names", ["top.yaml", "low.yaml"])
def test_a_scenario_that_extends_itself_stops_the_start(files: Files, names: str) -> None:
    files.write(top="extends: low.yaml", low=f"extends: {names}")
    with pytest.raises(ValueError, match="extends itself"):
        files.served("top")
