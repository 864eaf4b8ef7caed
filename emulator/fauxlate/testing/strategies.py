"""Hypothesis strategies for what providers may do: scenarios, rules, verbs and timelines, each valid by the documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from fauxlate.server import PROVIDERS

if TYPE_CHECKING:
    from fauxlate.engine.service.provider import Operation, Provider
    from fauxlate.engine.timing.timeline import Lifecycle

Scenario = dict[str, Any]
OPERATIONS: dict[str, tuple[Provider, Operation]] = {
    f"{provider.name}.{operation.name}": (provider, operation)
    for provider in PROVIDERS
    for operation in provider.operations
}
LIFECYCLES: dict[str, Lifecycle] = {one.name: one for provider in PROVIDERS for one in provider.lifecycles}
_DROPS = ("reset", "empty")
_BODIES = ("truncated", "garbage", "malformed", "html")
_REFUSED = 300
_LENGTHS = (0, 1, 2, 5, 60, 600)
"""Seconds that a state lasts."""


def operations(patterns: Iterable[str] = ("*",)) -> list[str]:
    """Return the operations that `patterns` fit, in the order of the tables. Raises `ValueError` where one fits none."""
    found: list[str] = []
    for pattern in patterns:
        fitting = [name for name in OPERATIONS if fnmatchcase(name, pattern)]
        if not fitting:
            from fauxlate.engine.suggest import did_you_mean

            raise ValueError(f"`{pattern}` is not an operation.{did_you_mean(pattern, OPERATIONS)}")
        found += fitting
    return list(dict.fromkeys(found))


def errors(operation: str) -> st.SearchStrategy[Scenario]:
    """Return a strategy for documented errors of an operation, as the verb `fail`.

    Those that come with an HTTP status of success are drawn as often as all others, however few they are.
    """
    provider, row = OPERATIONS[operation]
    rows = provider.rows(row)
    quiet = sorted(key for key, error in rows.items() if error.status < _REFUSED)
    loud = sorted(key for key, error in rows.items() if error.status >= _REFUSED)
    return st.one_of([st.sampled_from(keys) for keys in (quiet, loud) if keys]).map(lambda key: {"fail": key})


def faults(operation: str) -> st.SearchStrategy[Scenario]:
    """Return a strategy for transport faults of an operation, none of which takes real time."""
    _, row = OPERATIONS[operation]
    bodies = _BODIES if row.response is not None else ("truncated", "html")  # nobody can tell a file from another
    drops = [{"drop": {"how": how, "when": when}} for when in ("before", "after") for how in _DROPS]
    return st.sampled_from([*drops, *({"body": how} for how in bodies)])


def verbs(operation: str) -> st.SearchStrategy[Scenario]:
    """Return a strategy for verbs that spoil a call of an operation: its documented errors, and transport faults."""
    return st.one_of(faults(operation), errors(operation))


@st.composite
def rules(draw: st.DrawFn, names: Sequence[str]) -> Scenario:
    """Draw a rule that spoils a few calls of one of the operations."""
    operation = draw(st.sampled_from(names))
    rule: Scenario = {"on": operation, "then": draw(verbs(operation))}
    if skip := draw(st.integers(0, 3)):
        rule["skip"] = skip
    rule["times"] = draw(st.integers(1, 3))
    return rule


@st.composite
def timelines(draw: st.DrawFn, lifecycle: str, *, by: Sequence[str] = ("time", "polls")) -> list[str]:
    """Draw the steps of a job: through its states in their order, to a good end, to failure, or to none."""
    table = LIFECYCLES[lifecycle]
    pace = draw(st.sampled_from(by))
    passing = [state.name for state in table.course[:-1]]
    skipped = draw(st.sets(st.sampled_from(passing)))
    through = [name for name in passing if name not in skipped]
    ends = [table.course[-1].name, *([table.failed.name] if table.failed is not None else []), ""]
    end = draw(st.sampled_from(ends))
    steps = [f"{name} {_lasting(draw, pace)}" for name in through]
    if end:
        return [*steps, end]
    return [*steps, draw(st.sampled_from(passing))]


def _lasting(draw: st.DrawFn, pace: str) -> str:
    if pace == "polls":
        return f"{draw(st.integers(1, 4))} polls"
    return f"{draw(st.sampled_from(_LENGTHS))}s"


@st.composite
def scenarios(draw: st.DrawFn, *patterns: str) -> Scenario:
    """Draw a scenario of the operations that `patterns` fit: rules, courses of jobs, choices of quirks, and links.

    Whatever is drawn is what the documents say that the providers may do, and what the network may.
    """
    names = operations(patterns or ("*",))
    found: Scenario = {"rules": draw(st.lists(rules(names), max_size=4))}
    creating = [name for name in names if OPERATIONS[name][1].creates_job]
    for name in draw(st.lists(st.sampled_from(creating), max_size=1)) if creating else ():
        lifecycle = OPERATIONS[name][1].lifecycle
        assert lifecycle is not None
        found["rules"].append({"on": name, "then": {"timeline": draw(timelines(lifecycle.name))}})
    quirks = [quirk for provider in PROVIDERS for quirk in provider.quirks if _of(names, quirk.name)]
    for quirk in draw(st.lists(st.sampled_from(quirks), max_size=2, unique_by=lambda quirk: quirk.name)):
        found.setdefault("quirks", {})[quirk.name] = draw(st.sampled_from([choice.name for choice in quirk.choices]))
    linked = [one for one in LIFECYCLES.values() if one.link_lifetime is not None and _of(names, one.name)]
    for one in draw(st.lists(st.sampled_from(linked), max_size=1)) if linked else ():
        found["lifecycles"] = {one.name: {"link": draw(st.sampled_from(["0s", "1s", "1h"]))}}
    return found


def _of(names: Iterable[str], thing: str) -> bool:
    """Whether a quirk or lifecycle is of a provider that one of the operations is of."""
    return any(name.partition(".")[0] == thing.partition(".")[0] for name in names)
