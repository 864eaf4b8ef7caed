"""The grammar of scenario files, as models: what may stand where, and the JSON Schema that editors read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from fauxlate.engine.grammar.verb_models import (
    BodyModel,
    CallbackModel,
    DelayModel,
    DropModel,
    FailModel,
    Model,
    RespondModel,
    ThenModel,
    ThrottleModel,
    TimelineModel,
)
from fauxlate.engine.scenarios.contacts import Language
from fauxlate.engine.scenarios.rules import Per

MAX_RULES, MAX_LISTED = 1000, 100
"""Rules of a scenario; operations, conditions and verbs of one rule."""
SCHEMA_ID = "https://raw.githubusercontent.com/fauxlate/fauxlate/main/scenarios/scenario.schema.json"
"""What names the schema of scenario files; editors find it under this name in SchemaStore's catalog."""


class ClockModel(Model):
    """How the sandbox's time runs: `real`, `frozen`, or at a `rate` (seconds a second); `at` is where it starts."""

    mode: Literal["real", "frozen", "rate"] = Field(
        "real", description="Run with the wall clock, stand still, or run at a `rate`.", examples=["frozen"]
    )
    at: datetime | None = Field(
        None,
        description="The time that the clock starts at, in UTC unless it names a zone; the wall clock's without it.",
        examples=["2026-01-01T00:00:00Z"],
    )
    rate: float | None = Field(
        None, gt=0, le=1_000_000, description="Seconds that pass in one second, with `mode: rate`.", examples=[60]
    )


class PatternModel(Model):
    """A condition that is no plain pattern: a `regex` for the whole value, or that the field is `absent`."""

    regex: str | None = Field(
        None,
        description="A regular expression that has to match the whole value, of which the first 10000 characters are "
        "looked at. One that Python would match in many ways is matched by RE2, in linear time, where `fauxlate[re2]` is "
        "installed (`\\d`, `\\s` and `\\w` are ASCII's there). Without it, one that repeats what varies, as `(a+)+` does, "
        "is refused, and where several repetitions can meet the same text, long values never match: over 4469 "
        "characters with two, over 389 with three.",
        examples=["report-[0-9]+\\.txt"],
    )
    absent: Literal[True] | None = Field(None, description="The field is not there.", examples=[True])


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _as_text(value: object) -> object:
    return ("true" if value else "false") if isinstance(value, bool) else value


Word = Annotated[str, BeforeValidator(_as_text)]
Names = Annotated[
    list[str],
    Field(min_length=1, max_length=MAX_LISTED),
    BeforeValidator(_listed, json_schema_input_type=str | list[str]),
]
Verbs = Annotated[
    list[ThenModel],
    Field(min_length=1, max_length=MAX_LISTED),
    BeforeValidator(_listed, json_schema_input_type=ThenModel | list[ThenModel]),
]


class RuleModel(Model):
    """One rule: `on` which operations, `when` what holds, how often, and what `then`."""

    on: Names = Field(
        description="The operations, as `provider.Operation`; `*` and `?` are wild cards.",
        examples=["huawei.RunFileTranslation", ["dingtalk.*", "alibaba.Get*"]],
    )
    when: dict[str, PatternModel | Word | list[Word]] = Field(
        default_factory=dict,
        max_length=MAX_LISTED,
        description="Conditions that all have to hold, by field: `path.…`, `query.…`, `header.…`, `body.…`, or "
        "`job.id`, `job.state`, `job.nth`, `job.file`, `job.source`, `job.target`. A value may have wild cards; a "
        "list is any of its values.",
        examples=[{"body.type": "docx"}, {"job.nth": ["1", "3"], "header.x-tenant": {"absent": True}}],
    )
    times: int | None = Field(None, ge=1, description="Apply so many times at most.", examples=[2])
    skip: int = Field(0, ge=0, description="Let the first so many matching calls go by.", examples=[1])
    every: int = Field(1, ge=1, description="Apply to every n-th matching call.", examples=[3])
    chance: float = Field(
        1.0, gt=0, le=1, description="Apply with this probability, drawn from the seed.", examples=[0.05]
    )
    per: Per = Field(
        "sandbox",
        description="What is counted: calls of the sandbox, of each job, or of each request, so that a retry counts on.",
        examples=["job"],
    )
    undocumented: bool = Field(
        default=False, description="Allow codes and statuses that no document has.", examples=[True]
    )
    then: Verbs = Field(
        description="What happens: one verb, or a list of them in order.",
        examples=[{"fail": "NLP.6302"}, [{"delay": "100ms"}, {"drop": "reset"}]],
    )


class PersonModel(Model):
    """Somebody in the directory; what is left out is made up."""

    name: str = Field(min_length=1, description="The name that replaces the id.", examples=["张三"])
    union_id: str | None = Field(
        None, alias="unionId", min_length=1, description="The union id.", examples=["z21HjQliSzpw0Y"]
    )
    mobile: str | None = Field(None, min_length=1, description="The mobile number.", examples=["15012349144"])
    email: str | None = Field(None, min_length=1, description="The address.", examples=["zhang@example.com"])


def _named(value: object) -> object:
    return value if isinstance(value, dict | Model) else {"name": value}


Listed = Annotated[PersonModel, BeforeValidator(_named, json_schema_input_type=PersonModel | str)]


class DirectoryModel(Model):
    """The corp's directory, by id. What `users` or `departments` lists is all of its kind that is in contact scope.

    The first user is the one who logs in. Without them every id is in scope, and has a name made up in one of the
    `languages`.
    """

    users: dict[str, Listed] | None = Field(
        None, description="People by user id: a name, or a mapping.", examples=[{"manager01": "张三"}]
    )
    departments: dict[str, Annotated[str, Field(min_length=1)]] | None = Field(
        None, description="Names of departments by their id, a number.", examples=[{"1": "总部"}]
    )
    languages: list[Language] = Field(
        default_factory=list,
        description="The languages of names that are made up; Chinese, English and Japanese without it.",
        examples=[["ko", "de", "ar"]],
    )


class ScenarioModel(Model):
    """A scenario file."""

    schema_: str | None = Field(
        None,
        alias="$schema",
        description="For editors; nothing else looks at it.",
        examples=[SCHEMA_ID],
    )
    extends: Names | None = Field(
        None,
        description="Scenarios to lay this one over: shipped names, or files seen from this one.",
        examples=["huawei/busy-twice-then-fine", ["base.yaml", "slow.yaml"]],
    )
    about: str = Field("", description="What happens, in a sentence.", examples=["The service is busy twice."])
    source: str = Field("", description="Where it is documented or seen.", examples=["nlp_03_0021 (NLP.6302)"])
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = Field(
        None, description="What ids, names and chance are drawn from.", examples=[7]
    )
    clock: ClockModel | None = Field(None, description="How the clock runs.", examples=[{"mode": "frozen"}])
    quirks: dict[str, str] = Field(
        default_factory=dict, description="Choices by quirk.", examples=[{"huawei.started_status": "BEGIN"}]
    )
    lifecycles: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="By kind of job: how long each state lasts, how long the result is `kept`, how long a `link` to "
        "it is good, and what ends a state (`progress`: time, polls, manual or immediate).",
        examples=[{"alibaba.image_batch": {"created": "1 poll", "running": "2 polls", "kept": "1h"}}],
    )
    directory: DirectoryModel | None = Field(
        None, description="The people and departments of DingTalk's corp.", examples=[{"users": {"manager01": "张三"}}]
    )
    rules: list[RuleModel] = Field(
        default_factory=list,
        max_length=MAX_RULES,
        description="What goes wrong. The first rule that applies to a call decides.",
        examples=[[{"on": "huawei.RunFileTranslation", "times": 2, "then": {"fail": "NLP.6302"}}]],
    )


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
        "$id": SCHEMA_ID,
        "title": "Fauxlate scenario",
        **ScenarioModel.model_json_schema(by_alias=True),
    }
