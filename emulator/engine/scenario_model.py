"""The grammar of scenario files, as models; and how one is compiled against the providers' tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from emulator.engine.clock import Clock
from emulator.engine.durations import seconds
from emulator.engine.provider import Operation, Provider
from emulator.engine.quirks import UnknownQuirkError, settle
from emulator.engine.scenario import Course, Delay, Effect, Fail, Rule, Scenario
from emulator.engine.scenario_text import Fault, Marks, ScenarioError, Way, read
from emulator.engine.suggest import did_you_mean
from emulator.engine.timeline import Lifecycle, Progress, Step, Timeline, dwell, paced


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class ClockModel(_Model):
    """`clock:` how the sandbox's time runs: `real`, `frozen`, or at a `rate`; `at` is where it starts."""

    mode: Literal["real", "frozen", "rate"] = "real"
    at: datetime | None = None
    rate: float | None = Field(None, gt=0, le=1_000_000)


class ThenModel(_Model):
    """What a rule does; each entry names one verb."""

    fail: str | None = None
    delay: str | None = None
    timeline: list[str] | None = None


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


Names = Annotated[list[str], Field(min_length=1), BeforeValidator(_listed, json_schema_input_type=str | list[str])]
Verbs = Annotated[
    list[ThenModel],
    Field(min_length=1),
    BeforeValidator(_listed, json_schema_input_type=ThenModel | list[ThenModel]),
]


class RuleModel(_Model):
    """One rule: `on` which operations, how many `times` at most, and what `then`."""

    on: Names
    times: int | None = Field(None, ge=1)
    then: Verbs


class ScenarioModel(_Model):
    """A scenario file."""

    schema_: str | None = Field(None, alias="$schema")
    about: str = ""
    source: str = ""
    seed: int | None = None
    clock: ClockModel | None = None
    quirks: dict[str, str] = Field(default_factory=dict)
    lifecycles: dict[str, dict[str, str]] = Field(default_factory=dict)
    rules: list[RuleModel] = Field(default_factory=list)


def compiled(text: str, providers: Sequence[Provider], *, is_json: bool = False) -> Scenario:
    """Return the scenario in `text`. Raises `ScenarioError` that lists every fault; nothing is half-loaded."""
    data, marks = read(text, is_json=is_json)
    return _Compiler(providers, marks).scenario({} if data is None else data)


class _Compiler:
    """Checks one scenario against the tables, collecting its faults with their places."""

    def __init__(self, providers: Sequence[Provider], marks: Marks) -> None:
        self._marks = marks
        self._faults: list[Fault] = []
        self._providers = providers
        self._operations = {f"{p.name}.{op.name}": (p, op) for p in providers for op in p.operations}
        self._lifecycles = {lifecycle.name: lifecycle for p in providers for lifecycle in p.lifecycles}

    def scenario(self, data: Any) -> Scenario:
        try:
            model = ScenarioModel.model_validate(data)
        except ValidationError as refusal:
            raise ScenarioError([self._fault(*_explained(error)) for error in refusal.errors()]) from None
        timelines: dict[str, Timeline] = {}
        links: dict[str, float] = {}
        for name, settings in model.lifecycles.items():
            self._lifecycle(name, settings, timelines, links)
        rules = tuple(self._rule(index, rule) for index, rule in enumerate(model.rules))
        self._check_quirks(model.quirks)
        clock = model.clock
        if clock is not None and (clock.mode == "rate") != (clock.rate is not None):
            self._refuse(("clock",), "`rate` goes with `mode: rate`, and that with it")
        if self._faults:
            raise ScenarioError(sorted(self._faults, key=lambda fault: (fault.line, fault.column)))
        return Scenario(
            about=model.about,
            source=model.source,
            seed=model.seed,
            clock=None if clock is None else lambda wall: _clock(clock, wall),
            quirks=model.quirks,
            timelines=timelines,
            links=links,
            rules=rules,
            written=data,
        )

    def _check_quirks(self, chosen: dict[str, str]) -> None:
        table = [quirk for provider in self._providers for quirk in provider.quirks]
        for name, choice in chosen.items():
            try:
                settle(table, {name: choice})
            except UnknownQuirkError as refusal:
                self._refuse(("quirks", name), str(refusal))

    def _lifecycle(
        self, name: str, settings: dict[str, str], timelines: dict[str, Timeline], links: dict[str, float]
    ) -> None:
        lifecycle = self._lifecycles.get(name)
        if lifecycle is None:
            known = ", ".join(self._lifecycles)
            near = did_you_mean(name, self._lifecycles)
            self._refuse(("lifecycles", name), f"`{name}` is not a lifecycle; there are {known}.{near}")
            return
        timeline = lifecycle.timeline()
        lasts = {step.state: step.dwell for step in timeline.steps}
        kept = timeline.kept
        progress: Progress = "time"
        for key, value in settings.items():
            try:
                if key == "kept" and kept is not None:
                    kept = seconds(value)
                elif key == "link" and lifecycle.link is not None:
                    links[name] = seconds(value)
                elif key == "progress":
                    progress = _progress(value)
                else:
                    lasts[self._passing(lifecycle, key)] = dwell(value)
            except ValueError as refusal:
                self._refuse(("lifecycles", name, key), str(refusal))
        steps = tuple(Step(step.state, lasts[step.state]) for step in timeline.steps)
        timelines[name] = paced(Timeline(steps, kept), progress)

    @staticmethod
    def _passing(lifecycle: Lifecycle, key: str) -> str:
        *passing, final = lifecycle.course
        settable = [state.name for state in passing]
        own = [name for name in ("kept", "link") if getattr(lifecycle, name) is not None]
        try:
            name = lifecycle.named(key)
        except ValueError:
            name = ""
        if name in settable:
            return name
        known = [*settable, *own, "progress"]
        why = "is where it ends" if name == final.name else "cannot be set here"
        raise ValueError(f"`{key}` {why}; {lifecycle.name} takes {', '.join(known)}.{did_you_mean(key, known)}")

    def _rule(self, index: int, rule: RuleModel) -> Rule:
        then: dict[str, tuple[Effect, ...]] = {}
        for number, pattern in enumerate(rule.on):
            exact = pattern in self._operations
            names = [pattern] if exact else [name for name in self._operations if fnmatchcase(name, pattern)]
            if not names:
                self._refuse(("rules", index, "on", number), self._no_operation(pattern))
            fitting, refusals = self._fitting(names, index, rule.then)
            if not fitting:  # a pattern is narrowed to the operations that its verbs fit; one at least has to
                self._faults += [fault for fault in refusals[:1] if fault not in self._faults]
            then = fitting | then
        return Rule(index, then, rule.times)

    def _fitting(
        self, names: Iterable[str], index: int, verbs: Sequence[ThenModel]
    ) -> tuple[dict[str, tuple[Effect, ...]], list[Fault]]:
        """Return the effects by operation for those that the verbs fit, and why they do not fit the others."""
        fitting: dict[str, tuple[Effect, ...]] = {}
        refusals: list[Fault] = []
        for name in names:
            provider, operation = self._operations[name]
            effects: list[Effect] = []
            for number, verb in enumerate(verbs):
                try:
                    effects += _effects(verb, provider, operation)
                except _VerbError as refusal:
                    refusals.append(self._fault(("rules", index, "then", number, refusal.verb), str(refusal)))
                    break
            else:
                fitting[name] = tuple(effects)
        return fitting, refusals

    def _no_operation(self, pattern: str) -> str:
        near = did_you_mean(pattern, self._operations)
        return f"`{pattern}` is not an operation.{near} `fauxlate catalog` lists them, as `provider.Operation`."

    def _fault(self, way: Way, message: str) -> Fault:
        if way not in self._marks:  # `on` and `then` may be written without a list
            way = tuple(part for at, part in enumerate(way) if part != 0 or way[at - 1] not in ("on", "then"))
        while way and way not in self._marks:
            way = way[:-1]
        return Fault(message, *self._marks.get(way, (0, 0)))

    def _refuse(self, way: Way, message: str) -> None:
        self._faults.append(self._fault(way, message))


class _VerbError(ValueError):
    def __init__(self, verb: str, message: str) -> None:
        super().__init__(message)
        self.verb = verb


def _effects(verb: ThenModel, provider: Provider, operation: Operation) -> Iterator[Effect]:
    if len(verb.model_fields_set) != 1:
        verbs = ", ".join(ThenModel.model_fields)
        raise _VerbError("", f"an entry of `then` names one verb of {verbs}; write several as a list")
    if verb.delay is not None:
        try:
            yield Delay(seconds(verb.delay))
        except ValueError as refusal:
            raise _VerbError("delay", str(refusal)) from None
    elif verb.fail is not None:
        rows = provider.rows(operation)
        if verb.fail not in rows:
            raise _VerbError(
                "fail",
                f"`{verb.fail}` is not a documented error of {provider.name}.{operation.name}."
                f"{did_you_mean(verb.fail, rows)} `fauxlate catalog {provider.name}` lists them.",
            )
        yield Fail(verb.fail)
    elif verb.timeline is not None:
        if operation.lifecycle is None or not operation.creates:
            creators = [op.name for op in provider.operations if op.creates]
            raise _VerbError(
                "timeline",
                f"{provider.name}.{operation.name} creates no job; a timeline goes on {', '.join(creators)}",
            )
        try:
            yield Course(operation.lifecycle.written(verb.timeline, provider.rows(operation)))
        except ValueError as refusal:
            raise _VerbError("timeline", str(refusal)) from None
    else:
        raise _VerbError("", "this verb has no value")


_PROGRESS: dict[str, Progress] = {"time": "time", "polls": "polls", "manual": "manual", "immediate": "immediate"}


def _progress(value: str) -> Progress:
    if value not in _PROGRESS:
        raise ValueError(f"`{value}` is no progress; there are {', '.join(_PROGRESS)}.{did_you_mean(value, _PROGRESS)}")
    return _PROGRESS[value]


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
    if not names:
        return ScenarioModel
    models: dict[str, type[BaseModel]] = {"clock": ClockModel, "rules": RuleModel, "then": ThenModel}
    return models.get(names[-1], ScenarioModel)
