"""The bodies that go: what the admin API answers."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict  # pydantic cannot read the one of Python 3.11

from fauxlate.engine.sandboxes.coverage import Kind
from fauxlate.engine.sandboxes.sandbox import Signatures
from fauxlate.engine.timing.clock import Mode
from fauxlate.web.admin.journal.entries import JournalEntry

Timestamp = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class ErrorBody(BaseModel):
    """What came, why it is refused, and what to do."""

    model_config = ConfigDict(extra="allow", defer_build=True)
    message: str


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
    """A sandbox; `credentials` are what a client needs, by provider, as `fauxlate env --json` prints them."""

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

    `last` says that it is in its last state, `gone` that its result is no longer kept. `told` holds what conditions of
    scenarios can match.
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
    """The jobs of a sandbox, in the order in which they were created."""

    jobs: list[JobState]


class DeletedSandbox(TypedDict):
    """What a deleted sandbox leaves: jobs that had not ended, and rules that no call ever met."""

    id: str
    unfinished: list[JobState]
    unused: list[str]


class JournalPage(TypedDict):
    """Entries, oldest first; `written` is how many there have been since the beginning."""

    written: int
    entries: list[JournalEntry]


class CoverageRow(TypedDict):
    """A row of the documents, and how often it was served."""

    kind: Kind
    name: str
    served: int
    evidence: NotRequired[str]
    source: NotRequired[str]


class CoverageSummary(TypedDict):
    """How many rows the documents have, and how many of those were served."""

    documented: int
    served: int


class CoverageReport(TypedDict):
    """Rows, and their summary by kind."""

    summary: dict[Kind, CoverageSummary]
    rows: list[CoverageRow]


class ShippedScenario(TypedDict):
    """A shipped scenario."""

    name: str
    about: str


class ShippedScenarioList(TypedDict):
    """The shipped scenarios."""

    scenarios: list[ShippedScenario]


class ReceiverState(TypedDict):
    """Where a client gets its callbacks, and in which form."""

    form: str
    url: str
    token: str
    aes_key: str


class CallbacksState(TypedDict):
    """The receivers of callbacks by provider, how many connections are open, and how many jobs will yet call back."""

    receivers: dict[str, ReceiverState]
    connections: int
    expected: int


class AttemptResult(TypedDict):
    """The client's answer to an event: its status, 0 for none, and why it does not count, null where it does."""

    event: str
    form: str
    status: int
    acknowledged: bool
    refusal: str | None
