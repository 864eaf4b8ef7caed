"""A job's state is a pure function of its timeline, the time, and the marks it has been given."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from fauxlate.engine.timing.timeline import Marks, Step, Timeline, parse_dwell, with_progress
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.made_up import LOAF

STATES = st.sampled_from(["a", "b", "c", "d"])
SECONDS = st.floats(0, 1e6, allow_nan=False)


@st.composite
def timed(draw: st.DrawFn) -> Timeline:
    passing = [Step(draw(STATES), parse_dwell(draw(SECONDS))) for _ in range(draw(st.integers(0, 5)))]
    return Timeline((*passing, Step("end")), draw(st.none() | SECONDS))


def by_the_table(timeline: Timeline, age: float) -> tuple[str, bool]:
    """The same answer by the plainest means: add up the dwells until they pass the age."""
    passed = 0.0
    for step in timeline.steps[:-1]:
        if age < passed + step.dwell.amount:
            return step.state, False
        passed += step.dwell.amount
    return "end", timeline.retention is not None and age >= passed + timeline.retention


@given(timed(), st.lists(SECONDS, min_size=1))
def test_the_state_is_what_the_table_says_at_any_time_in_any_order_of_reading(
    timeline: Timeline, ages: list[float]
) -> None:
    readings = [timeline.position(0.0, age) for age in ages]
    assert [(reading.state, reading.is_expired) for reading in readings] == [
        by_the_table(timeline, age) for age in ages
    ]
    assert readings == [timeline.position(0.0, age) for age in ages]


@given(timed(), st.lists(SECONDS, min_size=2))
def test_a_job_never_goes_back(timeline: Timeline, ages: list[float]) -> None:
    positions = [timeline.position(0.0, age) for age in sorted(ages)]
    assert all(before.since <= after.since for before, after in pairwise(positions))
    assert not any(before.is_last and not after.is_last for before, after in pairwise(positions))


@given(st.lists(st.integers(1, 4), max_size=4), st.integers(0, 20))
def test_polls_move_a_job_by_their_number_alone(counts: list[int], polls: int) -> None:
    steps = tuple(Step(f"s{index}", parse_dwell(f"{count} polls")) for index, count in enumerate(counts))
    timeline = Timeline((*steps, Step("end")))
    seen = [f"s{index}" for index, count in enumerate(counts) for _ in range(count)]
    expected = seen[polls] if polls < len(seen) else "end"
    assert timeline.position(5.0, 5.0, Marks(polls=[5.0] * polls)).state == expected


@pytest.mark.parametrize(
    ("now", "polls", "state"),
    [(9, [], "dough"), (10, [], "baking"), (500, [3], "baking"), (500, [3, 12], "bread"), (500, [12], "bread")],
)
def test_a_timeline_may_mix_time_and_polls_and_counts_only_polls_of_the_step(
    now: float, polls: list[float], state: str
) -> None:
    timeline = LOAF.parse_timeline(["dough 10s", "baking 1 poll", "bread"])
    assert timeline.position(0, now, Marks(polls=polls)).state == state


def test_a_step_moved_by_hand_waits_for_the_hand() -> None:
    timeline = LOAF.parse_timeline(["dough manual", "bread"])
    assert timeline.position(0, 1e9).state == "dough"
    assert timeline.position(0, 1e9, Marks(moves=[7])).state == "bread"


def test_a_last_step_that_is_not_an_end_is_a_job_that_is_stuck_and_never_gone() -> None:
    stuck = LOAF.parse_timeline(["dough 1s", "baking"])
    assert stuck.position(0, 1e9) == stuck.position(0, 1e9)._replace(is_expired=False)
    assert stuck.position(0, 1e9).state == "baking"


def test_retention_counts_from_the_end_of_the_job() -> None:
    timeline = LOAF.default_timeline()
    assert not timeline.position(0, 40 + 3599.9).is_expired
    assert timeline.position(0, 40 + 3600).is_expired


def test_a_job_that_has_to_fail_ends_in_the_failed_state_with_its_code() -> None:
    failing = LOAF.fail_timeline(LOAF.default_timeline(), "Oven.Cold")
    assert failing.position(0, 41).step == Step("burnt", error="Oven.Cold")


def test_a_job_that_is_stuck_does_not_fail_either() -> None:
    stuck = LOAF.parse_timeline(["dough"])
    assert LOAF.fail_timeline(stuck, "Oven.Cold") is stuck


def test_a_state_may_be_written_in_another_documented_spelling() -> None:
    assert LOAF.parse_timeline(["bakin 2s", "bread"]).steps[0].state == "baking"


def test_a_timeline_may_branch_to_a_documented_error() -> None:
    assert LOAF.parse_timeline(["dough 1s", "burnt Oven.Cold"], {"Oven.Cold": 1}).steps[-1].error == "Oven.Cold"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ([], "one step at least"),
        (["doug 1s", "bread"], "Did you mean `dough`"),
        (["stale"], "is not a state"),
        (["dough", "bread"], "`dough` never ends"),
        (["bread 2s"], "leave out how long"),
        (["dough soon", "bread"], "neither how long"),
        (["dough 1s", "burnt Oven.Clod"], "Did you mean `Oven.Cold`"),
    ],
)
def test_a_wrong_timeline_is_refused_with_what_is_wrong(written: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        LOAF.parse_timeline(written, {"Oven.Cold": 1})


def test_another_pace_changes_the_timed_steps_alone() -> None:
    timeline = LOAF.parse_timeline(["dough 5s", "baking manual", "bread"])
    assert [step.dwell.kind for step in with_progress(timeline, "polls").steps] == ["polls", "manual", "stay"]
    assert with_progress(LOAF.default_timeline(), "immediate").position(0, 0).state == "bread"
    assert with_progress(timeline, "time") is timeline
