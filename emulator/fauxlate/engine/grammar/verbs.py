"""Compiling of verbs: from a rule's verb to its effect, checked against the tables of the operation that it is on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from fauxlate.engine.exchange.faults import BodyFault, Drop
from fauxlate.engine.exchange.headers import header_value, is_header_name
from fauxlate.engine.exchange.reply import JSON, encode_json
from fauxlate.engine.grammar.verb_models import (
    BodyModel,
    CallbackModel,
    DelayModel,
    DropModel,
    FailModel,
    RespondModel,
    ThrottleModel,
    TimelineModel,
)
from fauxlate.engine.scenarios import effects
from fauxlate.engine.scenarios.distributions import parse_distribution
from fauxlate.engine.scenarios.effects import Effect
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.tables.errors import ErrorRow
from fauxlate.engine.tables.evidence import Evidence
from fauxlate.engine.timing.durations import parse_duration, parse_rate
from fauxlate.engine.timing.timeline import with_progress
from fauxlate.errors import FauxlateError


class VerbError(FauxlateError, ValueError):
    """A verb that does not fit its operation, or whose value is wrong."""


class RuleTarget:
    """The operation that a verb is compiled for. `undocumented` allows what no table has."""

    def __init__(self, provider: Provider, operation: Operation, *, undocumented: bool) -> None:
        self.provider = provider
        self.operation = operation
        self.undocumented = undocumented

    @property
    def name(self) -> str:
        """The operation's name, with its provider's."""
        return f"{self.provider.name}.{self.operation.name}"

    def error(self, code: str) -> ErrorRow:
        """Return the error of that code, the operation's or a general one. Raises `VerbError` where there is none."""
        row = self.provider.find_error(self.operation, code)
        if row is None:
            groups = self.provider.error_groups[self.operation.family]
            general = [error.key for error in self.provider.general_errors if error.group in groups]
            codes = [*self.provider.error_rows(self.operation), *general]
            raise VerbError(
                f"`{code}` is not a documented error of {self.name}.{did_you_mean(code, codes)} "
                f"`fauxlate catalog {self.provider.name}` lists them; a rule with `undocumented: true` may use others."
            )
        return row

    def general_row(self, row: ErrorRow) -> ErrorRow | None:
        """Return `row` where it is a general one; None where it is the operation's, which is found by its key."""
        return None if row.key in self.provider.error_rows(self.operation) else row


def _fail(model: FailModel, target: RuleTarget) -> Effect:
    if target.undocumented and target.provider.find_error(target.operation, model.code) is None:
        row = ErrorRow(
            key=model.code,
            code=model.code,
            group=target.provider.error_groups[target.operation.family][0],
            status=model.status or 500,
            message=model.message or "",
            operations=frozenset({target.operation.name}),
            source="a scenario",
            evidence=Evidence.ASSUMED,
        )
        return effects.Fail(model.code, row=row)
    row = target.error(model.code)
    if model.status is None:
        return effects.Fail(model.code, model.message, target.general_row(row))
    if not target.undocumented:
        raise VerbError(f"`{model.code}` has a documented status; another one wants `undocumented: true` in the rule.")
    return effects.Fail(model.code, model.message, replace(row, status=model.status, listed_status=None))


def _delay(model: DelayModel, _: RuleTarget) -> Effect:
    return effects.Delay(parse_distribution(model.for_), model.clock)


def _drop(model: DropModel, _: RuleTarget) -> Effect:
    return Drop(model.how, after=model.when == "after", seconds=parse_duration(model.for_))


def _body(model: BodyModel, _: RuleTarget) -> Effect:
    return BodyFault(model.how, parse_duration(model.for_))


def _timeline(model: TimelineModel, target: RuleTarget) -> Effect:
    lifecycle = target.operation.lifecycle
    if lifecycle is None or not target.operation.creates_job:
        creators = [operation.name for operation in target.provider.operations if operation.creates_job]
        raise VerbError(f"{target.name} creates no job; a timeline goes on {', '.join(creators)}")
    codes = {
        key
        for operation in target.provider.operations
        if operation.lifecycle is lifecycle and operation.response is not None
        for key in target.provider.error_rows(operation)
    }
    timeline = lifecycle.default_timeline() if model.steps is None else lifecycle.parse_timeline(model.steps, codes)
    if model.kept is not None:
        timeline = replace(timeline, retention=parse_duration(model.kept))
    return effects.SetTimeline(with_progress(timeline, model.progress))


def _patch(merge: Mapping[str, Any], target: RuleTarget) -> Effect:
    if target.operation.response is None:
        raise VerbError(f"{target.name} answers with bytes that are no JSON; there is nothing to merge into")
    return effects.Patch(merge)


_SERVER_HEADERS = frozenset({"transfer-encoding", "content-length", "connection", "content-encoding"})


def _respond(model: RespondModel, _: RuleTarget) -> Effect:
    headers = dict(model.headers)
    media_type = model.media_type
    if media_type is not None and header_value(media_type) != media_type:
        raise VerbError(
            f"`media_type` is {media_type!r:.60}: it holds a character that no header can carry; write a type such as "
            "text/plain in one line"
        )
    for name, value in model.headers.items():
        if not is_header_name(name) or header_value(value) != value or name.lower() in _SERVER_HEADERS:
            raise VerbError(
                f"the header {name!r:.60} cannot be sent so: {value!r:.60}; a name is one word, a value one line without "
                "control characters, and length and encoding are the server's"
            )
        if name.lower() == "content-type":
            media_type = media_type or headers.pop(name)
    if isinstance(model.body, str):
        return effects.Respond(model.status, model.body.encode(), media_type or "text/plain", headers)
    return effects.Respond(model.status, encode_json(model.body), media_type or JSON, headers)


def _throttle(model: ThrottleModel, target: RuleTarget) -> Effect:
    if (model.rate is None) == (model.next is None):
        raise VerbError("a throttle has either a `rate` such as 20/s, or the number of the `next` calls to refuse")
    key = model.code or target.provider.throttling_errors.get(target.operation.family)
    if key is None:
        raise VerbError(f"no document has an error for too many calls of {target.name}; name one as `code`")
    row, is_default = target.general_row(target.error(key)), model.code is None
    if model.rate is None:
        return effects.Throttle(key, is_default=is_default, row=row)
    limit, window = parse_rate(model.rate)
    return effects.Throttle(key, limit, window, is_default, row)


_DEFAULT_LATENESS = "10m"
_DEFAULT_COPIES = 2


def _callback(model: CallbackModel, target: RuleTarget) -> Effect:
    event = target.operation.event
    if event is None:
        names = [operation.name for operation in target.provider.operations if operation.event is not None]
        hint = f"a callback goes on {', '.join(names)}" if names else f"{target.provider.name} has no callbacks"
        raise VerbError(f"nobody is called back by {target.name}; {hint}")
    if model.how == "missigned" and not any(form.is_signed for form in event.forms):
        raise VerbError(f"`{event.name}`, the callback of {target.name}, carries no signature")
    if model.for_ is not None and model.how != "late":
        raise VerbError(f"`for` says how late a callback is; `{model.how}` takes none")
    if model.times is not None and model.how in ("late", "reordered", "early"):
        raise VerbError(f"`times` counts tries that are lost or missigned, or copies; `{model.how}` takes none")
    if model.how == "duplicated":
        return effects.CallbackFault("duplicated", model.times or _DEFAULT_COPIES)
    if model.how == "late":
        return effects.CallbackFault("late", delay=parse_distribution(model.for_ or _DEFAULT_LATENESS))
    return effects.CallbackFault(model.how, model.times)


VERBS: dict[str, Callable[[Any, RuleTarget], Effect]] = {
    "fail": _fail,
    "delay": _delay,
    "drop": _drop,
    "body": _body,
    "timeline": _timeline,
    "patch": _patch,
    "respond": _respond,
    "throttle": _throttle,
    "callback": _callback,
}
