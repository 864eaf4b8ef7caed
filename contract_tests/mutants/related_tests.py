"""Which contract tests have to do with a mutant, the nearest first."""

from __future__ import annotations

from contract_tests.harness.machine import ROOT
from contract_tests.mutants.mutant import Mutant

PROVIDERS = ("alibaba", "dingtalk", "huawei")
_ALL = "contract_tests/all_providers"
_TABLES = f"{_ALL}/test_error_tables.py"
_LIFECYCLES = f"{_ALL}/test_lifecycles.py"
_EXAMPLES = f"{_ALL}/test_examples.py"
_SIGNATURES = f"{_ALL}/test_signatures.py"
_QUIRKS = f"{_ALL}/quirks/test_quirks.py"
_SLOW = ("clients", "node", "documents", "anything", "stream", "sdk")
"""Parts of the names of tests that are slow or depend on how long things really take: a busy machine would catch
mutants by itself."""


def related(mutant: Mutant) -> list[list[str]]:
    """Return the arguments of pytest for each round of tests, the nearest first."""
    provider = next((name for name in PROVIDERS if f"providers/{name}/" in mutant.file), "")
    tables = [_TABLES, _LIFECYCLES]
    if mutant.file.endswith("errors.toml"):
        return [[_TABLES, "-k", f"(over_the_wire or stand_in_the_tables) and {provider}"], [_EXAMPLES]]
    if mutant.file.endswith("lifecycles.py") and provider:
        return [[*tables, "-k", f"not over_the_wire and {provider}"], [_EXAMPLES]]
    if not provider:
        return [
            [*tables, "-k", "not over_the_wire"],
            [_EXAMPLES, _SIGNATURES],
            [_QUIRKS],
            [f"{_ALL}/scenarios/test_scenarios.py"],
        ]
    others = " and ".join(f"not {name}." for name in PROVIDERS if name != provider)
    near = [_EXAMPLES, _SIGNATURES, f"{_ALL}/test_bad_input.py", "-k", others]
    if "/models" in mutant.file:
        return [[*tables, "-k", f"not over_the_wire and {provider}"], near, _files_of(provider)]
    return [[_EXAMPLES, _SIGNATURES], _files_of(provider), near]


def _files_of(provider: str) -> list[str]:
    paths = sorted((ROOT / "contract_tests" / provider).rglob("test_*.py"))
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    return [*(name for name in names if not any(word in name.rpartition("/")[2] for word in _SLOW)), _QUIRKS]
