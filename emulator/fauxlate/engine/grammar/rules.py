"""Compiling of rules: operations, conditions and verbs of one rule, checked against the providers' tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from fauxlate.engine.grammar.diagnostics import Diagnostic, Diagnostics, Location
from fauxlate.engine.grammar.model import PatternModel, RuleModel
from fauxlate.engine.grammar.verb_models import ThenModel
from fauxlate.engine.grammar.verbs import VERBS, RuleTarget, VerbError
from fauxlate.engine.scenarios.conditions import JOB_FIELDS, PARTS, Condition
from fauxlate.engine.scenarios.effects import Effect, Throttle
from fauxlate.engine.scenarios.patterns import MAX_VALUE, Pattern, compile_glob, compile_regex
from fauxlate.engine.scenarios.rules import Rule
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.tables.parameters import places

_MAX_PATTERN = 1000
"""Characters of a pattern."""
_BODY_PLACES = ("body", "form", "query or form")
"""Places of parameters that conditions on `body.…` look at."""


class RuleCompiler:
    """Compiles the rules of one scenario, and adds what is wrong with them to `diagnostics`."""

    def __init__(self, providers: Sequence[Provider], diagnostics: Diagnostics) -> None:
        self._diagnostics = diagnostics
        self._operations = {f"{p.name}.{op.name}": (p, op) for p in providers for op in p.operations}

    def compile(self, index: int, model: RuleModel) -> Rule:
        """Return the rule that `model`, the one at `index` of its scenario, describes."""
        conditions = tuple(self._conditions(index, model))
        effects = self._effects(index, model, conditions)
        refused_calls = next((verb.throttle.next for verb in model.then if verb.throttle is not None), None)
        if model.times is not None and refused_calls is not None:
            self._diagnostics.add(
                ("rules", index, "times"),
                f"`times: {model.times}` and `next: {refused_calls}` both say how many calls are refused; "
                "write one of them",
            )
        return Rule(
            index=index,
            effects=effects,
            conditions=conditions,
            times=refused_calls if model.times is None else model.times,
            skip=model.skip,
            every=model.every,
            chance=model.chance,
            per=model.per,
            location=self._diagnostics.label(("rules", index)),
        )

    def _effects(
        self, index: int, model: RuleModel, conditions: tuple[Condition, ...]
    ) -> dict[str, tuple[Effect, ...]]:
        """Return the effects of a rule by operation.

        A pattern of operations is narrowed to those that its rule fits; there has to be one at least.
        """
        effects: dict[str, tuple[Effect, ...]] = {}
        for number, pattern in enumerate(model.on):
            location: Location = ("rules", index, "on", number)
            if len(pattern) > _MAX_PATTERN:
                self._diagnostics.add(location, f"a pattern has {_MAX_PATTERN} characters at most")
                continue
            is_exact = pattern in self._operations
            names = [pattern] if is_exact else [name for name in self._operations if fnmatchcase(name, pattern)]
            if not names:
                near = did_you_mean(pattern, self._operations)
                self._diagnostics.add(
                    location,
                    f"`{pattern}` is not an operation.{near} `fauxlate catalog` lists them, as `provider.Operation`.",
                )
            by_operation, refusals = self._effects_on(names, index, model, conditions)
            if not by_operation:
                self._diagnostics.add_once(refusals[:1])
            effects = by_operation | effects
        return effects

    def _effects_on(
        self, names: Iterable[str], index: int, model: RuleModel, conditions: tuple[Condition, ...]
    ) -> tuple[dict[str, tuple[Effect, ...]], list[Diagnostic]]:
        """Return the effects on those of the operations that the rule fits, and why it does not fit the others."""
        by_operation: dict[str, tuple[Effect, ...]] = {}
        refusals: list[Diagnostic] = []
        for name in names:
            provider, operation = self._operations[name]
            refusal = next(self._impossible_conditions(index, name, operation, conditions), None)
            effects: list[Effect] = []
            for number, verb in enumerate(model.then):
                try:
                    effects.append(_effect(verb, RuleTarget(provider, operation, undocumented=model.undocumented)))
                except ValueError as fault:
                    key = next(iter(verb.model_fields_set), "")
                    location: Location = ("rules", index, "then", number, key)
                    refusal = refusal or self._diagnostics.diagnose(location, str(fault))
            if refusal is None:
                by_operation[name] = tuple(effects)
            else:
                refusals.append(refusal)
        return by_operation, refusals

    def _conditions(self, index: int, model: RuleModel) -> Iterator[Condition]:
        for field, pattern in model.when.items():
            part, _, name = field.partition(".")
            try:
                if part not in PARTS or not name:
                    raise ValueError(
                        f"`{field}` is no field; write path.…, query.…, header.…, body.… or job.…"
                        f"{did_you_mean(part, PARTS)}"
                    )
                if part == "job" and name not in JOB_FIELDS:
                    fields = ", ".join(f"job.{known}" for known in JOB_FIELDS)
                    raise ValueError(f"`{field}` is no field; there are {fields}.{did_you_mean(name, JOB_FIELDS)}")
                yield Condition(part, name, *_patterns(pattern))
            except ValueError as refusal:
                self._diagnostics.add(("rules", index, "when", field), str(refusal))

    def _impossible_conditions(
        self, index: int, name: str, operation: Operation, conditions: tuple[Condition, ...]
    ) -> Iterator[Diagnostic]:
        """Give a diagnostic of each condition that can never hold on `operation`, whose full name is `name`."""
        known: Mapping[str, list[str]] = {
            "path": [part.strip("{}+") for part in operation.path.split("/") if part.startswith("{")],
            "body": [name for name, place in places(operation.parameters).items() if place in _BODY_PLACES],
        }
        for condition in conditions:
            location: Location = ("rules", index, "when", condition.field)
            names = known.get(condition.part)
            first = condition.name.partition(".")[0]
            if names is not None and first not in names:
                fields = ", ".join(f"{condition.part}.{name}" for name in names) or "none"
                near = did_you_mean(first, names)
                yield self._diagnostics.diagnose(location, f"{name} has no `{condition.field}`; it has {fields}.{near}")
            elif condition.part == "job" and not (
                operation.read_job_id or (operation.creates_job and condition.name == "nth")
            ):
                reason = "creates a job: it has no more than job.nth" if operation.creates_job else "names no job"
                yield self._diagnostics.diagnose(location, f"{name} {reason}")
            elif condition.part == "job" and condition.name == "state" and operation.lifecycle is not None:
                states = [state.name for state in operation.lifecycle.states]
                spellings = [[state.name, *state.spellings] for state in operation.lifecycle.states]
                if condition.patterns and not any(condition.matches(values) for values in spellings):
                    near = did_you_mean(condition.description.strip("`"), states)
                    yield self._diagnostics.diagnose(
                        location, f"{condition.description} is no state of {name}; it has {', '.join(states)}.{near}"
                    )


def _effect(verb: ThenModel, target: RuleTarget) -> Effect:
    if len(verb.model_fields_set) != 1:
        raise VerbError(f"an entry of `then` names one verb of {', '.join(VERBS)}; write several as a list")
    name = next(iter(verb.model_fields_set))
    value = getattr(verb, name)
    if value is None:
        raise VerbError("this verb has no value")
    effect = VERBS[name](value, target)
    if isinstance(effect, Throttle) and effect.window is not None and effect.limit < 1:
        raise VerbError("a rate lets one call pass at least; to refuse all, write `fail`")
    return effect


def _patterns(model: PatternModel | str | list[str]) -> tuple[str, tuple[Pattern, ...]]:
    """Return how a condition is written in messages, and its patterns; none where the field has to be absent."""
    if isinstance(model, PatternModel):
        if (model.regex is None) == (model.absent is None):
            raise ValueError("this takes one of `regex` and `absent: true`")
        if model.regex is None:
            return "absent", ()
        _check_length(model.regex)
        pattern = compile_regex(model.regex)
        limit = "" if pattern.max_length == MAX_VALUE else f" in {pattern.max_length} characters at most"
        return f"/{model.regex}/{limit}", (pattern,)
    globs = [model] if isinstance(model, str) else model
    for glob in globs:
        _check_length(glob)
    if not globs:
        raise ValueError("an empty list is met by nothing; for a field that is not there, write {absent: true}")
    return " or ".join(f"`{glob}`" for glob in globs), tuple(compile_glob(glob) for glob in globs)


def _check_length(pattern: str) -> None:
    if len(pattern) > _MAX_PATTERN:
        raise ValueError(f"a pattern has {_MAX_PATTERN} characters at most; this has {len(pattern)}")
