"""Hypothesis strategies for what providers may do: scenarios, rules, verbs and timelines, each valid by the documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from fauxlate.serving.composition import PROVIDERS

if TYPE_CHECKING:
    from fauxlate.engine.service.operation import Operation
    from fauxlate.engine.service.provider import Provider
    from fauxlate.engine.tables.lifecycles import Lifecycle

Scenario = dict[str, Any]
OPERATIONS: dict[str, tuple[Provider, Operation]] = {
    f"{provider.name}.{operation.name}": (provider, operation)
    for provider in PROVIDERS
    for operation in provider.operations
}
LIFECYCLES: dict[str, Lifecycle] = {
    lifecycle.name: lifecycle for provider in PROVIDERS for lifecycle in provider.lifecycles
}
_DROPS = ("reset", "empty")
_BODIES = ("truncated", "garbage", "malformed", "html")
_FILE_BODIES = ("truncated", "html")
"""Faults of a body that is a file: nobody can tell garbage from another file."""
_DWELLS = (0, 1, 2, 5, 60, 600)
"""Seconds that a job stays in a state."""


def match_operations(patterns: Iterable[str] = ("*",)) -> list[str]:
    """Return the operations that `patterns` match, in the order of the tables.

    Raises `ValueError` where a pattern matches none.
    """
    operations: list[str] = []
    for pattern in patterns:
        matches = [name for name in OPERATIONS if fnmatchcase(name, pattern)]
        if not matches:
            from fauxlate.engine.suggest import did_you_mean

            raise ValueError(f"`{pattern}` is not an operation.{did_you_mean(pattern, OPERATIONS)}")
        operations += matches
    return list(dict.fromkeys(operations))


def errors(operation: str) -> st.SearchStrategy[Scenario]:
    """Return a strategy for documented errors of an operation, as the verb `fail`.

    Those that come with an HTTP status of success are drawn as often as all others, however few they are.
    """
    provider, row = OPERATIONS[operation]
    rows = provider.error_rows(row)
    successes = sorted(key for key, error in rows.items() if error.status < HTTPStatus.MULTIPLE_CHOICES)
    failures = sorted(key for key, error in rows.items() if error.status >= HTTPStatus.MULTIPLE_CHOICES)
    keys = [st.sampled_from(group) for group in (successes, failures) if group]
    return st.one_of(keys).map(lambda key: {"fail": key})


def faults(operation: str) -> st.SearchStrategy[Scenario]:
    """Return a strategy for transport faults of an operation, none of which takes real time."""
    _, row = OPERATIONS[operation]
    bodies = _BODIES if row.response is not None else _FILE_BODIES
    drops = [{"drop": {"how": how, "when": when}} for when in ("before", "after") for how in _DROPS]
    return st.sampled_from([*drops, *({"body": how} for how in bodies)])


def verbs(operation: str) -> st.SearchStrategy[Scenario]:
    """Return a strategy for verbs that spoil a call of an operation: its documented errors, and transport faults."""
    return st.one_of(faults(operation), errors(operation))


@st.composite
def rules(draw: st.DrawFn, operations: Sequence[str]) -> Scenario:
    """Draw a rule that spoils a few calls of one of the operations."""
    operation = draw(st.sampled_from(operations))
    rule: Scenario = {"on": operation, "then": draw(verbs(operation))}
    if skip := draw(st.integers(0, 3)):
        rule["skip"] = skip
    rule["times"] = draw(st.integers(1, 3))
    return rule


@st.composite
def timelines(draw: st.DrawFn, lifecycle: str, *, by: Sequence[str] = ("time", "polls")) -> list[str]:
    """Draw the steps of a job: through its states in their order, to a good end, to failure, or to none.

    `by` holds what may end a state: `time`, `polls` or both.
    """
    table = LIFECYCLES[lifecycle]
    pace = draw(st.sampled_from(by))
    states = [state.name for state in table.course[:-1]]
    skips = draw(st.sets(st.sampled_from(states)))
    ends = [table.course[-1].name, *([table.failed_state.name] if table.failed_state is not None else []), ""]
    end = draw(st.sampled_from(ends))
    steps = [f"{name} {_draw_dwell(draw, pace)}" for name in states if name not in skips]
    return [*steps, end or draw(st.sampled_from(states))]


def _draw_dwell(draw: st.DrawFn, pace: str) -> str:
    if pace == "polls":
        return f"{draw(st.integers(1, 4))} polls"
    return f"{draw(st.sampled_from(_DWELLS))}s"


@st.composite
def scenarios(draw: st.DrawFn, *patterns: str) -> Scenario:
    """Draw a scenario of the operations that `patterns` match: rules, courses of jobs, choices of quirks, and links.

    Whatever is drawn is what the documents say that the providers may do, and what the network may.
    """
    names = match_operations(patterns or ("*",))
    scenario: Scenario = {"rules": draw(st.lists(rules(names), max_size=4))}
    submissions = [name for name in names if OPERATIONS[name][1].creates_job]
    for name in draw(st.lists(st.sampled_from(submissions), max_size=1)) if submissions else ():
        lifecycle = OPERATIONS[name][1].lifecycle
        assert lifecycle is not None
        scenario["rules"].append({"on": name, "then": {"timeline": draw(timelines(lifecycle.name))}})
    quirks = [quirk for provider in PROVIDERS for quirk in provider.quirks if _share_provider(names, quirk.name)]
    for quirk in draw(st.lists(st.sampled_from(quirks), max_size=2, unique_by=lambda quirk: quirk.name)):
        choice = draw(st.sampled_from([choice.name for choice in quirk.choices]))
        scenario.setdefault("quirks", {})[quirk.name] = choice
    with_links = [
        lifecycle.name
        for lifecycle in LIFECYCLES.values()
        if lifecycle.link_lifetime is not None and _share_provider(names, lifecycle.name)
    ]
    for name in draw(st.lists(st.sampled_from(with_links), max_size=1)) if with_links else ():
        scenario["lifecycles"] = {name: {"link": draw(st.sampled_from(["0s", "1s", "1h"]))}}
    return scenario


def _share_provider(operations: Iterable[str], name: str) -> bool:
    """Whether a quirk or lifecycle belongs to the provider of one of the operations."""
    provider = name.partition(".")[0]
    return any(operation.partition(".")[0] == provider for operation in operations)
