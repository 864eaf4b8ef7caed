"""Variations: every documented error of an operation, every transport fault, every way in which a job goes wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from fauxlate.engine.service.provider import Operation, Provider
    from fauxlate.engine.timing.timeline import Lifecycle

Group = Literal["error", "fault", "course"]


@dataclass(frozen=True, slots=True)
class Variation:
    """One thing that the provider does, as a scenario says it.

    `passing` tells that it happens once and then all is well again, so that a client has no reason to give up.
    `expired` that links have expired when the client has them.
    """

    group: Group
    label: str
    scenario: Mapping[str, Any]
    passing: bool = False
    expired: bool = False


TRANSPORT: tuple[tuple[str, Any, int | None], ...] = (
    ("connection reset before the operation, once", {"drop": "reset"}, 1),
    ("connection reset before the operation, always", {"drop": "reset"}, None),
    ("connection reset after the operation, once", {"drop": {"how": "reset", "when": "after"}}, 1),
    ("connection reset after the operation, always", {"drop": {"how": "reset", "when": "after"}}, None),
    ("connection closed without an answer, once", {"drop": "empty"}, 1),
    ("no answer at all", {"drop": "stall"}, None),
    ("body truncated, once", {"body": "truncated"}, 1),
    ("body garbage, once", {"body": "garbage"}, 1),
    ("body malformed, once", {"body": "malformed"}, 1),
    ("a proxy's HTML page and 502, once", {"body": "html"}, 1),
    ("a proxy's HTML page and 502, always", {"body": "html"}, None),
    ("503 with a line of text, once", {"respond": {"status": 503, "body": "Service Unavailable"}}, 1),
    ("body that dribbles in, once", {"body": {"how": "dribble", "for": "200ms"}}, 1),
)
"""Transport faults: what they are called, the verb, and how often (None: always)."""


def variations(
    operations: Iterable[str], groups: Iterable[Group] = ("error", "fault", "course")
) -> Iterator[Variation]:
    """Give the variations of `operations` (as `provider.Operation`), in the order of the tables."""
    wanted, chosen = set(operations), set(groups)
    for provider, operation in _operations():
        name = f"{provider.name}.{operation.name}"
        if name not in wanted:
            continue
        if "error" in chosen:
            yield from _errors(provider, operation, name)
        if "fault" in chosen:
            yield from _faults(provider, operation, name)
        if "course" in chosen and operation.creates_job and operation.lifecycle is not None:
            fetched = any(
                other.lifecycle is operation.lifecycle and other.response is None and _named(one, other) in wanted
                for one, other in _operations()
            )
            yield from _courses(operation.lifecycle, name, fetched=fetched)


def _operations() -> Iterator[tuple[Provider, Operation]]:
    from fauxlate.server import PROVIDERS

    return ((provider, operation) for provider in PROVIDERS for operation in provider.operations)


def _named(provider: Provider, operation: Operation) -> str:
    return f"{provider.name}.{operation.name}"


def _errors(provider: Provider, operation: Operation, name: str) -> Iterator[Variation]:
    for key in provider.rows(operation):
        yield Variation("error", f"{name} answers {key}", {"rules": [{"on": name, "then": {"fail": key}}]})


def _faults(provider: Provider, operation: Operation, name: str) -> Iterator[Variation]:
    for label, verb, times in TRANSPORT:
        if operation.response is None and verb.get("body") in ("garbage", "malformed"):
            continue  # nobody can tell a file from another
        rule: dict[str, Any] = (
            {"on": name, "then": verb} if times is None else {"on": name, "times": times, "then": verb}
        )
        yield Variation("fault", f"{name}: {label}", {"rules": [rule]}, passing=times is not None)
    key = provider.throttling_errors.get(operation.family)
    if key is not None and key in provider.rows(operation):
        once = {"rules": [{"on": name, "times": 1, "then": {"fail": key}}]}
        yield Variation("fault", f"{name}: throttled ({key}), once", once, passing=True)


def _courses(lifecycle: Lifecycle, name: str, *, fetched: bool) -> Iterator[Variation]:
    def course(label: str, timeline: Any) -> Variation:
        return Variation("course", f"{name}: {label}", {"rules": [{"on": name, "then": {"timeline": timeline}}]})

    if lifecycle.failed is not None:
        yield course(f"the job ends in {lifecycle.failed.name}", [lifecycle.failed.name])
    for state in lifecycle.course[:-1]:
        yield course(f"the job never leaves {state.name}", [state.name])
    if lifecycle.kept is not None:
        ends = lifecycle.course[-1].name
        yield course("the result is gone at once", {"steps": [ends], "kept": "0s"})
    if lifecycle.link_lifetime is not None and fetched:
        scenario = {"lifecycles": {lifecycle.name: {"link": "0s"}}}
        yield Variation("course", f"{name}: links expire at once", scenario, expired=True)
