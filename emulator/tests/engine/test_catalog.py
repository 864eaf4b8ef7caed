"""The catalog shows every table as data."""

from __future__ import annotations

from fauxlate.engine.service.catalog import build_catalog
from tests.engine.made_up import BAKERY


def test_the_catalog_tells_of_each_operation_what_it_is_asked_and_answers() -> None:
    bake = build_catalog([BAKERY])["bakery"]["operations"][0]
    assert bake["parameters"] == [
        {"name": "flour", "in": "body", "required": True, "type": "string"},
        {"name": "grams", "in": "body", "required": False, "type": "integer"},
    ]
    assert bake["response"] == ["id", "crusts", "crusts[].colour"]
    assert bake["states"] == ["dough", "baking", "bread", "burnt", "stale"]
    assert [error["code"] for error in bake["errors"]] == ["Oven.Cold", "Flour.Missing", "Shop.Closed"]


def test_the_catalog_tells_of_each_quirk_its_choices_and_their_evidence() -> None:
    quirk = build_catalog([BAKERY])["bakery"]["quirks"][0]
    assert (quirk["choices"], quirk["default"]) == (["polite", "rude"], "polite")
    assert quirk["evidence"] == {"polite": "documented", "rude": "documented"}
