"""The shapes of the admin API: what its bodies and queries may hold, and what it tells."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from typing_extensions import TypedDict  # pydantic cannot read the one of Python 3.11

from fauxlate.engine.sandboxes.coverage import Kind
from fauxlate.engine.sandboxes.sandbox import Signatures
from fauxlate.engine.timing.clock import Mode
from fauxlate.engine.timing.durations import MAX_DURATION, parse_duration
from fauxlate.web.admin import journal, openapi

_MOST_STACKED = 16
"""Shipped scenarios that one body may lay over each other."""


EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9899, 1, 1, tzinfo=UTC)
"""Where a clock may be set, so that whatever is reckoned from it, for a hundred years at most, has a date."""


def _moment(text: object) -> object:
    """Return the time that `text` tells, in UTC where it names no zone; anything but text as it is."""
    if not isinstance(text, str):
        return text
    try:
        told = datetime.fromisoformat(text.upper())  # RFC 3339 has small letters too
    except ValueError:
        raise ValueError(f"`{text[:80]}` is not a time; write for example 2026-01-01T00:00:00Z") from None
    told = told if told.tzinfo is not None else told.replace(tzinfo=UTC)
    if not EARLIEST <= told <= LATEST:
        raise ValueError(f"`{text[:80]}` is out of range; a clock shows {EARLIEST:%Y-%m-%d} to {LATEST:%Y-%m-%d}")
    return told


_LENGTH = {
    "anyOf": [
        {"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+$"},
        {"type": "number", "minimum": 0, "maximum": MAX_DURATION},
    ],
    "description": "Seconds, or a text such as `250ms`, `2s`, `10m`, `1h30m` or `3d`; a hundred years at most.",
    "examples": ["10m", 600],
}
Length = Annotated[str | float, AfterValidator(parse_duration), WithJsonSchema(_LENGTH)]
Moment = Annotated[datetime, BeforeValidator(_moment), Field(examples=["2026-01-01T00:00:00Z"])]
Name = Annotated[
    str,
    Field(
        pattern=openapi.SANDBOX_ID,
        description="Small letters, digits and dashes, 63 at most; without it one is made up.",
        examples=["checkout-tests"],
    ),
]
Rate = Annotated[float, Field(ge=0, le=1_000_000, description="Seconds that pass in a second; 0 stands still.")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid", defer_build=True)


class Start(_Body):
    """How the clock of a new sandbox runs, and where it starts; `rate` goes with the mode of that name."""

    mode: Literal["real", "frozen", "rate"] = "real"
    at: Moment | None = None
    rate: Annotated[float, Field(gt=0, le=1_000_000)] | None = None


class Wanted(_Body):
    """Where a client wants its callbacks; token and key are the sandbox's own unless given."""

    url: str = Field("", max_length=2000, examples=["http://127.0.0.1:9000/callback"])
    form: str = Field("", description="One of the provider's forms; the first of them unless given.")
    token: str = Field("", max_length=200)
    aes_key: str = Field("", max_length=200)


class Checked(Wanted):
    """The same, and whether the URL has to answer the provider's check before it is taken."""

    check: bool = True


class OnDemand(_Body):
    """An event of the console to send now."""

    event: str = Field(examples=["check_url", "suite_ticket", "ping", "disconnect"])


class NewSandbox(_Body):
    """A sandbox to create. What `clock`, `seed` and `quirks` say is laid over the scenario."""

    id: Name | None = None
    scenario: str | Annotated[list[str], Field(max_length=_MOST_STACKED)] | dict[str, Any] | None = Field(
        None,
        description="A shipped scenario by its name, several with later ones over earlier ones, or one as an object.",
        examples=[{"rules": [{"on": "huawei.*", "times": 2, "then": {"drop": "reset"}}]}],
    )
    clock: Start | None = None
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
    idle: Length | None = Field(None, description="How long it may stand unused before it is forgotten.")
    callbacks: dict[str, Wanted] | None = Field(
        None,
        description="Where its client wants callbacks, by provider.",
        examples=[{"dingtalk": {"url": "http://127.0.0.1:9000/callback"}}],
    )


class Fork(_Body):
    """The sandbox that a fork makes."""

    id: Name | None = None


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
    advance: Length | None = Field(None, description="Jump forward by so much; what falls due on the way runs first.")


class Nothing(_Body):
    """No members."""


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


Timestamp = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class ProviderTables(TypedDict):
    """The tables of one provider."""

    title: str
    operations: list[dict[str, Any]]
    events: list[dict[str, Any]]
    lifecycles: list[dict[str, Any]]
    quirks: list[dict[str, Any]]


class ClockState(TypedDict):
    """A sandbox's clock: its time as `now`, and in seconds as `epoch`; `rate` is seconds a second."""

    mode: Mode
    rate: float
    now: Timestamp
    epoch: float


class SandboxState(TypedDict):
    """A sandbox; `credentials` are what clients have to be told, by provider, as `fauxlate env --json` prints them."""

    id: str
    clock: ClockState
    seed: int
    strict: bool
    signatures: Signatures
    idle: float | None
    about: str
    quirks: dict[str, str]
    credentials: dict[str, dict[str, str]]


class SandboxList(TypedDict):
    """Every sandbox."""

    sandboxes: list[SandboxState]


class JobState(TypedDict):
    """A job: where it stands, and the course that it takes.

    `last` says that it is in its last state, `gone` that its result is no longer kept.
    """

    id: str
    nth: int
    lifecycle: str
    owner: str
    created: Timestamp
    state: str
    since: Timestamp
    last: bool
    gone: bool
    error: str | None
    timeline: list[str]
    polls: int
    told: dict[str, Any]


class JobList(TypedDict):
    """The jobs of a sandbox, in the order in which they were made."""

    jobs: list[JobState]


class DeletedSandbox(TypedDict):
    """What a deleted sandbox leaves: jobs that had not ended, and rules that no call ever met."""

    id: str
    unfinished: list[JobState]
    unused: list[str]


class JournalPage(TypedDict):
    """Entries, oldest first, and how many there have been."""

    written: int
    entries: list[journal.JournalEntry]


class CoverageRow(TypedDict):
    """Something documented, and how often it was served."""

    kind: Kind
    name: str
    served: int
    evidence: NotRequired[str]
    source: NotRequired[str]


class CoverageSum(TypedDict):
    """How many there are in the documents, and how many of those were served."""

    documented: int
    served: int


class CoverageReport(TypedDict):
    """Rows, and their sum by kind."""

    summary: dict[Kind, CoverageSum]
    rows: list[CoverageRow]


class ShippedScenario(TypedDict):
    """A shipped scenario."""

    name: str
    about: str


class ShippedScenarioList(TypedDict):
    """The shipped scenarios."""

    scenarios: list[ShippedScenario]


class ReceiverState(TypedDict):
    """Where a client is told, and in which form."""

    form: str
    url: str
    token: str
    aes_key: str


class CallbacksState(TypedDict):
    """Who is told, by provider; how many connections are open, and of how many jobs the end is yet to be told."""

    receivers: dict[str, ReceiverState]
    connections: int
    expected: int


class AttemptResult(TypedDict):
    """What came of an event that was sent: the client's status, 0 for none, and why it does not count, if so."""

    event: str
    form: str
    status: int
    acknowledged: bool
    refusal: str | None
