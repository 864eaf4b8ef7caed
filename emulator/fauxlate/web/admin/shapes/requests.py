"""The bodies and queries that come: what a request to the admin API may hold."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from fauxlate.engine.sandboxes.sandbox import Signatures
from fauxlate.web.admin.shapes.fields import Duration, Moment, Rate, SandboxId

MAX_SCENARIOS = 16
"""Shipped scenarios that one body may lay over each other."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid", defer_build=True)


class InitialClock(_Body):
    """How the clock of a new sandbox runs, and where it starts; `rate` goes with the mode of that name."""

    mode: Literal["real", "frozen", "rate"] = "real"
    at: Moment | None = None
    rate: Annotated[float, Field(gt=0, le=1_000_000)] | None = None


class ReceiverSettings(_Body):
    """Where a client wants its callbacks; token and key are the sandbox's own unless given."""

    url: str = Field("", max_length=2000, examples=["http://127.0.0.1:9000/callback"])
    form: str = Field("", description="One of the provider's forms; the first of them unless given.")
    token: str = Field("", max_length=200)
    aes_key: str = Field("", max_length=200)


class ReceiverUpdate(ReceiverSettings):
    """The same, and whether the URL has to answer the provider's check before it is taken."""

    check: bool = True


class EventRequest(_Body):
    """An event of the console to send now."""

    event: str = Field(examples=["check_url", "suite_ticket", "ping", "disconnect"])


class NewSandbox(_Body):
    """A sandbox to create. What `clock`, `seed` and `quirks` say is laid over the scenario."""

    id: SandboxId | None = None
    scenario: str | Annotated[list[str], Field(max_length=MAX_SCENARIOS)] | dict[str, Any] | None = Field(
        None,
        description="A shipped scenario by its name, several with later ones over earlier ones, or one as an object.",
        examples=[{"rules": [{"on": "huawei.*", "times": 2, "then": {"drop": "reset"}}]}],
    )
    clock: InitialClock | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = Field(
        None, description="What ids and names are made from: the same seed and the same requests, the same answers."
    )
    quirks: dict[str, str] | None = Field(
        None,
        description="Choices by quirk; the catalog has them.",
        examples=[{"huawei.started_status": "BEGIN"}],
    )
    strict: bool = Field(default=False, description="Refuse credentials that belong to no sandbox.")
    signatures: Signatures = Field("verified", description="Whether the signatures of its credentials are checked.")
    idle: Duration | None = Field(None, description="How long it may stand unused before it is forgotten.")
    callbacks: dict[str, ReceiverSettings] | None = Field(
        None,
        description="Where its client wants callbacks, by provider.",
        examples=[{"dingtalk": {"url": "http://127.0.0.1:9000/callback"}}],
    )


class NewFork(_Body):
    """The sandbox that a fork makes."""

    id: SandboxId | None = None


class ClockChange(_Body):
    """A change of the clock; what it names happens in this order: how it runs, where it stands, how far it jumps."""

    model_config = ConfigDict(
        json_schema_extra={
            "not": {
                "required": ["mode", "rate"],
                "properties": {"mode": {"type": "string"}, "rate": {"type": "number"}},
            },
            "examples": [{"advance": "10m"}, {"mode": "frozen"}, {"rate": 60}, {"at": "2050-01-01T00:00:00Z"}],
        }
    )

    mode: Literal["real", "frozen"] | None = Field(None, description="Run as the wall clock does, or stand still.")
    rate: Rate | None = None
    at: Moment | None = Field(None, description="Show this time, which may not lie in the sandbox's past.")
    advance: Duration | None = Field(None, description="Jump forward by so much; what falls due on the way runs first.")


class EmptyBody(_Body):
    """No members."""


class ScenarioDocument(BaseModel):
    """A scenario: see `scenario.schema.json`."""

    model_config = ConfigDict(
        extra="allow",
        defer_build=True,
        json_schema_extra={
            "externalDocs": {"url": "scenario.schema.json", "description": "The JSON Schema of scenario files."},
            "examples": [{"rules": [{"on": "huawei.*", "times": 2, "then": {"drop": "reset"}}]}],
        },
    )


class JournalQuery(_Query):
    """Which entries: of one operation, job or HTTP status, after a number; the last `limit` of them."""

    operation: str | None = Field(None, description="Its name, with or without the provider's before it.")
    job: str | None = Field(None, description="The id of the job that the request was about.")
    status: int | None = Field(None, ge=100, le=599, description="The HTTP status of the answer.")
    after: int | None = Field(None, ge=0, description="Only entries whose number is greater.")
    limit: int = Field(1000, ge=1, le=1000)
    format: Literal["json", "har"] = Field("json", description="`har` gives an HTTP Archive.")


class CoverageQuery(_Query):
    """Which rows: of one kind; all that are documented, or only what has been served or missed."""

    kind: Literal["operation", "error", "state", "quirk", "fault"] | None = None
    only: Literal["served", "missed"] | None = None
