"""Patterns of conditions match what Python's do, and no value keeps them busy for long."""

from __future__ import annotations

import re
import time

import pytest
from fauxlate.engine.scenarios import patterns
from fauxlate.engine.scenarios.ambiguity import Ambiguity, measure_ambiguity
from fauxlate.engine.scenarios.patterns import MAX_VALUE, Pattern, compile_glob, compile_regex

WITHOUT_END = [
    "(a+)+b",
    "(a*)*b",
    "(a|a)*b",
    "(a|ab)+c",
    "(?:a+){2,}b",
    "((a?)b?)+c",
    r"(.*)(\1)*b",
    "(?P<n>a)(?P=n)+b",
]
HARMLESS = {
    "report-[0-9]+\\.txt": "report-17.txt",
    "[0-9a-f]{8}-[0-9a-f]{4}": "0123abcd-ef01",
    "https?://[^/]+/.*": "https://example.com/a/b.docx",
    "(docx|pptx)?": "pptx",
    "(?i)abc": "ABC",
    "(?:ab){3}": "ababab",
    "[]a]+": "]a",
    r"\[x\]{2}": "[x]]",
    "a{,3}": "aaa",
    "x{y}": "x{y}",
    "(?#a b+ c)a": "a",
    r"\d+(?=5)5|\w": "425",
    ".{5000,}": "a" * 6000,
}


@pytest.fixture
def without_re2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_load_re2", lambda: None)


@pytest.mark.usefixtures("without_re2")
@pytest.mark.parametrize("text", [*WITHOUT_END, "a?" * 30 + "a" * 30, ".*" * 8 + "b"])
def test_an_expression_that_may_take_without_end_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(ValueError, match="may take without end on some values") as refusal:
        compile_regex(text)
    assert "install `fauxlate[re2]`" in str(refusal.value)


@pytest.mark.usefixtures("without_re2")
@pytest.mark.parametrize(("text", "value"), HARMLESS.items())
def test_an_expression_that_is_harmless_looks_at_values_of_any_length(text: str, value: str) -> None:
    pattern = compile_regex(text)
    assert pattern.matches_any([value])
    assert not pattern.matches_any([f"\n{value}"])
    assert pattern.max_length == MAX_VALUE


@pytest.mark.parametrize(
    ("text", "power"),
    [
        ("a", 0),
        ("a+b", 0),
        ("a+", 1),
        (".*b", 1),
        (".*a.*b", 2),
        ("[ab]*a[ab]*", 2),
        (r"\w+@\w+\.\w+", 1),
        ("a+(b+)?", 2),
    ],
)
def test_a_repetition_counts_where_what_follows_can_belong_to_it(text: str, power: int) -> None:
    assert measure_ambiguity(text).power == power


def test_alternatives_add_up_and_multiply() -> None:
    assert measure_ambiguity("(a|b|c)(d|e)") == Ambiguity(6, 0)


@pytest.mark.parametrize("has_re2", [True, False])
@pytest.mark.parametrize("text", [*WITHOUT_END, ".*a.*b", ".*a.*a.*b", ".*.*.*.*b", "a*a*a*a*a*b", "[ab]+[ab]+[ab]+c"])
def test_no_value_keeps_an_expression_busy(text: str, has_re2: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    if not has_re2:
        monkeypatch.setattr(patterns, "_load_re2", lambda: None)
    try:
        pattern = compile_regex(text)
    except ValueError:
        return  # refused when it is read
    for length in (30, 62, 121, 389, 4469, MAX_VALUE, 10**6):
        assert measure(pattern, ["a" * length] * 100) < 0.2


@pytest.mark.parametrize("text", ["*", "*a*a*a*a*a*b", "[a-z]*b", "a?*b"])
def test_no_value_keeps_a_glob_busy(text: str) -> None:
    assert measure(compile_glob(text), ["a" * MAX_VALUE] * 100) < 0.2


def measure(pattern: Pattern, values: list[str]) -> float:
    """Return the shortest time of five looks at values."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        pattern.matches_any(values)
        times.append(time.perf_counter() - start)
        if times[-1] < 0.1:
            break
    return min(times)


def test_re2_takes_what_python_would_match_without_end() -> None:
    pytest.importorskip("re2")
    pattern = compile_regex("(a+)+b")
    assert pattern.matches_any(["a" * 5000 + "b"])
    assert not pattern.matches_any(["a" * 5000])


@pytest.mark.parametrize("text", ["(", "[", "a{9999999999}", "*", "(?P<a>b)(?P<a>c)"])
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no regular expression"):
        compile_regex(text)


@pytest.mark.usefixtures("without_re2")
@pytest.mark.parametrize("text", [".*a.*a.*b", "x.*y.*z"])
def test_a_value_that_is_too_long_for_an_ambiguous_expression_does_not_fit(text: str) -> None:
    pattern = compile_regex(text)
    value = text.replace(".*", "-" * 5)
    assert re.fullmatch(text, value)
    assert pattern.matches_any([value])
    assert not pattern.matches_any([value.replace("-", "-" * pattern.max_length)])
