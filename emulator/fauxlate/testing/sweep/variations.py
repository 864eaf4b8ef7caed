"""Variations: every documented error of an operation, every transport fault, every way in which a job goes wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from fauxlate.engine.service.operation import Operation
    from fauxlate.engine.service.provider import Provider
    from fauxlate.engine.tables.lifecycles import Lifecycle

Group = Literal["error", "fault", "course"]


@dataclass(frozen=True, slots=True)
class Variation:
    """One thing that the provider does, as a scenario says it.

    `label` names it in reports. `is_transient` tells that it happens once and then all is well again, so that a client
    has no reason to give up; `expires_links` that links have expired when the client has them.
    """

    group: Group
    label: str
    scenario: Mapping[str, Any]
    is_transient: bool = False
    expires_links: bool = False


TRANSPORT_FAULTS: tuple[tuple[str, Any, int | None], ...] = (
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
"""Transport faults: label, verb, and how often (None: always)."""


def generate_variations(
    operations: Iterable[str], groups: Iterable[Group] = ("error", "fault", "course")
) -> Iterator[Variation]:
    """Give the variations of `operations` (as `provider.Operation`), in the order of the tables."""
    names, groups = set(operations), set(groups)
    for name, provider, operation in _operations():
        if name not in names:
            continue
        if "error" in groups:
            yield from _errors(name, provider, operation)
        if "fault" in groups:
            yield from _faults(name, provider, operation)
        if "course" in groups and operation.creates_job and operation.lifecycle is not None:
            has_download = any(
                other.lifecycle is operation.lifecycle and other.response is None and other_name in names
                for other_name, _, other in _operations()
            )
            yield from _courses(name, operation.lifecycle, has_download=has_download)


def _operations() -> Iterator[tuple[str, Provider, Operation]]:
    """Give each operation with its name, `provider.Operation`, and its provider."""
    from fauxlate.serving.composition import PROVIDERS

    for provider in PROVIDERS:
        for operation in provider.operations:
            yield f"{provider.name}.{operation.name}", provider, operation


def _errors(name: str, provider: Provider, operation: Operation) -> Iterator[Variation]:
    for key in provider.error_rows(operation):
        yield Variation("error", f"{name} answers {key}", {"rules": [{"on": name, "then": {"fail": key}}]})


def _faults(name: str, provider: Provider, operation: Operation) -> Iterator[Variation]:
    for label, verb, times in TRANSPORT_FAULTS:
        if operation.response is None and verb.get("body") in ("garbage", "malformed"):
            continue  # nobody can tell garbage from another file
        rule: dict[str, Any] = (
            {"on": name, "then": verb} if times is None else {"on": name, "times": times, "then": verb}
        )
        yield Variation("fault", f"{name}: {label}", {"rules": [rule]}, is_transient=times is not None)
    key = provider.throttling_errors.get(operation.family)
    if key is not None and key in provider.error_rows(operation):
        scenario = {"rules": [{"on": name, "times": 1, "then": {"fail": key}}]}
        yield Variation("fault", f"{name}: throttled ({key}), once", scenario, is_transient=True)


def _courses(name: str, lifecycle: Lifecycle, *, has_download: bool) -> Iterator[Variation]:
    def course(label: str, timeline: Any) -> Variation:
        return Variation("course", f"{name}: {label}", {"rules": [{"on": name, "then": {"timeline": timeline}}]})

    if lifecycle.failed_state is not None:
        yield course(f"the job ends in {lifecycle.failed_state.name}", [lifecycle.failed_state.name])
    for state in lifecycle.course[:-1]:
        yield course(f"the job never leaves {state.name}", [state.name])
    if lifecycle.retention is not None:
        yield course("the result is gone at once", {"steps": [lifecycle.course[-1].name], "kept": "0s"})
    if lifecycle.link_lifetime is not None and has_download:
        scenario = {"lifecycles": {lifecycle.name: {"link": "0s"}}}
        yield Variation("course", f"{name}: links expire at once", scenario, expires_links=True)
