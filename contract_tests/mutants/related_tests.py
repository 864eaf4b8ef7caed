"""The contract tests that have to do with a mutant, the nearest first."""

from __future__ import annotations

from contract_tests.harness.machine import ROOT
from contract_tests.mutants.mutant import Mutant

_PROVIDERS = ("alibaba", "dingtalk", "huawei")
_FOLDER = "contract_tests/all_providers"
_ERROR_TABLES = f"{_FOLDER}/test_error_tables.py"
_LIFECYCLES = f"{_FOLDER}/test_lifecycles.py"
_EXAMPLES = f"{_FOLDER}/test_examples.py"
_SIGNATURES = f"{_FOLDER}/test_signatures.py"
_QUIRKS = f"{_FOLDER}/quirks/test_quirks.py"
_SCENARIOS = f"{_FOLDER}/scenarios/test_scenarios.py"
_BAD_INPUT = (f"{_FOLDER}/bad_input/test_parameters.py", f"{_FOLDER}/bad_input/test_limits.py")
_SLOW = (
    "alibaba/test_clients.py",
    "dingtalk/test_node.py",
    "dingtalk/files/test_documents.py",
    "dingtalk/callbacks/test_stream_client.py",
    "dingtalk/callbacks/test_stream_protocol.py",
    "huawei/test_node.py",
    "huawei/test_anything.py",
)
"""Tests that are slow, or depend on how long things really take: a busy machine would catch mutants by itself."""


def related_tests(mutant: Mutant) -> list[list[str]]:
    """Return the arguments of pytest for each round of tests, the nearest first."""
    provider = next((name for name in _PROVIDERS if f"providers/{name}/" in mutant.file), "")
    if mutant.file.endswith("errors.toml"):
        return [[_ERROR_TABLES, "-k", f"(over_the_wire or stand_in_the_tables) and {provider}"], [_EXAMPLES]]
    tables = [_ERROR_TABLES, _LIFECYCLES, "-k"]
    if not provider:
        return [[*tables, "not over_the_wire"], [_EXAMPLES, _SIGNATURES], [_QUIRKS], [_SCENARIOS]]
    if mutant.file.endswith("lifecycles.py"):
        return [[*tables, f"not over_the_wire and {provider}"], [_EXAMPLES]]
    others = " and ".join(f"not {name}." for name in _PROVIDERS if name != provider)
    requests = [_EXAMPLES, _SIGNATURES, *_BAD_INPUT, "-k", others]
    if "/models" in mutant.file:
        return [[*tables, f"not over_the_wire and {provider}"], requests, _tests_of(provider)]
    return [[_EXAMPLES, _SIGNATURES], _tests_of(provider), requests]


def _tests_of(provider: str) -> list[str]:
    """Return the test modules of a provider that are not slow, and the quirks."""
    folder = ROOT / "contract_tests"
    modules = sorted(path.relative_to(folder).as_posix() for path in (folder / provider).rglob("test_*.py"))
    return [*(f"contract_tests/{module}" for module in modules if module not in _SLOW), _QUIRKS]
