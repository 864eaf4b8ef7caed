"""What the mutation check alters, that it alters one thing at a time, and that a mutant is caught."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from fauxlate.engine.tables.lifecycles import Lifecycle

from contract_tests.harness.machine import ROOT
from contract_tests.mutants import command, workers
from contract_tests.mutants.error_tables import error_table_mutants
from contract_tests.mutants.mutant import Mutant
from contract_tests.mutants.operators import python_mutants
from contract_tests.mutants.population import all_mutants, draw_sample
from contract_tests.mutants.related_tests import related_tests

MUTANTS = all_mutants()
ROWS = """
rows = [
  { code = "NLP.0101", listed = 401, message = "Say \\"when\\".", note = "message = \\"no\\"" },
  { code = "10004", listed = 104, status = 200, message = "Missing." },
  { code = "System.Error", listed = 102, status = 200, message = "Failed." },
  { code = "NLP.1202", status = 400, message = "text not found" },
]
"""


def describe(mutants: list[Mutant]) -> list[tuple[str, str, str]]:
    return [(mutant.kind, mutant.old, mutant.new) for mutant in mutants]


def apply(text: str, mutant: Mutant) -> str:
    assert text[mutant.start : mutant.end] == mutant.old
    return text[: mutant.start] + mutant.new + text[mutant.end :]


def test_a_row_gets_another_code_message_and_status() -> None:
    assert describe(list(error_table_mutants("errors.toml", ROWS))) == [
        ("code", "NLP.0101", "NLP.0101X"),
        ("message", 'Say \\"when\\".', 'Say \\"when\\".~'),
        ("status", "401", "418"),
        ("code", "10004", "100040"),
        ("message", "Missing.", "Missing.~"),
        ("code", "System.Error", "System.ErrorX"),
        ("message", "Failed.", "Failed.~"),
        ("status", "102", "103"),
        ("code", "NLP.1202", "NLP.1202X"),
        ("message", "text not found", "text not found~"),
        ("status", "400", "418"),
    ]


def describe_python(file: str, text: str) -> list[tuple[str, str, str]]:
    return describe(list(python_mutants(file, text)))


def test_states_dwells_retentions_and_limits_are_altered() -> None:
    text = 'WINDOW = 15 * 60\n_OWN = 5\nX = Lifecycle(name="x", course=(State("ready", "1s500ms"), State("done")), retention=60)\n'
    assert sorted(describe_python("emulator/fauxlate/providers/x/lifecycles.py", text)) == [
        ("dwell", '"1s500ms"', '"2s1000ms"'),
        ("limit", "15 * 60", "15 * 60 + 1"),
        ("retention", "60", "60 + 60"),
        ("state", '"done"', '"doneX"'),
        ("state", '"ready"', '"readyX"'),
    ]


def test_every_duration_of_a_lifecycle_is_a_retention() -> None:
    durations = [field.name for field in fields(Lifecycle) if "float" in str(field.type)]
    text = f"X = Lifecycle({', '.join(f'{name}=60' for name in durations)})"
    mutants = describe_python("emulator/fauxlate/providers/x/lifecycles.py", text)
    assert mutants == [("retention", "60", "60 + 60")] * len(durations)
    assert durations


def test_a_required_parameter_becomes_optional_and_the_other_way_about() -> None:
    text = 'a = form("A", min_length=1)\nb = query("B", None)\nc = body("C", ...)\nd = path("D")\n'
    assert describe_python("emulator/fauxlate/providers/x/models/texts.py", text) == [
        ("required", '"A"', '"A", None'),
        ("required", "None", "..."),
    ]


def test_a_step_of_a_signature_is_left_out() -> None:
    text = 'def f(x):\n    return hmac(f"{x}\\n{sorted(y)}", "sha1"), name.lower(), "字".strip()\n'
    assert sorted(describe_python("emulator/fauxlate/providers/x/access/signing.py", text)) == [
        ("signature step", '"sha1"', '"md5"'),
        ("signature step", '"字".strip()', '"字"'),
        ("signature step", 'f"{x}\\n{sorted(y)}"', 'f"\\n{sorted(y)}"'),
        ("signature step", 'f"{x}\\n{sorted(y)}"', 'f"{x}\\n"'),
        ("signature step", "name.lower()", "name"),
        ("signature step", "sorted", "list"),
    ]


def test_comparisons_conditions_and_sums_are_turned_about_save_in_what_people_read() -> None:
    text = "def f(a, b):\n    return a < b and not a, a + b\n\nclass C:\n    def __str__(self):\n        return 1 < 2\n"
    assert sorted(describe_python("emulator/fauxlate/engine/timing/timeline.py", text)) == [
        ("comparison", "a < b", "(a >= b)"),
        ("condition", "a < b and not a", "((a < b) or (not a))"),
        ("condition", "not a", "(a)"),
        ("sum", "a + b", "(a - b)"),
    ]


def test_every_mutant_of_the_package_changes_one_place_and_can_be_read() -> None:
    texts = {mutant.file: (ROOT / mutant.file).read_text("utf-8") for mutant in MUTANTS}
    assert len(texts) > 20
    for mutant in MUTANTS:
        changed = apply(texts[mutant.file], mutant)
        assert changed != texts[mutant.file]
        if mutant.file.endswith(".py"):
            ast.parse(changed)
        elif mutant.line % 50 == 0:
            tomllib.loads(changed)


def test_there_are_mutants_of_every_kind_and_tests_that_are_for_them() -> None:
    assert {mutant.kind for mutant in MUTANTS} == {
        "code", "message", "status", "state", "dwell", "retention", "limit", "required", "signature step",
        "comparison", "condition", "sum",
    }  # fmt: skip
    for mutant in {mutant.file: mutant for mutant in MUTANTS}.values():
        for arguments in related_tests(mutant):
            assert all(Path(ROOT / name).exists() for name in arguments if name.endswith(".py"))


def test_a_sample_has_of_each_kind_as_many_and_is_the_same_for_the_same_seed() -> None:
    sample = draw_sample(MUTANTS, 24, 7)
    assert draw_sample(MUTANTS, 24, 7) == sample
    assert draw_sample(MUTANTS, 24, 8) != sample
    assert {sum(mutant.kind == kind for mutant in sample) for kind in {mutant.kind for mutant in MUTANTS}} == {2}


def test_a_mutant_is_caught_and_counted() -> None:
    arguments = [sys.executable, "-m", "contract_tests.mutants", "--only", "code: NLP.6304 "]
    process = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (process.returncode, process.stderr) == (0, "")
    assert "1 of 1 mutants caught: 100.0%" in process.stdout


@pytest.mark.parametrize(("survivors", "code"), [(0, 0), (1, 0), (2, 1)])
def test_fewer_than_95_percent_are_a_failure(
    survivors: int, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["mutants", "--sample", "24"])
    monkeypatch.setattr(command, "PRELOADED_MODULES", ())
    monkeypatch.setattr(command, "find_survivors", lambda mutants, *_: list(mutants[:survivors]))
    assert command.main() == code
    assert f"{24 - survivors} of 24 mutants caught" in capsys.readouterr().out


def test_a_pattern_that_fits_no_mutant_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["mutants", "--only", "dingtlak/auth"])
    assert command.main() == 2
    assert "no mutant has `dingtlak/auth`" in capsys.readouterr().out


def test_a_worker_that_fails_ends_alone_and_its_mutants_are_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(workers, "_try_mutants", fail)
    with pytest.raises(AssertionError, match="1 mutants were not tried"):
        workers.find_survivors(MUTANTS[:1], 1, lambda _: None)
