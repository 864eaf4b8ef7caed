"""The reference: every source has a title, every error a verdict, every key of a scenario a meaning and valid examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fauxlate.engine.grammar.model import MODELS, PatternModel, ScenarioModel, schema
from fauxlate.engine.grammar.verb_models import Model
from fauxlate.engine.tables.errors import ErrorRow
from fauxlate.engine.tables.evidence import Evidence
from fauxlate.serving.composition import PROVIDERS
from fauxlate.testing.plugin.sweeping import DEFAULT_OPTIONS
from tests.docs.pages import SITE

from docs.generator.pages.operations import tables
from docs.generator.retries import Retry, judge
from docs.generator.sources import find_sources, link_sources, load_sources

GRAMMAR: list[type[Model]] = [ScenarioModel, PatternModel, *MODELS.values()]
KEYS = [(model, name) for model in GRAMMAR for name in model.model_fields]


# sources


def sources() -> Iterator[tuple[str, str, str]]:
    """Give the evidence and the source of every fact in the tables."""
    for provider in PROVIDERS:
        for quirk in provider.quirks:
            for choice in quirk.choices:
                yield quirk.name, choice.evidence, choice.source
    for name, provider_tables in tables().items():
        for kind in ("operations", "events", "lifecycles", "errors"):
            for row in provider_tables[kind]:
                yield from facts(f"{name} {kind}", row)


def facts(name: str, row: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    if "source" in row:
        yield f"{name} {row.get('name') or row.get('key')}", row.get("evidence", Evidence.ASSUMED), row["source"]
    for inner in ("errors", "forms", "states"):
        for one in row.get(inner, ()):
            if isinstance(one, dict):
                yield from facts(name, one)


def test_every_documented_fact_names_a_source_with_a_title() -> None:
    unknown = {
        source
        for _, evidence, source in sources()
        if evidence in (Evidence.DOCUMENTED, Evidence.SDK) and not find_sources(source)
    }
    assert unknown == set()


def test_no_abbreviation_is_left_in_what_a_reader_sees() -> None:
    abbreviation = re.compile(r"\bseeds? 00\d|\b(nlp|obs|iam|ocr|modelarts)_\d\d_\d+|api-alimt-2018|document_detail/")
    left = {
        text
        for _, _, source in sources()
        if abbreviation.search(text := re.sub(r"\]\([^)]*\)", "]", link_sources(source)))
    }
    assert left == set()


def test_every_name_stands_for_one_source_and_is_used() -> None:
    names = [name for source in load_sources() for name in source.names]
    assert len(names) == len(set(names))
    used = {id(source) for _, _, text in sources() for source in find_sources(text)}
    rows = {id(source) for provider in PROVIDERS for row in provider.errors for source in find_sources(row.source)}
    assert [source.title for source in load_sources() if id(source) not in used | rows] == []


def test_addresses_are_addresses() -> None:
    assert all(source.url is None or re.fullmatch(r"https://\S+", source.url) for source in load_sources())


def test_two_sources_in_one_phrase_are_both_found() -> None:
    assert [source.names[0] for source in find_sources("seeds 002 and 004: ok, OK")] == ["seed 002", "seed 004"]


# whether to try again


def row(code: str, status: int, message: str, *, listed: int | None = None) -> ErrorRow:
    return ErrorRow(code, code, "group", status, message, frozenset({"*"}), "a page", listed)


@pytest.mark.parametrize(
    ("error", "retry", "evidence"),
    [
        (row("NLP.6302", 400, "Reaching concurrency limitation, please try it later."), Retry.LATER, "documented"),
        (row("system.busy", 500, "系统繁忙"), Retry.LATER, "assumed"),
        (row("Throttling.User", 400, "Request was denied due to user flow control."), Retry.LATER, "assumed"),
        (row("NLP.6101", 500, "Server inner error."), Retry.LATER, "assumed"),
        (row("System.Error", 200, "A system error occurred.", listed=102), Retry.LATER, "assumed"),
        (row("APIG.0307", 401, "The token must be updated."), Retry.RENEWED, "assumed"),
        (row("InvalidAuthentication", 400, "不合法的access_token"), Retry.RENEWED, "assumed"),
        (row("AccessDenied", 403, "Request has expired"), Retry.RENEWED, "assumed"),
        (row("NLP.6304", 400, "Task is not found!"), Retry.NEVER, "assumed"),
        (row("System.UrlDecodingError", 500, "An error occurred while decoding the URL."), Retry.NEVER, "assumed"),
        (row("ServiceNotImplemented", 501, "not implemented"), Retry.NEVER, "assumed"),
    ],
    ids=lambda value: value.code if isinstance(value, ErrorRow) else str(value),
)
def test_the_row_says_whether_a_retry_may_help(error: ErrorRow, retry: Retry, evidence: str) -> None:
    verdict = judge(error)
    assert (verdict.retry, verdict.evidence) == (retry, evidence)


def test_what_a_provider_throttles_with_is_passing() -> None:
    for provider in PROVIDERS:
        for key in provider.throttling_errors.values():
            assert judge(next(row for row in provider.errors if row.key == key)).retry == Retry.LATER


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_every_error_is_in_the_index_and_its_link_leads_to_its_row(provider: Any) -> None:
    index = (SITE / "reference" / "errors" / "index.md").read_text("utf-8")
    page = (SITE / "reference" / "errors" / f"{provider.name}.md").read_text("utf-8")
    for error in provider.errors:
        link = re.search(rf"\[`{re.escape(error.code)}`\]\({provider.name}\.md#([a-z0-9-]+)\)", index)
        assert link is not None, error.code
        assert f'<a id="{link[1]}"></a>`{error.code}`' in page


# the grammar of scenarios


@pytest.mark.parametrize(("model", "name"), KEYS, ids=lambda value: value if isinstance(value, str) else value.__name__)
def test_every_key_of_a_scenario_has_a_meaning_and_examples_that_are_valid(model: type[Model], name: str) -> None:
    field = model.model_fields[name]
    assert field.description
    assert field.description.endswith((".", "`")), field.description
    assert field.examples
    required = {
        inner.alias or key: (inner.examples or [None])[0]
        for key, inner in model.model_fields.items()
        if inner.is_required()
    }
    for example in field.examples:
        model.model_validate(required | {field.alias or name: example})


def test_the_schema_has_an_id_and_every_description() -> None:
    document = schema()
    assert document["$id"].startswith("https://")
    described = [document["properties"], *(model["properties"] for model in document["$defs"].values())]
    assert all("description" in key for properties in described for key in properties.values())


# what is told by hand


def test_every_finding_and_option_of_the_sweep_is_told() -> None:
    text = (SITE / "how-to" / "sweep.md").read_text("utf-8")
    assert all(f"`{name}`" in text or f"{name}=" in text for name in DEFAULT_OPTIONS)
