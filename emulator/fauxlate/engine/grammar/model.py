"""The grammar of scenario files, as models: what may stand where, and the JSON Schema that editors read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from fauxlate.engine.exchange.faults import BodyKind, DropKind
from fauxlate.engine.scenarios.contacts import Language
from fauxlate.engine.scenarios.effects import CallbackKind
from fauxlate.engine.scenarios.scenario import Per
from fauxlate.engine.timing.timeline import Progress


class Model(BaseModel):
    """A mapping with these keys and no others; numbers where text is wanted are taken as written."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class ClockModel(Model):
    """How the sandbox's time runs: `real`, `frozen`, or at a `rate` (seconds a second); `at` is where it starts."""

    mode: Literal["real", "frozen", "rate"] = "real"
    at: datetime | None = None
    rate: float | None = Field(None, gt=0, le=1_000_000)


class FailModel(Model):
    """Answer with a documented error. `status` is for a code that no document has (`undocumented: true`)."""

    code: str
    message: str | None = None
    status: int | None = Field(None, ge=200, le=599)


class DelayModel(Model):
    """Answer later, by real time or by the sandbox's clock: `2s`, `uniform(1s, 3s)`, `normal(200ms, 50ms)`, …."""

    for_: str = Field(alias="for")
    clock: Literal["real", "sandbox"] = "real"


class DropModel(Model):
    """Break the connection before or after the operation has run; a stall lasts `for` so long."""

    how: DropKind
    when: Literal["before", "after"] = "before"
    for_: str = Field("1h", alias="for")


class BodyModel(Model):
    """Spoil the body of the answer; a dribble lasts `for` so long."""

    how: BodyKind
    for_: str = Field("2s", alias="for")


class TimelineModel(Model):
    """Give the job that the call creates another course: `steps` in order, `kept` so long after its end."""

    steps: list[str] | None = Field(None, min_length=1)
    kept: str | None = None
    progress: Progress = "time"


class RespondModel(Model):
    """Answer with this instead of anything documented; a `body` that is no text is sent as JSON."""

    status: int = Field(200, ge=200, le=599)
    headers: dict[str, str] = Field(default_factory=dict)
    body: Any = ""
    media_type: str | None = None


class ThrottleModel(Model):
    """Refuse what goes over `rate` (such as `20/s`), or the `next` so many calls; with `code`, by another error."""

    rate: str | None = None
    next: int | None = Field(None, ge=1)
    code: str | None = None


class CallbackModel(Model):
    """Do something to the callback at the job's end: `times` tries lost or missigned, or copies; late by `for`."""

    how: CallbackKind
    times: int | None = Field(None, ge=1, le=100)
    for_: str | None = Field(None, alias="for")


def _short(model: type[Model], key: str, kind: Any) -> Any:
    """Return the type of a verb that may be written shortly, as the value of its `key`."""

    def lengthen(value: object) -> object:
        return value if isinstance(value, dict | Model) or value is None else {key: value}

    return Annotated[model | None, BeforeValidator(lengthen, json_schema_input_type=model | kind)]


class ThenModel(Model):
    """What a rule does; each entry names one verb."""

    fail: _short(FailModel, "code", str) = None  # type: ignore[valid-type]
    delay: _short(DelayModel, "for", str) = None  # type: ignore[valid-type]
    drop: _short(DropModel, "how", DropKind) = None  # type: ignore[valid-type]
    body: _short(BodyModel, "how", BodyKind) = None  # type: ignore[valid-type]
    timeline: _short(TimelineModel, "steps", list[str]) = None  # type: ignore[valid-type]
    patch: dict[str, Any] | None = None
    respond: RespondModel | None = None
    throttle: _short(ThrottleModel, "rate", str) = None  # type: ignore[valid-type]
    callback: _short(CallbackModel, "how", CallbackKind) = None  # type: ignore[valid-type]


class PatternModel(Model):
    """A condition that is no plain pattern: a `regex` for the whole value, or that the field is `absent`."""

    regex: str | None = None
    absent: Literal[True] | None = None


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _as_text(value: object) -> object:
    return ("true" if value else "false") if isinstance(value, bool) else value


Word = Annotated[str, BeforeValidator(_as_text)]
Names = Annotated[list[str], Field(min_length=1), BeforeValidator(_listed, json_schema_input_type=str | list[str])]
Verbs = Annotated[
    list[ThenModel],
    Field(min_length=1),
    BeforeValidator(_listed, json_schema_input_type=ThenModel | list[ThenModel]),
]


class RuleModel(Model):
    """One rule: `on` which operations, `when` what holds, how often, and what `then`."""

    on: Names
    when: dict[str, PatternModel | Word | list[Word]] = Field(default_factory=dict)
    times: int | None = Field(None, ge=1)
    skip: int = Field(0, ge=0)
    every: int = Field(1, ge=1)
    chance: float = Field(1.0, gt=0, le=1)
    per: Per = "sandbox"
    undocumented: bool = False
    then: Verbs


class PersonModel(Model):
    """Somebody in the directory; what is left out is made up."""

    name: str = Field(min_length=1)
    union_id: str | None = Field(None, alias="unionId", min_length=1)
    mobile: str | None = Field(None, min_length=1)
    email: str | None = Field(None, min_length=1)


def _named(value: object) -> object:
    return value if isinstance(value, dict | Model) else {"name": value}


Listed = Annotated[PersonModel, BeforeValidator(_named, json_schema_input_type=PersonModel | str)]


class DirectoryModel(Model):
    """The corp's directory, by id. What `users` or `departments` lists is all of its kind that is in contact scope.

    The first user is the one who logs in. Without them every id is in scope, and has a name made up in one of the
    `languages`.
    """

    users: dict[str, Listed] | None = None
    departments: dict[str, Annotated[str, Field(min_length=1)]] | None = None
    languages: list[Language] = Field(default_factory=list)


class ScenarioModel(Model):
    """A scenario file."""

    schema_: str | None = Field(None, alias="$schema")
    extends: Names | None = None
    about: str = ""
    source: str = ""
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    clock: ClockModel | None = None
    quirks: dict[str, str] = Field(default_factory=dict)
    lifecycles: dict[str, dict[str, str]] = Field(default_factory=dict)
    directory: DirectoryModel | None = None
    rules: list[RuleModel] = Field(default_factory=list)


MODELS: dict[str, type[Model]] = {
    "clock": ClockModel,
    "directory": DirectoryModel,
    "users": PersonModel,
    "rules": RuleModel,
    "then": ThenModel,
    "fail": FailModel,
    "delay": DelayModel,
    "drop": DropModel,
    "body": BodyModel,
    "timeline": TimelineModel,
    "respond": RespondModel,
    "throttle": ThrottleModel,
    "callback": CallbackModel,
}
"""Which model a key's mapping follows, so that a wrong key can be told which ones there are."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Fauxlate scenario",
        **ScenarioModel.model_json_schema(by_alias=True),
    }
