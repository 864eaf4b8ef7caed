"""Every shipped scenario compiles, says where it is from, and does to a careful client what its `about` says."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fauxlate import library
from fauxlate.engine.grammar.compiler import compile_scenario
from fauxlate.engine.scenarios.effects import Effect, Fail, SetTimeline, Throttle
from fauxlate.engine.scenarios.scenario import Scenario
from fauxlate.serving.composition import PROVIDERS

from contract_tests.all_providers.scenarios import across, alibaba, dingtalk, huawei
from contract_tests.all_providers.scenarios.sandbox import ScenarioSandbox, read_file
from contract_tests.harness.evidence import mark
from contract_tests.harness.target import Target

pytestmark = pytest.mark.assumed("the library of scenarios, and how its files are written, is our own")

ROOT = library.folder()
NAMES = library.shipped_names()
CODES = {row.code for provider in PROVIDERS for row in provider.errors if len(row.code) > 3}
SOURCE = re.compile(
    r"seed 00[0-4]\b|\b(nlp|modelarts)_03_\d{4}\b|\bapi-alimt-2018-10-12-\w+|\bapig-faq-\d+|\.aliyun\.com \w+/\d+"
    r"|\berror codes\b|\bAPI reference\b|\bguide\b|\bpage\b|\bappendix\b|\breported by client authors\b|\bassumed\b"
    r"|\b\w+ \d+\.\d+\.\d+\b"
)
"""What a source names: a seed, a page, a table, a package at its version, or that it is reported or assumed."""


def compile_shipped(name: str) -> Scenario:
    return compile_scenario(library.load_shipped(name), PROVIDERS, find=library.resolve_extends)


# What holds for the files as such.


def test_there_are_scenarios_of_every_provider_and_across_them() -> None:
    assert {name.partition("/")[0] for name in NAMES} == {"alibaba", "huawei", "dingtalk", "cross"}


def test_the_command_finds_nothing_wrong_with_any() -> None:
    files = [str(ROOT / f"{name}.yaml") for name in NAMES]
    process = subprocess.run(
        [sys.executable, "-m", "fauxlate", "check", *files], capture_output=True, text=True, timeout=60, check=False
    )
    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout.splitlines() == [f"{file}: ok" for file in files]


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_says_what_it_does_and_where_that_is_from(name: str) -> None:
    text = (ROOT / f"{name}.yaml").read_text("utf-8")
    assert text.splitlines()[0] == "# yaml-language-server: $schema=../scenario.schema.json"
    assert list(read_file(name))[:2] == ["about", "source"]
    assert max(map(len, text.splitlines())) <= 120
    document = read_file(name)
    assert document["about"].endswith(".")
    assert SOURCE.search(document["source"])
    assert not re.search(r"(^|[\s(])[/~.]", document["source"])


def test_no_two_scenarios_say_the_same() -> None:
    abouts = [read_file(name)["about"] for name in NAMES]
    assert len(set(abouts)) == len(abouts)


@pytest.mark.parametrize("name", NAMES)
def test_a_source_hides_no_weaker_evidence_than_documented(name: str) -> None:
    rows = {row.evidence for row in _error_rows(compile_shipped(name))}
    for grade in ("reported", "assumed"):
        if grade in rows:
            assert grade in read_file(name)["source"]


def _error_rows(scenario: Scenario) -> Iterator[Any]:
    """Give the error rows that the rules of a scenario name."""
    for rule in scenario.rules:
        for name, effects in rule.effects.items():
            for provider in PROVIDERS:
                for operation in provider.operations:
                    if f"{provider.name}.{operation.name}" == name:
                        yield from (
                            provider.find_error(operation, key) for effect in effects for key in _error_keys(effect)
                        )


def _error_keys(effect: Effect) -> list[str]:
    if isinstance(effect, Fail | Throttle):
        return [effect.key]
    return [step.error for step in effect.timeline.steps if step.error] if isinstance(effect, SetTimeline) else []


# What holds for each of them.

CHECKS = {
    f"{folder}/{name}": check
    for folder, part in (("alibaba", alibaba), ("huawei", huawei), ("dingtalk", dingtalk), ("cross", across))
    for name, check in part.CHECKS.items()
}


def test_no_expectation_lacks_its_scenario() -> None:
    assert [name for name in CHECKS if name not in NAMES] == []


def graded_case(name: str) -> Any:
    """Return the case of a scenario, with the weakest evidence that its source names."""
    source = read_file(name)["source"]
    weak_grades = [grade for grade in ("assumed", "reported") if grade in source]
    package = re.search(r"\b\w+ \d+\.\d+\.\d+\b", source)
    return pytest.param(name, marks=mark([*weak_grades, "sdk" if package else "documented"][0], source))


@pytest.mark.parametrize("name", [graded_case(name) for name in NAMES])
def test_what_a_scenario_says_is_what_happens(name: str, server: Target) -> None:
    assert name in CHECKS, "write down what it does to the reference client"
    sandbox = ScenarioSandbox(server.url, name)
    CHECKS[name](sandbox)
    about, texts = read_file(name)["about"], "\n".join(sandbox.response_texts())
    promises = [*re.findall(r"HTTP \d{3}", about), *(CODES & set(re.findall(r"[\w.]*\w", about)))]
    assert [promise for promise in promises if promise not in texts] == []
    summary = sandbox.call_admin("DELETE", f"sandboxes/{sandbox.id}")
    assert [Path(rule).name for rule in summary["unused"]] == []
