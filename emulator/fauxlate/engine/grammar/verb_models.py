"""The grammar of verbs, as models: what a rule of a scenario file may do, and how each of it is written."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from fauxlate.engine.exchange.faults import BodyKind, DropKind
from fauxlate.engine.scenarios.effects import CallbackKind
from fauxlate.engine.timing.timeline import Progress


class Model(BaseModel):
    """A mapping with these keys and no others; numbers where text is wanted are taken as written."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class FailModel(Model):
    """Answer with a documented error. `status` is for a code that no document has (`undocumented: true`)."""

    code: str = Field(
        description="The documented code, or `code#variant` where a table has several rows of it.",
        examples=["NLP.6302"],
    )
    message: str | None = Field(
        None, description="A text to send instead of the documented one.", examples=["Try again later."]
    )
    status: int | None = Field(
        None,
        ge=200,
        le=599,
        description="Another HTTP status than the documented one; wants `undocumented: true` in the rule.",
        examples=[503],
    )


class DelayModel(Model):
    """Answer later, by real time or by the sandbox's clock: `2s`, `uniform(1s, 3s)`, `normal(200ms, 50ms)`, …."""

    for_: str = Field(
        alias="for", description="A duration or a distribution of durations.", examples=["2s", "uniform(1s, 3s)"]
    )
    clock: Literal["real", "sandbox"] = Field(
        "real", description="Whose time: the wall clock's, or the sandbox's, which can be moved.", examples=["sandbox"]
    )


class DropModel(Model):
    """Break the connection before or after the operation has run; a stall lasts `for` so long."""

    how: DropKind = Field(
        description="`reset` sends a TCP reset, `empty` closes without a byte, `stall` says nothing and then closes.",
        examples=["reset"],
    )
    when: Literal["before", "after"] = Field(
        "before", description="Before the operation has run (no job), or after it (there is one).", examples=["after"]
    )
    for_: str = Field("1h", alias="for", description="How long a `stall` lasts.", examples=["30s"])


class BodyModel(Model):
    """Spoil the body of the answer; a dribble lasts `for` so long."""

    how: BodyKind = Field(
        description="`truncated` promises more bytes than come, `garbage` is no text, `malformed` no JSON, `html` a "
        "page with status 502, `dribble` the right answer in small pieces.",
        examples=["truncated"],
    )
    for_: str = Field("2s", alias="for", description="How long a `dribble` lasts.", examples=["10s"])


class TimelineModel(Model):
    """Give the job that the call creates another course: `steps` in order, `kept` so long after its end."""

    steps: list[str] | None = Field(
        None,
        min_length=1,
        description="The states in order, each with how long it lasts: a duration, `2 polls`, `manual`, or nothing "
        "for ever; the documented course without it. A failing state may name its error code.",
        examples=[["WAITING 2s", "BGEIN 1m", "ERROR NLP.6308"]],
    )
    kept: str | None = Field(
        None, description="How long the result is kept after the job's end.", examples=["0s", "24h"]
    )
    progress: Progress = Field(
        "time",
        description="What ends a state that lasts a time: the time, one poll, `POST …/jobs/{job}/move`, or nothing "
        "at all, so that the job ends at once.",
        examples=["polls"],
    )


class RespondModel(Model):
    """Answer with this instead of anything documented; a `body` that is no text is sent as JSON."""

    status: int = Field(200, ge=200, le=599, description="The HTTP status.", examples=[503])
    headers: dict[str, str] = Field(
        default_factory=dict, description="Headers to send.", examples=[{"Retry-After": "120"}]
    )
    body: Any = Field("", description="A text, or anything else to be sent as JSON.", examples=["Service Unavailable"])
    media_type: str | None = Field(
        None,
        description="The content type; `text/plain` for a text and `application/json` for anything else without it.",
        examples=["text/html"],
    )


class ThrottleModel(Model):
    """Refuse what goes over `rate` (such as `20/s`), or the `next` so many calls; with `code`, by another error."""

    rate: str | None = Field(
        None, description="How many calls pass in a window of the sandbox's clock.", examples=["20/s", "100/5m"]
    )
    next: int | None = Field(None, ge=1, description="How many calls to refuse from now on.", examples=[2])
    code: str | None = Field(
        None,
        description="The documented error to refuse with; the provider's own for too many calls without it.",
        examples=["NLP.6302"],
    )


class CallbackModel(Model):
    """Do something to the callback at the job's end: `times` tries lost or missigned, or copies; late by `for`."""

    how: CallbackKind = Field(
        description="`lost`: no attempt arrives. `late`: it comes `for` so long after the end of the job. "
        "`duplicated`: each attempt is sent again. `reordered`: it waits until another callback of the sandbox has "
        "been sent. `early`: it comes before the call that starts the job is answered. `missigned`: its signature "
        "is wrong.",
        examples=["late"],
    )
    times: int | None = Field(
        None,
        ge=1,
        le=100,
        description="How many attempts are lost or missigned (all without it), or how many copies are sent (2).",
        examples=[1],
    )
    for_: str | None = Field(
        None,
        alias="for",
        description="How late, for `late`: a duration or a distribution; 10m without it.",
        examples=["1m"],
    )


def _short(model: type[Model], key: str, kind: Any) -> Any:
    """Return the type of a verb that may be written shortly, as the value of its `key`."""

    def lengthen(value: object) -> object:
        return value if isinstance(value, dict | Model) or value is None else {key: value}

    return Annotated[model | None, BeforeValidator(lengthen, json_schema_input_type=model | kind)]


class ThenModel(Model):
    """What a rule does; each entry names one verb."""

    fail: _short(FailModel, "code", str) = Field(  # type: ignore[valid-type]
        None, description="Answer with a documented error: its code, or a mapping.", examples=["NLP.6302"]
    )
    delay: _short(DelayModel, "for", str) = Field(  # type: ignore[valid-type]
        None, description="Answer later: a duration, or a mapping.", examples=["2s"]
    )
    drop: _short(DropModel, "how", DropKind) = Field(  # type: ignore[valid-type]
        None,
        description="Break the connection: how, or a mapping.",
        examples=["reset", {"how": "reset", "when": "after"}],
    )
    body: _short(BodyModel, "how", BodyKind) = Field(  # type: ignore[valid-type]
        None, description="Spoil the body of the answer: how, or a mapping.", examples=["truncated"]
    )
    timeline: _short(TimelineModel, "steps", list[str]) = Field(  # type: ignore[valid-type]
        None,
        description="Give the job that the call creates another course: its steps, or a mapping.",
        examples=[["WAITING 2s", "ERROR NLP.6308"]],
    )
    patch: dict[str, Any] | None = Field(
        None,
        description="Merge this into the JSON of the documented answer (RFC 7396: null takes a member out).",
        examples=[{"Message": None}],
    )
    respond: RespondModel | None = Field(
        None,
        description="Answer with this and nothing of the documents.",
        examples=[{"status": 503, "body": "Service Unavailable"}],
    )
    throttle: _short(ThrottleModel, "rate", str) = Field(  # type: ignore[valid-type]
        None, description="Refuse calls above a rate: the rate, or a mapping.", examples=["20/s", {"next": 2}]
    )
    callback: _short(CallbackModel, "how", CallbackKind) = Field(  # type: ignore[valid-type]
        None, description="Do something to the callback at the end of the job: how, or a mapping.", examples=["lost"]
    )
