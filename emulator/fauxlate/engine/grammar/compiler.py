"""From scenario files to a scenario: stacked, checked against the providers' tables, refused as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from fnmatch import fnmatchcase
from typing import Any

from pydantic import BaseModel, ValidationError

from fauxlate.engine.grammar.model import (
    MODELS,
    ClockModel,
    DirectoryModel,
    PatternModel,
    RuleModel,
    ScenarioModel,
    ThenModel,
)
from fauxlate.engine.grammar.sources import Finder, Source
from fauxlate.engine.grammar.text import Fault, Marks, ScenarioError, Way, mark, read
from fauxlate.engine.grammar.verbs import VERBS, On, VerbError
from fauxlate.engine.scenarios.conditions import JOB_FIELDS, PARTS, Condition, compile_glob
from fauxlate.engine.scenarios.contacts import Contacts, Person
from fauxlate.engine.scenarios.effects import Effect, Throttle
from fauxlate.engine.scenarios.scenario import Rule, Scenario
from fauxlate.engine.service.provider import Operation, Provider
from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.tables.parameters import places
from fauxlate.engine.tables.quirks import UnknownQuirkError, resolve
from fauxlate.engine.timing.clock import Clock
from fauxlate.engine.timing.durations import parse_duration
from fauxlate.engine.timing.timeline import Lifecycle, Progress, Step, Timeline, parse_dwell, with_progress

_DEEPEST_STACK = 8


def _finds_nothing(name: str, _: Source) -> Source:
    raise ValueError(f"`{name}` cannot be found from here")


def compile_scenario(
    sources: str | Source | Sequence[Source],
    providers: Sequence[Provider],
    *,
    find: Finder = _finds_nothing,
) -> Scenario:
    """Return the scenario in `sources`, later ones laid over earlier ones.

    Raises `ScenarioError` that lists every fault of the first source that has any; nothing is half-loaded.
    """
    if isinstance(sources, str):
        sources = Source(sources)
    stack = [sources] if isinstance(sources, Source) else list(sources)
    whole = Scenario()
    for source in stack:
        whole = _over(whole, _with_bases(source, providers, find, ()))
    return replace(whole, rules=tuple(replace(rule, index=index) for index, rule in enumerate(whole.rules)))


def _with_bases(source: Source, providers: Sequence[Provider], find: Finder, above: tuple[str, ...]) -> Scenario:
    data, marks = read(source.text, is_json=source.is_json, name=source.name)
    compiler = _Compiler(providers, marks, source.name)
    model, own = compiler.scenario({} if data is None else data)
    whole = Scenario()
    for number, name in enumerate(model.extends or ()):
        try:
            base = find(name, source)
            if base.name in above or base.name == source.name or len(above) >= _DEEPEST_STACK:
                raise ValueError(f"`{name}` extends itself, by way of {', '.join((*above, source.name))}")
        except ValueError as refusal:
            raise ScenarioError([compiler.fault(("extends", number), str(refusal))], source.name) from None
        whole = _over(whole, _with_bases(base, providers, find, (*above, source.name)))
    return _over(whole, own)


def _over(base: Scenario, overlay: Scenario) -> Scenario:
    """Return `overlay` laid over `base`: its rules come first, its other entries win."""
    return Scenario(
        about=overlay.about or base.about,
        source=overlay.source or base.source,
        seed=base.seed if overlay.seed is None else overlay.seed,
        clock=overlay.clock or base.clock,
        quirks={**base.quirks, **overlay.quirks},
        timelines={**base.timelines, **overlay.timelines},
        links={**base.links, **overlay.links},
        contacts=overlay.contacts or base.contacts,
        rules=(*overlay.rules, *base.rules),
        document=_written_over(base.document, overlay.document),
    )


def _written_over(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """Return as one file what two say together."""
    whole = {**base, **overlay}
    for name in ("quirks", "lifecycles"):
        if name in base and name in overlay:
            whole[name] = {**base[name], **overlay[name]}
    if "rules" in base and "rules" in overlay:
        whole["rules"] = [*overlay["rules"], *base["rules"]]
    return whole


class _Compiler:
    """Checks one source against the tables, collecting its faults with their places."""

    def __init__(self, providers: Sequence[Provider], marks: Marks, name: str) -> None:
        self._marks = marks
        self._name = name
        self._faults: list[Fault] = []
        self._providers = providers
        self._operations = {f"{p.name}.{op.name}": (p, op) for p in providers for op in p.operations}
        self._lifecycles = {lifecycle.name: lifecycle for p in providers for lifecycle in p.lifecycles}

    def scenario(self, data: Any) -> tuple[ScenarioModel, Scenario]:
        try:
            model = ScenarioModel.model_validate(data)
        except ValidationError as refusal:
            faults = [self.fault(*_explained(error)) for error in refusal.errors()]
            raise ScenarioError(_ordered(faults), self._name) from None
        timelines: dict[str, Timeline] = {}
        links: dict[str, float] = {}
        for name, settings in model.lifecycles.items():
            self._lifecycle(name, settings, timelines, links)
        rules = tuple(self._rule(index, rule) for index, rule in enumerate(model.rules))
        self._check_quirks(model.quirks)
        self._check_departments(model.directory)
        clock = model.clock
        if clock is not None and (clock.mode == "rate") != (clock.rate is not None):
            self._refuse(("clock",), "`rate` goes with `mode: rate`, and that with it")
        if clock is not None and clock.at is not None and clock.at.year not in _YEARS:
            years = f"{_YEARS.start} to {_YEARS.stop - 1}"
            self._refuse(("clock", "at"), f"the year {clock.at.year} is out of range; a clock starts in {years}")
        if self._faults:
            raise ScenarioError(_ordered(self._faults), self._name)
        return model, Scenario(
            about=model.about,
            source=model.source,
            seed=model.seed,
            clock=None if clock is None else lambda wall: _clock(clock, wall),
            quirks=model.quirks,
            timelines=timelines,
            links=links,
            contacts=None if model.directory is None else _contacts(model.directory),
            rules=rules,
            document=data,
        )

    def _check_quirks(self, chosen: dict[str, str]) -> None:
        table = [quirk for provider in self._providers for quirk in provider.quirks]
        for name, choice in chosen.items():
            try:
                resolve(table, {name: choice})
            except UnknownQuirkError as refusal:
                self._refuse(("quirks", name), str(refusal))

    def _check_departments(self, directory: DirectoryModel | None) -> None:
        for department in (directory.departments or {}) if directory is not None else {}:
            if not _DEPARTMENT.fullmatch(department):
                self._refuse(("directory", "departments", department), f"`{department}` is no department id: a number")

    def _lifecycle(
        self, name: str, settings: dict[str, str], timelines: dict[str, Timeline], links: dict[str, float]
    ) -> None:
        lifecycle = self._lifecycles.get(name)
        if lifecycle is None:
            known = ", ".join(self._lifecycles)
            near = did_you_mean(name, self._lifecycles)
            self._refuse(("lifecycles", name), f"`{name}` is not a lifecycle; there are {known}.{near}")
            return
        timeline = lifecycle.default_timeline()
        lasts = {step.state: step.dwell for step in timeline.steps}
        kept = timeline.kept
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
                    lasts[_passing(lifecycle, key)] = parse_dwell(value)
            except ValueError as refusal:
                self._refuse(("lifecycles", name, key), str(refusal))
        steps = tuple(Step(step.state, lasts[step.state]) for step in timeline.steps)
        timelines[name] = with_progress(Timeline(steps, kept), progress)

    def _rule(self, index: int, rule: RuleModel) -> Rule:
        when = tuple(self._conditions(index, rule))
        then: dict[str, tuple[Effect, ...]] = {}
        for number, pattern in enumerate(rule.on):
            if len(pattern) > _LONGEST_PATTERN:
                self._refuse(("rules", index, "on", number), f"a pattern has {_LONGEST_PATTERN} characters at most")
                continue
            exact = pattern in self._operations
            names = [pattern] if exact else [name for name in self._operations if fnmatchcase(name, pattern)]
            if not names:
                self._refuse(("rules", index, "on", number), self._no_operation(pattern))
            fitting, refusals = self._fitting(names, index, rule, when)
            if not fitting:  # a pattern is narrowed to the operations that its rule fits; one at least has to
                self._faults += [fault for fault in refusals[:1] if fault not in self._faults]
            then = fitting | then
        following = next((verb.throttle.next for verb in rule.then if verb.throttle is not None), None)
        if rule.times is not None and following is not None:
            self._refuse(
                ("rules", index, "times"),
                f"`times: {rule.times}` and `next: {following}` both say how many calls are refused; write one of them",
            )
        fault = self.fault(("rules", index), "")
        return Rule(
            index=index,
            then=then,
            when=when,
            times=following if rule.times is None else rule.times,
            skip=rule.skip,
            every=rule.every,
            chance=rule.chance,
            per=rule.per,
            where=f"{self._name}:{fault.line}" if fault.line else self._name,
        )

    def _fitting(
        self, names: Iterable[str], index: int, rule: RuleModel, when: tuple[Condition, ...]
    ) -> tuple[dict[str, tuple[Effect, ...]], list[Fault]]:
        """Return the effects by operation for those that the rule fits, and why it does not fit the others."""
        fitting: dict[str, tuple[Effect, ...]] = {}
        refusals: list[Fault] = []
        for name in names:
            provider, operation = self._operations[name]
            refusal = next(self._unfit(index, name, operation, when), None)
            done: list[Effect] = []
            for number, verb in enumerate(rule.then):
                way: Way = ("rules", index, "then", number)
                try:
                    done.append(_effect(verb, On(provider, operation, undocumented=rule.undocumented)))
                except ValueError as wrong:
                    said = next(iter(verb.model_fields_set), "")
                    refusal = refusal or self.fault((*way, said), str(wrong))
            if refusal is None:
                fitting[name] = tuple(done)
            else:
                refusals.append(refusal)
        return fitting, refusals

    def _conditions(self, index: int, rule: RuleModel) -> Iterator[Condition]:
        for field, wanted in rule.when.items():
            part, _, name = field.partition(".")
            try:
                if part not in PARTS or not name:
                    raise ValueError(
                        f"`{field}` is no field; write path.…, query.…, header.…, body.… or job.…"
                        f"{did_you_mean(part, PARTS)}"
                    )
                if part == "job" and name not in JOB_FIELDS:
                    known = ", ".join(f"job.{known}" for known in JOB_FIELDS)
                    raise ValueError(f"`{field}` is no field; there are {known}.{did_you_mean(name, JOB_FIELDS)}")
                yield Condition(part, name, *_patterns(wanted))
            except ValueError as refusal:
                self._refuse(("rules", index, "when", field), str(refusal))

    def _unfit(self, index: int, name: str, operation: Operation, when: tuple[Condition, ...]) -> Iterator[Fault]:
        """Say which condition can never hold on `operation`."""
        known = {
            "path": [part.strip("{}+") for part in operation.path.split("/") if part.startswith("{")],
            "body": [name for name, place in places(operation.parameters).items() if place in _BODIES],
        }
        for condition in when:
            way: Way = ("rules", index, "when", condition.field)
            names = known.get(condition.part)
            first = condition.name.partition(".")[0]
            if names is not None and first not in names:
                there = ", ".join(f"{condition.part}.{name}" for name in names) or "none"
                near = did_you_mean(first, names)
                yield self.fault(way, f"{name} has no `{condition.field}`; it has {there}.{near}")
            elif condition.part == "job" and not (
                operation.read_job_id or (operation.creates_job and condition.name == "nth")
            ):
                why = "creates a job: it has no more than job.nth" if operation.creates_job else "names no job"
                yield self.fault(way, f"{name} {why}")
            elif condition.part == "job" and condition.name == "state" and operation.lifecycle is not None:
                states = [state.name for state in operation.lifecycle.states]
                spelled = [[state.name, *state.spellings] for state in operation.lifecycle.states]
                if condition.patterns and not any(condition.matches(names) for names in spelled):
                    near = did_you_mean(condition.description.strip("`"), states)
                    yield self.fault(
                        way, f"{condition.description} is no state of {name}; it has {', '.join(states)}.{near}"
                    )

    def _no_operation(self, pattern: str) -> str:
        near = did_you_mean(pattern, self._operations)
        return f"`{pattern}` is not an operation.{near} `fauxlate catalog` lists them, as `provider.Operation`."

    def fault(self, way: Way, message: str) -> Fault:
        if way not in self._marks:  # `on`, `then` and `extends` may be written without a list
            way = tuple(part for at, part in enumerate(way) if part != 0 or way[at - 1] not in _LISTS)
        return Fault(message, *mark(self._marks, way))

    def _refuse(self, way: Way, message: str) -> None:
        self._faults.append(self.fault(way, message))


_DEPARTMENT = re.compile("[0-9]+")
_YEARS = range(1970, 9900)
"""In which a clock may start: not before there were seconds to count, nor where advancing it leaves the calendar."""
_LISTS = ("on", "then", "extends")
_BODIES = ("body", "form", "either")


def _ordered(faults: Iterable[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: (fault.line, fault.column))


def _effect(verb: ThenModel, on: On) -> Effect:
    if len(verb.model_fields_set) != 1:
        raise VerbError(f"an entry of `then` names one verb of {', '.join(VERBS)}; write several as a list")
    name = next(iter(verb.model_fields_set))
    value = getattr(verb, name)
    if value is None:
        raise VerbError("this verb has no value")
    effect = VERBS[name](value, on)
    if isinstance(effect, Throttle) and effect.window is not None and effect.limit < 1:
        raise VerbError("a rate lets one call pass at least; to refuse all, write `fail`")
    return effect


def _passing(lifecycle: Lifecycle, key: str) -> str:
    *passing, final = lifecycle.course
    settable = [state.name for state in passing]
    lengths = {"kept": lifecycle.kept, "link": lifecycle.link_lifetime}
    own = [name for name, length in lengths.items() if length is not None]
    try:
        name = lifecycle.state_name(key)
    except ValueError:
        name = ""
    if name in settable:
        return name
    known = [*settable, *own, "progress"]
    why = "is where it ends" if name == final.name else "cannot be set here"
    raise ValueError(f"`{key}` {why}; {lifecycle.name} takes {', '.join(known)}.{did_you_mean(key, known)}")


_PROGRESS: dict[str, Progress] = {"time": "time", "polls": "polls", "manual": "manual", "immediate": "immediate"}


def _progress(value: str) -> Progress:
    if value not in _PROGRESS:
        raise ValueError(f"`{value}` is no progress; there are {', '.join(_PROGRESS)}.{did_you_mean(value, _PROGRESS)}")
    return _PROGRESS[value]


_LONGEST_PATTERN = 1000


def _check_length(pattern: str) -> None:
    if len(pattern) > _LONGEST_PATTERN:
        raise ValueError(f"a pattern has {_LONGEST_PATTERN} characters at most; this has {len(pattern)}")


def _patterns(wanted: PatternModel | str | list[str]) -> tuple[str, tuple[re.Pattern[str], ...]]:
    """Return how a condition is written in messages, and its patterns; none where the field has to be absent."""
    if isinstance(wanted, PatternModel):
        if (wanted.regex is None) == (wanted.absent is None):
            raise ValueError("this takes one of `regex` and `absent: true`")
        if wanted.regex is None:
            return "absent", ()
        _check_length(wanted.regex)
        try:
            return f"/{wanted.regex}/", (re.compile(wanted.regex),)
        except (re.error, OverflowError, RecursionError) as fault:
            raise ValueError(f"`{wanted.regex}` is no regular expression: {fault}") from None
    words = [wanted] if isinstance(wanted, str) else wanted
    for word in words:
        _check_length(word)
    if not words:
        raise ValueError("an empty list is met by nothing; for a field that is not there, write {absent: true}")
    return " or ".join(f"`{word}`" for word in words), tuple(compile_glob(word) for word in words)


def _contacts(model: DirectoryModel) -> Contacts:
    users = None
    if model.users is not None:
        users = {
            user_id: Person(told.name, told.union_id, told.mobile, told.email) for user_id, told in model.users.items()
        }
    return Contacts(users, model.departments, tuple(model.languages))


def _clock(model: ClockModel, wall: float) -> Clock:
    at = wall if model.at is None else model.at.replace(tzinfo=model.at.tzinfo or UTC).timestamp()
    rate = {"real": 1.0, "frozen": 0.0, "rate": model.rate or 1.0}[model.mode]
    return Clock(at=at, since=wall, rate=rate)


def _explained(error: Any) -> tuple[Way, str]:
    """Return where a pydantic error points and what it says, in our words."""
    way: Way = error["loc"]
    if error["type"] == "extra_forbidden":
        key = str(way[-1])
        known = [field.alias or name for name, field in _model_at(way[:-1]).model_fields.items()]
        return way, f"`{key}` is not a key here; there are {', '.join(known)}.{did_you_mean(key, known)}"
    if error["type"] == "missing":
        return way[:-1], f"`{way[-1]}` is missing here"
    if error["type"] in ("model_type", "dict_type"):
        return way, "this is written as a mapping, `key: value`"
    return way, f"{error['msg']}; it is {error['input']!r:.80}"


def _model_at(way: Way) -> type[BaseModel]:
    names = [part for part in way if isinstance(part, str)]
    return next((MODELS[name] for name in reversed(names[-2:]) if name in MODELS), ScenarioModel)
