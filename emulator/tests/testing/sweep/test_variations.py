"""Variations: all that the documents have, each a valid scenario."""

from __future__ import annotations

from typing import Literal

import pytest
from fauxlate.serving.composition import PROVIDERS
from fauxlate.testing.scenarios import compile_layers, format_scenario
from fauxlate.testing.sweep.variations import TRANSPORT_FAULTS, generate_variations

OPERATIONS = [f"{provider.name}.{operation.name}" for provider in PROVIDERS for operation in provider.operations]


def test_every_documented_error_of_every_operation_is_a_variation_once() -> None:
    rows = {
        f"{provider.name}.{operation.name} answers {key}"
        for provider in PROVIDERS
        for operation in provider.operations
        for key in provider.error_rows(operation)
    }
    labels = [variation.label for variation in generate_variations(OPERATIONS, ["error"])]
    assert len(labels) == len(set(labels))
    assert set(labels) == rows


@pytest.mark.parametrize("group", ["fault", "course"])
def test_every_variation_is_a_valid_scenario_and_a_valid_file(group: Literal["fault", "course"]) -> None:
    for variation in generate_variations(OPERATIONS, [group]):
        scenario = compile_layers([variation.scenario])
        assert scenario.rules or scenario.link_lifetimes, variation.label
        again = compile_layers([format_scenario(variation.scenario, variation.label)])
        assert again.about == variation.label
        assert [rule.effects for rule in again.rules] == [rule.effects for rule in scenario.rules]


def test_every_error_is_a_valid_scenario() -> None:
    for operation in OPERATIONS:
        rules = [
            rule for variation in generate_variations([operation], ["error"]) for rule in variation.scenario["rules"]
        ]
        assert len(compile_layers([{"rules": rules}]).rules) == len(rules)


def test_the_transport_faults_are_all_that_the_emulator_has() -> None:
    verbs = {
        (name, how["how"] if isinstance(how, dict) else how)
        for _, verb, _ in TRANSPORT_FAULTS
        for name, how in verb.items()
        if name != "respond"
    }
    assert verbs == {("drop", how) for how in ("reset", "empty", "stall")} | {
        ("body", how) for how in ("truncated", "garbage", "malformed", "html", "dribble")
    }
