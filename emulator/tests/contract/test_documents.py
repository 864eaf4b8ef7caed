"""The fixtures of what the documents print fit the operations, and are written as they stand."""

from __future__ import annotations

import json

import pytest
from fauxlate.engine.service.provider import Provider
from fauxlate.serving.composition import PROVIDERS

from contract_tests.harness.documents.comparison import format_tables, merge, missing_rows
from contract_tests.harness.documents.examples import printed_examples
from contract_tests.harness.documents.tables import printed_errors, tables


def test_every_example_is_of_an_operation_that_there_is() -> None:
    operations = {f"{provider.name}.{operation.name}" for provider in PROVIDERS for operation in provider.operations}
    assert {example.operation for example in printed_examples()} <= operations


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_a_fixture_is_written_as_it_stands_and_takes_what_it_lacked(provider: Provider) -> None:
    fixture = tables(provider.name)
    assert json.loads(format_tables(fixture)) == fixture
    assert merge(fixture, missing_rows(provider)) == fixture
    assert len({row.id for row in printed_errors()}) == len(printed_errors())
