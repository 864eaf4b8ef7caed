"""Blocks about operations: what each provider offers, its parameters, the states of its jobs, its callbacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Any

from fauxlate.engine.service.catalog import build_catalog, shared_errors
from fauxlate.engine.timing.durations import format_duration
from fauxlate.serving.composition import PROVIDERS

from docs.generator.markdown import anchor, code, prose, sentence, slug, table
from docs.generator.pages.errors import row_anchors
from docs.generator.sources import link_sources


@cache
def tables() -> Mapping[str, Any]:
    """Return the catalog of all providers."""
    return build_catalog(PROVIDERS)


@cache
def _creators() -> frozenset[str]:
    """Return the operations that create jobs."""
    return frozenset(op.name for provider in PROVIDERS for op in provider.operations if op.creates_job)


def _overview() -> str:
    lifecycles = {
        lifecycle["name"]: lifecycle for provider in tables().values() for lifecycle in provider["lifecycles"]
    }
    rows = (
        (
            name,
            f"[`{operation['name']}`]({name}.md#{slug(operation['name'])})",
            _request(operation),
            _states(operation, lifecycles),
        )
        for name, provider in tables().items()
        for operation in provider["operations"]
    )
    return table(("Provider", "Operation", "Method and path", "States"), rows)


def _request(operation: Mapping[str, Any]) -> str:
    by_action = ", chosen by action" if operation["action"] else ""
    return f"{' or '.join(operation['methods'])} {code(operation['path'])}{by_action}"


def _states(operation: Mapping[str, Any], lifecycles: Mapping[str, Any]) -> str:
    if operation["lifecycle"] is None or not operation["response"]:
        return ""
    if operation["name"] in _creators():
        return "creates the job"
    states = [state["name"] for state in lifecycles[operation["lifecycle"]]["states"]]
    return ", ".join(map(code, states))


def _details(name: str) -> str:
    return "\n".join(_operation(name, operation) for operation in tables()[name]["operations"])


def _operation(provider: str, operation: Mapping[str, Any]) -> str:
    return "".join(_parts(provider, operation))


def _parts(provider: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {operation['name']}\n\n"
    yield f"{_request(operation)}. {_evidence(operation)}\n"
    if operation.get("note"):
        yield f"\n{sentence(link_sources(operation['note']))}\n"
    if operation["parameters"]:
        rows = (
            (code(parameter["name"]), parameter["in"], prose(parameter["type"]), "yes" if parameter["required"] else "")
            for parameter in operation["parameters"]
        )
        yield "\n" + table(("Parameter", "In", "Type", "Required"), rows)
    if operation["response"]:
        yield f"\nAnswer: {', '.join(map(code, operation['response']))}.\n"
    if operation["lifecycle"] is not None:
        which = "Creates a job" if operation["name"] in _creators() else "Is about a job"
        yield f"\n{which} of the kind [`{operation['lifecycle']}`](#{slug(operation['lifecycle'])}).\n"
    if operation["event"] is not None:
        yield f"\nIts end is told by the callback [`{operation['event']}`](#{slug(operation['event'])}).\n"
    if operation["errors"]:
        yield f"\nErrors: {', '.join(_errors(provider, operation))}.\n"


def _errors(provider: str, operation: Mapping[str, Any]) -> Iterator[str]:
    """Give a link to each error, and one for those that all operations of a group have."""
    shared = _shared_errors(provider)
    own = [error["code"] for error in operation["errors"] if error["key"] not in shared.get(error["group"], ())]
    for code_ in dict.fromkeys(own):
        yield f"[`{code_}`](../errors/{provider}.md#{row_anchors(provider)[code_]})"
    for group in dict.fromkeys(error["group"] for error in operation["errors"]):
        if group in shared:
            yield f"[those of the group *{group}*](../errors/{provider}.md#{slug(f'group {group}')})"


@cache
def _shared_errors(provider: str) -> Mapping[str, list[str]]:
    return shared_errors(tables()[provider]["operations"])


def _evidence(row: Mapping[str, Any]) -> str:
    return f"*{row['evidence']}*: {sentence(link_sources(row['source']))}"


def _lifecycles(name: str) -> str:
    return "\n".join(_lifecycle(lifecycle) for lifecycle in tables()[name]["lifecycles"])


def _lifecycle(lifecycle: Mapping[str, Any]) -> str:
    rows = (
        (
            code(state["name"]),
            " ".join(map(code, state["also"])),
            state["lasts"] or "",
            sentence(prose(state["about"])),
            _evidence(state),
        )
        for state in lifecycle["states"]
    )
    lengths = [
        f"{what} {format_duration(lifecycle[key])}"
        for key, what in (("kept", "Its result is kept"), ("link", "A link to the result is good for"))
        if lifecycle[key]
    ]
    facts = "".join(f"{length}. " for length in lengths)
    head = f"### {anchor(slug(lifecycle['name']))}`{lifecycle['name']}`\n\n{facts}{sentence(link_sources(lifecycle['source']))}\n\n"
    return head + table(("State", "Also spelled", "Lasts", "Meaning", "Evidence"), rows)


def _events(name: str) -> str:
    return "\n".join(_event(event) for event in tables()[name]["events"]) or "It has none.\n"


def _event(event: Mapping[str, Any]) -> str:
    rows = (
        (
            code(form["name"]),
            sentence(prose(form["about"])),
            "yes" if form["signed"] else "",
            ", ".join(map(format_duration, form["again"])),
            _evidence(form),
        )
        for form in event["forms"]
    )
    head = f"### {anchor(slug(event['name']))}`{event['name']}`\n\n{sentence(prose(event['about']))} {_evidence(event)}\n\n"
    return head + table(("Form", "How it is sent", "Signed", "Sent again after", "Evidence"), rows)


BLOCKS = {
    "operations": _overview,
    **{
        f"{block} {provider.name}": partial(render, provider.name)
        for provider in PROVIDERS
        for block, render in (("operations", _details), ("lifecycles", _lifecycles), ("events", _events))
    },
}
