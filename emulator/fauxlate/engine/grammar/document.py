"""Compiling of one scenario document: its settings checked against the providers' tables, and refused as a whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from pydantic import BaseModel, ValidationError

from fauxlate.engine.grammar.diagnostics import Diagnostics, Location
from fauxlate.engine.grammar.model import MODELS, ClockModel, DirectoryModel, ScenarioModel
from fauxlate.engine.grammar.rules import RuleCompiler
from fauxlate.engine.scenarios.contacts import Contacts, Person
from fauxlate.engine.scenarios.scenario import Scenario
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.tables.lifecycles import Lifecycle
from fauxlate.engine.tables.quirks import UnknownQuirkError, resolve_choices
from fauxlate.engine.timing.clock import Clock
from fauxlate.engine.timing.durations import parse_duration
from fauxlate.engine.timing.timeline import Progress, Step, Timeline, parse_dwell, with_progress

_DEPARTMENT_ID = re.compile("[0-9]+")
_MAX_ERRORS = 100
"""Things wrong with the shape of a scenario that are told."""
_YEARS = range(1970, 9900)
"""In which a clock may start: not before there were seconds to count, nor where advancing it leaves the calendar."""
_PROGRESS: dict[str, Progress] = {"time": "time", "polls": "polls", "manual": "manual", "immediate": "immediate"}


def compile_document(
    data: Any, providers: Sequence[Provider], diagnostics: Diagnostics
) -> tuple[ScenarioModel, Scenario]:
    """Return the model of `data` and its scenario, without what it extends. Raises `ScenarioError`."""
    try:
        model = ScenarioModel.model_validate(data)
    except ValidationError as refusal:
        errors = refusal.errors()
        for error in errors[:_MAX_ERRORS]:
            diagnostics.add(*_explain(error))
        if len(errors) > _MAX_ERRORS:
            diagnostics.add((), f"{len(errors) - _MAX_ERRORS} more things are wrong")
        raise diagnostics.error() from None
    timelines, links = _lifecycles(model, providers, diagnostics)
    compiler = RuleCompiler(providers, diagnostics)
    rules = tuple(compiler.compile(index, rule) for index, rule in enumerate(model.rules))
    _check_quirks(model.quirks, providers, diagnostics)
    _check_departments(model.directory, diagnostics)
    clock = model.clock
    if clock is not None:
        _check_clock(clock, diagnostics)
    diagnostics.raise_any()
    return model, Scenario(
        about=model.about,
        source=model.source,
        seed=model.seed,
        make_clock=None if clock is None else lambda wall: _clock(clock, wall),
        quirks=model.quirks,
        timelines=timelines,
        link_lifetimes=links,
        contacts=None if model.directory is None else _contacts(model.directory),
        rules=rules,
        document=data,
    )


def _explain(error: Any) -> tuple[Location, str]:
    """Return the location of a pydantic error and what it says, in our words."""
    location: Location = error["loc"]
    if error["type"] == "extra_forbidden":
        key = str(location[-1])
        keys = [field.alias or name for name, field in _model_at(location[:-1]).model_fields.items()]
        return location, f"`{key}` is not a key here; there are {', '.join(keys)}.{did_you_mean(key, keys)}"
    if error["type"] == "missing":
        return location[:-1], f"`{location[-1]}` is missing here"
    if error["type"] in ("model_type", "dict_type"):
        return location, "this is written as a mapping, `key: value`"
    return location, f"{error['msg']}; it is {error['input']!r:.80}"


def _model_at(location: Location) -> type[BaseModel]:
    names = [part for part in location if isinstance(part, str)]
    return next((MODELS[name] for name in reversed(names[-2:]) if name in MODELS), ScenarioModel)


def _lifecycles(
    model: ScenarioModel, providers: Sequence[Provider], diagnostics: Diagnostics
) -> tuple[dict[str, Timeline], dict[str, float]]:
    """Return by lifecycle the timelines and the lifetimes of links, in seconds, that a scenario sets."""
    known = {lifecycle.name: lifecycle for provider in providers for lifecycle in provider.lifecycles}
    timelines: dict[str, Timeline] = {}
    links: dict[str, float] = {}
    for name, settings in model.lifecycles.items():
        lifecycle = known.get(name)
        if lifecycle is None:
            message = f"`{name}` is not a lifecycle; there are {', '.join(known)}.{did_you_mean(name, known)}"
            diagnostics.add(("lifecycles", name), message)
            continue
        timeline = lifecycle.default_timeline()
        dwells = {step.state: step.dwell for step in timeline.steps}
        kept = timeline.retention
        progress: Progress = "time"
        for key, value in settings.items():
            try:
                if key == "kept" and kept is not None:
                    kept = parse_duration(value)
                elif key == "link" and lifecycle.link_lifetime is not None:
                    links[name] = parse_duration(value)
                elif key == "progress":
                    progress = _progress(value)
                else:
                    dwells[_state_to_set(lifecycle, key)] = parse_dwell(value)
            except ValueError as refusal:
                diagnostics.add(("lifecycles", name, key), str(refusal))
        steps = tuple(Step(step.state, dwells[step.state]) for step in timeline.steps)
        timelines[name] = with_progress(Timeline(steps, kept), progress)
    return timelines, links


def _state_to_set(lifecycle: Lifecycle, key: str) -> str:
    """Return the state whose dwell `key` sets. Raises `ValueError` for the last state, and for no state."""
    *states, final = lifecycle.course
    names = [state.name for state in states]
    lengths = {"kept": lifecycle.retention, "link": lifecycle.link_lifetime}
    try:
        name = lifecycle.resolve_state(key)
    except ValueError:
        name = ""
    if name in names:
        return name
    keys = [*names, *(name for name, length in lengths.items() if length is not None), "progress"]
    reason = "is where it ends" if name == final.name else "cannot be set here"
    raise ValueError(f"`{key}` {reason}; {lifecycle.name} takes {', '.join(keys)}.{did_you_mean(key, keys)}")


def _progress(value: str) -> Progress:
    if value not in _PROGRESS:
        raise ValueError(f"`{value}` is no progress; there are {', '.join(_PROGRESS)}.{did_you_mean(value, _PROGRESS)}")
    return _PROGRESS[value]


def _check_quirks(choices: dict[str, str], providers: Sequence[Provider], diagnostics: Diagnostics) -> None:
    table = [quirk for provider in providers for quirk in provider.quirks]
    for name, choice in choices.items():
        try:
            resolve_choices(table, {name: choice})
        except UnknownQuirkError as refusal:
            diagnostics.add(("quirks", name), str(refusal))


def _check_departments(directory: DirectoryModel | None, diagnostics: Diagnostics) -> None:
    for department in (directory.departments or {}) if directory is not None else {}:
        if not _DEPARTMENT_ID.fullmatch(department):
            location = ("directory", "departments", department)
            diagnostics.add(location, f"`{department}` is no department id: a number")


def _check_clock(clock: ClockModel, diagnostics: Diagnostics) -> None:
    if (clock.mode == "rate") != (clock.rate is not None):
        diagnostics.add(("clock",), "`rate` goes with `mode: rate`, and that with it")
    if clock.at is not None and clock.at.year not in _YEARS:
        years = f"{_YEARS.start} to {_YEARS.stop - 1}"
        diagnostics.add(("clock", "at"), f"the year {clock.at.year} is out of range; a clock starts in {years}")


def _clock(model: ClockModel, wall: float) -> Clock:
    at = wall if model.at is None else model.at.replace(tzinfo=model.at.tzinfo or UTC).timestamp()
    rate = {"real": 1.0, "frozen": 0.0, "rate": model.rate or 1.0}[model.mode]
    return Clock(at=at, since=wall, rate=rate)


def _contacts(model: DirectoryModel) -> Contacts:
    users = None
    if model.users is not None:
        users = {
            user_id: Person(person.name, person.union_id, person.mobile, person.email)
            for user_id, person in model.users.items()
        }
    return Contacts(users, model.departments, tuple(model.languages))
