"""The drift report finds each alteration of a server, and names the row to change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract_tests.harness.machine import ROOT
from contract_tests.harness.target import default_credentials, variable_name

pytestmark = pytest.mark.xdist_group("drift")

SERVER = Path(__file__).with_name("altered_server.py")
TESTS = [
    "all_providers/test_examples.py::test_an_example_is_answered_as_printed[alibaba.TranslateGeneral.translated]",
    "all_providers/test_examples.py::test_an_example_is_answered_as_printed[alibaba.CreateAsyncTranslate.created]",
    "all_providers/test_examples.py::test_an_example_is_answered_as_printed[dingtalk.GetTranslateFileJobResult.invalid_token]",
    "all_providers/test_examples.py::test_an_example_is_answered_as_printed[huawei.RunGetFileTranslationResult.unknown_job]",
    "all_providers/test_examples.py::test_an_example_is_answered_as_printed[huawei.RunTextTranslation.malformed]",
    "all_providers/test_examples.py::test_an_example_is_answered_as_printed[huawei.RunLanguageDetection.detected]",
    "all_providers/test_lifecycles.py::test_a_job_goes_through_its_states_in_order[huawei.file_translation]",
]
HUAWEI = "emulator/fauxlate/providers/huawei"
STATES = f"{HUAWEI}/lifecycles.py: huawei.file_translation, state"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of an altered emulator, which runs in a process of its own."""
    command = [sys.executable, str(SERVER)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdin is not None
            yield process.stdout.readline().removeprefix("ready ").strip()
            process.stdin.close()
            assert process.wait(timeout=10) == 0
        finally:
            process.kill()


def live_environment(url: str) -> dict[str, str]:
    """Return the environment under which the server at `url` plays every live service."""
    credentials = default_credentials(url)
    credentials["huawei"]["storage_endpoint"] = credentials["dingtalk"]["legacy_endpoint"] = url
    for provider in ("alibaba", "dingtalk"):
        credentials[provider]["endpoint"] = url
    variables = {
        variable_name(provider, key): value for provider, keys in credentials.items() for key, value in keys.items()
    }
    return {name: value for name, value in os.environ.items() if not name.startswith("FAUXLATE_")} | variables


@pytest.fixture(scope="module")
def live_run(url: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[dict[str, Any]]]:
    """The output of a live run, and its findings."""
    file = tmp_path_factory.mktemp("drift") / "drift.json"
    tests = [f"contract_tests/{test}" for test in TESTS]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--target=live", f"--drift={file}"]
    process = subprocess.run(
        [*command, *tests], cwd=ROOT, env=live_environment(url), capture_output=True, text=True, timeout=60, check=False
    )
    assert process.returncode == 1, process.stdout + process.stderr
    return process.stdout, json.loads(Path(file).read_text("utf-8"))


ALTERATIONS = [
    ("code", "NLP.6399", "NLP.6304", "NLP.6304", f"{HUAWEI}/errors.toml: table nlp, row NLP.6304"),
    (
        "message",
        "http message unreadable",
        "http message not readable",
        "http message not readable",
        f"{HUAWEI}/errors.toml: table nlp, row NLP.0304",
    ),
    (
        "status",
        "401",
        "400",
        "400",
        "emulator/fauxlate/providers/dingtalk/errors.toml: table gateway, row InvalidAuthentication",
    ),
    (
        "type Data.WordCount",
        "integer",
        "string",
        "string",
        "emulator/fauxlate/providers/alibaba/models/text.py: TranslationResponse, field Data.WordCount",
    ),
    (
        "field TraceId",
        "string",
        "absent",
        "",
        "emulator/fauxlate/providers/alibaba/models/text.py: CreateAsyncTranslateResponse, field TraceId",
    ),
    ("state", "STARTED", "BGEIN", "BGEIN", f"{STATES} BGEIN"),
    ("lasts WAITING", "", "2s", "2.0", f"{STATES} WAITING, its dwell"),
    ("lasts BGEIN", "", "3s", "3.0", f"{STATES} BGEIN, its dwell"),
]


def test_every_alteration_is_found_and_nothing_else(live_run: tuple[str, list[dict[str, Any]]]) -> None:
    findings = [
        (finding["subject"], finding["emulator"], finding["documented"], finding["row"]) for finding in live_run[1]
    ]
    assert sorted(findings) == sorted((subject, *rest) for subject, _, *rest in ALTERATIONS)


def test_what_the_target_answered_is_told(live_run: tuple[str, list[dict[str, Any]]]) -> None:
    targets = {finding["subject"]: finding["target"] for finding in live_run[1]}
    expected = {subject: target for subject, target, *_ in ALTERATIONS if target}
    assert {subject: targets[subject] for subject in expected} == expected
    assert float(targets["lasts WAITING"].removesuffix("s")) < 1.25
    assert float(targets["lasts BGEIN"].removesuffix("s")) < 2.25


def test_people_can_read_the_report(live_run: tuple[str, list[dict[str, Any]]]) -> None:
    for subject, target, emulator, _, row in ALTERATIONS:
        assert f": {subject}\n" in live_run[0]
        assert target in live_run[0]
        assert f"    emulator    {emulator}\n" in live_run[0]
        assert f"    change      {row}\n" in live_run[0]
    assert f"{len(ALTERATIONS)} findings, in " in live_run[0]


def test_a_test_that_finds_no_difference_passes(live_run: tuple[str, list[dict[str, Any]]]) -> None:
    assert "1 passed" in live_run[0]
