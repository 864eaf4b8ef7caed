"""Every kind of job: its states, how long each lasts, how long a result is kept and how long its link is good."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fauxlate.engine.tables.evidence import Evidence

from contract_tests.harness.documents.tables import printed_lifecycles
from contract_tests.harness.drift.findings import Course
from contract_tests.harness.drift.observer import Observer
from contract_tests.harness.evidence import mark
from contract_tests.harness.flows import FLOWS, JobFlow, JobStatus
from contract_tests.harness.provider_client import ProviderClient
from contract_tests.harness.target import Target


@dataclass(frozen=True)
class PrintedJob:
    """What is printed of one kind of job.

    `states` are in order, each with the seconds that it lasts; `retention` and `link_lifetime` are in seconds.
    """

    flow: JobFlow
    states: tuple[tuple[str, float | None], ...]
    failed_state: str | None
    retention: float | None
    link_lifetime: float | None
    source: str
    evidence: Evidence = Evidence.DOCUMENTED

    @property
    def visible_states(self) -> list[tuple[str, float | None]]:
        """The states that the query shows by default, in order."""
        if self.flow.lifecycle != "alibaba.async_translate":
            return list(self.states)
        return [("translating", self.duration), ("ready", None)]  # seed 002: `ready` stands beside the text

    @property
    def last_state(self) -> str:
        """The state in which a job ends well."""
        return self.visible_states[-1][0]

    @property
    def duration(self) -> float:
        """Seconds from a job's creation to its last state."""
        return sum(length or 0 for _, length in self.states)


JOBS = [
    PrintedJob(
        FLOWS[name],
        tuple((state, length) for state, length in row["states"]),
        row["failed"],
        row["kept"],
        row["link"],
        row["source"],
    )
    for name, row in printed_lifecycles().items()
    if name in FLOWS
]


def each_job(jobs: list[PrintedJob], assumption: str = "") -> pytest.MarkDecorator:
    """Return the parameters of a test of each of these jobs; with an `assumption` its evidence is assumed."""
    return pytest.mark.parametrize(
        "job",
        [
            pytest.param(
                job,
                id=job.flow.lifecycle,
                marks=mark(Evidence.ASSUMED, f"{job.source}; {assumption}")
                if assumption
                else mark(job.evidence, job.source),
            )
            for job in jobs
        ],
    )


@pytest.mark.assumed("the flows are our own")
def test_every_kind_of_job_is_walked() -> None:
    assert sorted(printed_lifecycles()) == sorted(FLOWS)


@pytest.fixture
def frozen(target: Target) -> Iterator[Target]:
    """A sandbox whose clock stands still; without one the target as it is, where time passes by itself."""
    if not target.has_admin:
        yield target
        return
    with target.create_sandbox({}, clock={"mode": "frozen"}) as sandbox:
        yield sandbox


_FAILED_STATES = ("error", "ERROR", "2", "invalid")
POLL_INTERVAL = 0.25
"""Seconds between two queries of a walk."""


@each_job(JOBS)
def test_a_job_goes_through_its_states_in_order(job: PrintedJob, frozen: Target, observer: Observer) -> None:
    """Query again and again until the job has ended; note how long each state lasts."""
    client = ProviderClient(frozen)
    job_id = job.flow.start(client)
    client.listener = observer.on_exchange
    course = walk(job, client, job_id)
    observer.note_course(job.flow.lifecycle, [[state, seconds] for state, seconds in course])
    assert [state for state, _ in course] == [state for state, _ in job.visible_states]


def walk(job: PrintedJob, client: ProviderClient, job_id: str) -> Course:
    """Query a job until it has ended; return its states in order, each with its seconds."""
    course: Course = []
    now = start = 0.0
    state = ""
    while True:
        status = job.flow.status(client, job_id)
        assert status.error is None, status
        if status.state != state:
            if state:
                course.append((state, round(now - start, 2)))
            state, start = status.state, now
        if status.links or state in (job.last_state, *_FAILED_STATES):
            return [*course, (state, None)]
        now += client.target.pause(POLL_INTERVAL, elapsed=now)


def status_after(job: PrintedJob, client: ProviderClient, job_id: str, seconds: float) -> JobStatus:
    """Let time pass; return the status of a job then."""
    client.target.advance(seconds)
    client.forget_tokens()
    return job.flow.status(client, job_id)


@each_job(JOBS, "how long a state lasts is documented nowhere")
def test_each_state_lasts_as_long_as_its_table_says(job: PrintedJob, frozen: Target) -> None:
    frozen.require_admin()
    client = ProviderClient(frozen)
    job_id = job.flow.start(client)
    elapsed = end = 0.0
    for state, length in job.visible_states:
        assert status_after(job, client, job_id, end - elapsed).state == state
        if length is None:
            break
        elapsed, end = end, end + length
        assert status_after(job, client, job_id, end - 0.001 - elapsed).state == state
        elapsed = end - 0.001


@each_job([job for job in JOBS if job.failed_state is not None])
def test_a_job_that_fails_ends_in_the_state_that_is_printed(job: PrintedJob, target: Target) -> None:
    assert job.failed_state is not None
    first_state = job.states[0][0]
    rule = {"on": f"{job.flow.provider}.*", "then": {"timeline": [f"{first_state} 1s", job.failed_state]}}
    with target.create_sandbox({"rules": [rule]}, clock={"mode": "frozen"}) as sandbox:
        client = ProviderClient(sandbox)
        job_id = job.flow.start(client)
        assert status_after(job, client, job_id, 0.999).state not in (job.failed_state, job.last_state)
        for seconds in (0.001, 3600):
            sandbox.advance(seconds)
            client.forget_tokens()
            response = job.flow.query(client, job_id)  # which may have an error beside the state
            assert job.flow.read_status(response).state == job.failed_state


STATUS_AFTER_RETENTION = {
    "alibaba.image_batch": JobStatus("invalid"),
    "huawei.file_translation": JobStatus("", error="NLP.6304"),
}
"""The answer to a query once the result is no longer kept, by lifecycle."""


@each_job([job for job in JOBS if job.retention is not None])
def test_a_result_is_kept_for_as_long_as_printed(job: PrintedJob, frozen: Target) -> None:
    assert job.retention is not None
    frozen.require_budget(job.retention)
    client, resolution = ProviderClient(frozen), frozen.resolution
    job_id = run_to_end(job, client)
    last = job.flow.status(client, job_id)
    assert status_after(job, client, job_id, job.retention - resolution).state == last.state
    frozen.advance(resolution)
    assert job.flow.status(client, job_id) == STATUS_AFTER_RETENTION[job.flow.lifecycle]


def run_to_end(job: PrintedJob, client: ProviderClient) -> str:
    """Return a job that has just ended."""
    job_id = job.flow.start(client)
    client.target.wait_until(
        lambda: job.flow.status(client, job_id).state == job.last_state,
        within=job.duration,
        interval=job.flow.poll_interval,
    )
    return job_id


@each_job([job for job in JOBS if not job.retention], "no page says for how long a result is kept")
def test_a_result_without_printed_retention_is_kept(job: PrintedJob, frozen: Target) -> None:
    frozen.require_admin()
    client = ProviderClient(frozen)
    job_id = job.flow.start(client)
    assert status_after(job, client, job_id, job.duration + 30 * 86400).state == job.last_state


LINK_JOBS = [job for job in JOBS if job.link_lifetime is not None]
RENEWAL_JOBS = [job for job in LINK_JOBS if job.flow.provider != "dingtalk"]
"""DingTalk's pages say nothing of another link for the same job."""


@each_job(RENEWAL_JOBS)
def test_a_link_is_good_for_as_long_as_printed_and_renewed_by_asking_again(job: PrintedJob, frozen: Target) -> None:
    client, job_id = check_link_expires(job, frozen)
    link = job.flow.status(client, job_id).links[0]
    assert client.download(job.flow.download_operation, link).status == 200


@each_job([job for job in LINK_JOBS if job not in RENEWAL_JOBS], "no page says so")
def test_a_link_is_good_for_as_long_as_assumed(job: PrintedJob, frozen: Target) -> None:
    check_link_expires(job, frozen)


def check_link_expires(job: PrintedJob, target: Target) -> tuple[ProviderClient, str]:
    """Check that the link to a result is good for as long as printed; return the client, and the job."""
    assert job.link_lifetime is not None
    target.require_budget(job.link_lifetime)
    client, resolution = ProviderClient(target), max(target.resolution, 1)
    job_id = run_to_end(job, client)
    link = job.flow.status(client, job_id).links[0]
    assert client.download(job.flow.download_operation, link).status == 200
    target.advance(job.link_lifetime - resolution)
    assert client.download(job.flow.download_operation, link).status == 200
    target.advance(2 * resolution)
    assert client.download(job.flow.download_operation, link).status in (403, 404)
    client.forget_tokens()
    return client, job_id
