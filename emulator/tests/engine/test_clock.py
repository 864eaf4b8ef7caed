"""Clocks are values over a wall clock that is handed in."""

from __future__ import annotations

import pytest
from fauxlate.engine.timing.clock import Clock
from fauxlate.engine.timing.durations import MAX_DURATION, format_duration, parse_duration
from hypothesis import given
from hypothesis import strategies as st

STEPS = st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1000)))


@given(STEPS)
def test_a_clock_never_goes_back_whatever_is_done_to_it(steps: list[tuple[float, float, float]]) -> None:
    wall, clock, shown = 0.0, Clock.real(0.0), 0.0
    for passed, jump, rate in steps:
        wall += passed
        assert clock.now(wall) >= shown
        clock = clock.advance(wall, jump).run(wall, rate)
        assert clock.now(wall) >= shown
        shown = clock.now(wall)


def test_a_frozen_clock_stands_and_goes_on_from_there() -> None:
    frozen = Clock.real(100).run(150, 0)
    assert (frozen.mode, frozen.now(9999)) == ("frozen", 150)
    assert frozen.run(9999, 1).now(10_000) == 151


def test_a_clock_with_a_rate_runs_that_fast() -> None:
    fast = Clock.real(0).run(10, 60)
    assert (fast.mode, fast.now(11)) == ("rate", 70)


def test_a_clock_is_set_forward_but_not_back() -> None:
    assert Clock.real(100).set_to(100, 500).now(101) == 501
    with pytest.raises(ValueError, match="only moves forward"):
        Clock.real(100).set_to(100, 99)
    with pytest.raises(ValueError, match="only moves forward"):
        Clock.real(100).advance(100, -1)
    with pytest.raises(ValueError, match="only moves forward"):
        Clock.real(100).run(100, -1)


@pytest.mark.parametrize(
    ("text", "length"),
    [("250ms", 0.25), ("2s", 2), ("10m", 600), ("1h30m", 5400), ("1.5h", 5400), ("1d", 86400), (3, 3), ("0s", 0)],
)
def test_durations_are_read_as_people_write_them(text: str | float, length: float) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize("text", ["", "2", "2 apples", "-1s", "1s1", "101y", "99999999d", float("nan"), -1])
def test_what_is_no_duration_is_refused(text: str | float) -> None:
    with pytest.raises(ValueError, match=r"duration|out of range"):
        parse_duration(text)


@given(st.floats(0, MAX_DURATION))
def test_a_written_duration_reads_back_the_same(length: float) -> None:
    text = format_duration(length)
    if "e" not in text:
        assert parse_duration(text) == pytest.approx(length, rel=1e-9)
