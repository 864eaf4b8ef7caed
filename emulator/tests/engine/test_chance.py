"""Chance is named streams; nothing but seed, name and count decides a draw."""

from __future__ import annotations

from uuid import UUID

from fauxlate.engine.chance import BASE62, HEX, Chance
from hypothesis import given
from hypothesis import strategies as st


@given(st.integers(), st.lists(st.sampled_from(["jobs", "requests", "faults"])))
def test_streams_do_not_disturb_each_other(seed: int, draws: list[str]) -> None:
    mixed = Chance(seed)
    seen = {name: [mixed.draw(name) for drawn in draws if drawn == name] for name in set(draws)}
    for name, values in seen.items():
        alone = Chance(seed)
        assert values == [alone.draw(name) for _ in values]


def test_another_seed_draws_otherwise() -> None:
    assert Chance(1).draw("jobs") != Chance(2).draw("jobs")


@given(st.integers())
def test_ids_have_the_form_that_was_asked_for(seed: int) -> None:
    chance = Chance(seed)
    assert UUID(chance.uuid("id", version=7)).version == 7
    assert chance.uuid("id") != chance.uuid("id")
    assert set(chance.text("key", 200)) <= set(BASE62)
    assert len(chance.text("key", 200)) == 200
    assert set(chance.text("token", 32, HEX)) <= set(HEX)
    assert 0 <= chance.unit("rate") < 1
