"""Error tables: a row is found by naming it, worded by the quirks, and never sent with a status that is none."""

from __future__ import annotations

import pytest
from fauxlate.engine.tables.errors import parse_errors, select_rows
from fauxlate.engine.tables.evidence import Evidence
from tests.engine.made_up import BAKERY, ERRORS


def test_printed_status_and_wire_status_are_kept_apart() -> None:
    row = BAKERY.error_row(BAKERY.operations[0], "Oven.Cold")
    assert (row.listed_status, row.status) == (101, 200)


def test_a_status_that_http_does_not_have_cannot_reach_the_wire() -> None:
    with pytest.raises(ValueError, match="give its row a `status`"):
        parse_errors(ERRORS.replace("listed = 101, status = 200", "listed = 101"))


def test_two_rows_for_one_code_of_one_operation_are_refused() -> None:
    with pytest.raises(ValueError, match=r"two rows for Oven\.Cold"):
        parse_errors(ERRORS.replace("Flour.Missing", "Oven.Cold"))


def test_an_operation_has_its_own_rows_and_those_of_all() -> None:
    assert list(select_rows(BAKERY.errors, "GetLoaf", ("baker", "door"))) == [
        "Oven.Cold",
        "Flour.Missing",
        "Shop.Closed",
    ]
    assert list(select_rows(BAKERY.errors, "SellLoaf", ("baker", "door"))) == ["Shop.Closed"]
    assert list(select_rows(BAKERY.errors, "GetLoaf", ("door",))) == ["Shop.Closed"]


def test_a_row_takes_evidence_and_source_from_its_table() -> None:
    row = BAKERY.error_row(None, "Shop.Closed")
    assert (row.evidence, row.source) == (Evidence.REPORTED, "a sign")


def test_placeholders_are_filled_by_whoever_refuses_or_else_by_the_row() -> None:
    row = BAKERY.error_row(None, "Flour.Missing")
    assert row.format(str, {}) == ("Flour.Missing", "no flour")
    assert row.format(str, {"%s": "rye only"}) == ("Flour.Missing", "rye only")


def test_a_quirk_chooses_the_wording() -> None:
    row = BAKERY.error_row(None, "Shop.Closed")
    assert row.format(lambda _: "polite", {})[1] == "Closed."
    assert row.format(lambda _: "rude", {})[1] == "Go away."
