"""Every row of the printed tables: each error as it goes over the wire, each job's states, dwells and retention."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fauxlate.engine.tables.evidence import Evidence
from fauxlate.server import PROVIDERS

from contract_tests.documented import Printed, astray, errors, lacking, lifecycles
from contract_tests.drift import Observer
from contract_tests.evidence import case, graded
from contract_tests.speaking import FLOWS, Flow, Said, Seen, Sent, Speaker, exchanged
from contract_tests.target import Target
from contract_tests.test_bad_input import right

_BODY = range(100, 200)
"""Statuses that a page prints and HTTP cannot have: the body takes them, with HTTP 200."""


@pytest.mark.assumed("the fixtures are our own second copy of the printed tables; a row has to stand in both")
@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda one: one.name)
def test_no_row_of_the_tables_lacks_its_fixture(provider: Any) -> None:
    more = lacking(provider)
    wanted = [row["key"] for row in more["errors"]] + list(more["parameters"]) + list(more["lifecycles"])
    assert wanted == [], (
        "`python -m contract_tests.documented --add` adds them to fixtures/tables; compare with the page"
    )


@pytest.mark.assumed("the fixtures are our own second copy of the printed tables")
@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda one: one.name)
def test_errors_and_parameters_stand_in_the_tables_as_in_the_fixture(provider: Any) -> None:
    assert astray(provider) == []


@pytest.fixture(scope="module")
def asking(emulator: Target) -> Iterator[dict[str, Sent]]:
    """Right requests by operation, made while nothing fails yet; they land in the sandbox `default`."""
    emulator.scriptable()
    with emulator.following({}):
        yield {}


def provoked(target: Target, asking: dict[str, Sent], row: Printed) -> Said:
    """Call the row's operation under a rule that makes it fail with the row."""
    name = f"{row.provider}.{row.operation}"
    path = f"sandboxes/{target.sandbox}/scenario"
    if name not in asking:
        target.asked("PUT", path, {})
        plain = right(name, target)
        asking[name] = Sent(plain.method, plain.path, plain.query, plain.headers, plain.body)
    target.asked("PUT", path, {"rules": [{"on": name, "then": {"fail": row.key}}]})
    return exchanged(target.url, asking[name])


@pytest.mark.parametrize("row", [case(row, row, id=row.id) for row in errors()])
def test_an_error_goes_over_the_wire_as_printed(row: Printed, emulator: Target, asking: dict[str, Sent]) -> None:
    said = provoked(emulator, asking, row)
    if row.listed in _BODY and row.provider == "alibaba":
        number = int(row.code) if row.code.isdecimal() else row.listed
        assert (said.status, said.error) == (200, (str(number), row.message))
        return
    assert said.status == row.http
    if not said.body:
        assert asking[f"{row.provider}.{row.operation}"].method == "HEAD"
        return
    assert said.error == (row.code, row.message)
    assert [text for text in row.also if text not in said.body.decode()] == []


@dataclass(frozen=True)
class Told:
    """What is printed of one kind of job."""

    flow: Flow
    states: tuple[tuple[str, float | None], ...]
    failed: str | None
    kept: float | None
    link: float | None
    source: str
    evidence: Evidence = Evidence.DOCUMENTED

    @property
    def shown(self) -> list[tuple[str, float | None]]:
        """The states as the query shows them by default, in their order."""
        if self.flow.lifecycle != "alibaba.async_translate":
            return list(self.states)
        lasts = sum(
            length or 0 for _, length in self.states
        )  # seed 002: `ready` beside the text, see alibaba.async_status
        return [("translating", lasts), ("ready", None)]

    @property
    def ends(self) -> float:
        """Seconds from a job's creation to its last state."""
        return sum(length or 0 for _, length in self.states)


JOBS = [
    Told(
        FLOWS[name],
        tuple((state, length) for state, length in told["states"]),
        told["failed"],
        told["kept"],
        told["link"],
        told["source"],
    )
    for name, told in lifecycles().items()
    if name in FLOWS
]


def each(jobs: list[Told], why: str = "") -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "told",
        [
            pytest.param(
                one,
                id=one.flow.lifecycle,
                marks=graded(Evidence.ASSUMED, f"{one.source}; {why}") if why else graded(one.evidence, one.source),
            )
            for one in jobs
        ],
    )


@pytest.mark.assumed("the flows are our own")
def test_every_kind_of_job_is_walked() -> None:
    assert sorted(lifecycles()) == sorted(FLOWS)


@pytest.fixture
def frozen(target: Target) -> Iterator[Target]:
    """A sandbox whose clock stands still; without one the target as it is, where time passes by itself."""
    if not target.admin:
        yield target
        return
    with target.scripted({}, clock={"mode": "frozen"}) as box:
        yield box


_FAILED = ("error", "ERROR", "2", "invalid")
STEP = 0.25
"""Seconds between two queries of a walk."""


@each(JOBS)
def test_a_job_goes_through_its_states_in_order(told: Told, frozen: Target, observer: Observer) -> None:
    """Ask again and again until it has ended; note how long each state lasted."""
    flow, speaker = told.flow, Speaker(frozen)
    job = flow.started(speaker)
    speaker.heard = observer.heard
    course = walked(flow, speaker, job, told.shown[-1][0])
    observer.course(flow.lifecycle, course)
    assert [state for state, _ in course] == [state for state, _ in told.shown]


def walked(flow: Flow, speaker: Speaker, job: str, final: str) -> list[list[Any]]:
    """Return each state that a job shows, with the seconds that it lasted; the last one has no end."""
    target, passed = speaker.target, 0.0
    course: list[list[Any]] = []
    began = 0.0
    while True:
        seen = flow.seen(speaker, job)
        assert seen.error is None, seen
        if not course or course[-1][0] != seen.state:
            if course:
                course[-1][1] = round(passed - began, 2)
            course.append([seen.state, None])
            began = passed
        if seen.links or seen.state in (final, *_FAILED):
            return course
        passed += target.pause(STEP, spent=passed)


def at(flow: Flow, speaker: Speaker, job: str, after: float, *, since: float = 0.0) -> Seen:
    """Return how a job stands `after` seconds from its creation, `since` of which have passed."""
    speaker.target.advance(after - since)
    speaker.forget()
    return flow.seen(speaker, job)


@each(JOBS, "how long a state lasts is documented nowhere")
def test_each_state_lasts_as_long_as_its_table_says(told: Told, frozen: Target) -> None:
    frozen.scriptable()
    speaker = Speaker(frozen)
    job = told.flow.started(speaker)
    since = ended = 0.0
    for state, lasts in told.shown:
        assert at(told.flow, speaker, job, ended, since=since).state == state
        if lasts is None:
            break
        ended, since = ended + lasts, ended
        assert at(told.flow, speaker, job, ended - 0.001, since=since).state == state
        since = ended - 0.001


@each([one for one in JOBS if one.failed is not None])
def test_a_job_that_fails_ends_in_the_state_that_is_printed(told: Told, target: Target) -> None:
    assert told.failed is not None
    first, failed = told.states[0][0], told.failed
    rule = {"on": f"{told.flow.provider}.*", "then": {"timeline": [f"{first} 1s", failed]}}
    with target.scripted({"rules": [rule]}, clock={"mode": "frozen"}) as box:
        speaker, flow = Speaker(box), told.flow
        job = flow.started(speaker)
        assert at(flow, speaker, job, 0.999).state not in (failed, told.shown[-1][0])
        for later in (0.001, 3600):
            box.advance(later)
            speaker.forget()
            assert flow.read(flow.query(speaker, job)).state == failed  # whatever error may stand beside it


GONE = {
    "alibaba.image_batch": Seen("invalid"),
    "huawei.file_translation": Seen("", error="NLP.6304"),
}
"""What the query tells of a result that is no longer kept."""


@each([one for one in JOBS if one.kept is not None])
def test_a_result_is_kept_for_as_long_as_printed(told: Told, frozen: Target) -> None:
    assert told.kept is not None
    frozen.afford(told.kept)
    speaker, grain = Speaker(frozen), frozen.grain
    job = ended(told, speaker)
    last = told.flow.seen(speaker, job)
    frozen.advance(told.kept - grain)
    speaker.forget()
    assert told.flow.seen(speaker, job).state == last.state
    frozen.advance(grain)
    assert told.flow.seen(speaker, job) == GONE[told.flow.lifecycle]


def ended(told: Told, speaker: Speaker) -> str:
    """Return a job that has just ended."""
    job = told.flow.started(speaker)
    final = told.shown[-1][0]
    speaker.target.until(lambda: told.flow.seen(speaker, job).state == final, within=told.ends, every=told.flow.poll)
    return job


@each([one for one in JOBS if not one.kept], "no page says for how long a result is kept")
def test_a_result_without_printed_retention_is_kept(told: Told, frozen: Target) -> None:
    frozen.scriptable()
    speaker = Speaker(frozen)
    job = told.flow.started(speaker)
    assert at(told.flow, speaker, job, told.ends + 30 * 86400).state == told.shown[-1][0]


LINKS = [one for one in JOBS if one.link is not None]
RENEWED = [one for one in LINKS if one.flow.provider != "dingtalk"]
"""DingTalk's pages say nothing of another link for the same job."""


@each([one for one in LINKS if one in RENEWED])
def test_a_link_is_good_for_as_long_as_printed_and_renewed_by_asking_again(told: Told, frozen: Target) -> None:
    speaker, job = expired(told, frozen)
    again = told.flow.seen(speaker, job).links[0]
    assert speaker.fetch(told.flow.fetched, again).status == 200


@each([one for one in LINKS if one not in RENEWED], "no page says so")
def test_a_link_is_good_for_as_long_as_assumed(told: Told, frozen: Target) -> None:
    expired(told, frozen)


def expired(told: Told, target: Target) -> tuple[Speaker, str]:
    """Assert that the link to a job's result is good for as long as printed; return whoever asked, and the job."""
    assert told.link is not None
    target.afford(told.link)
    speaker, grain = Speaker(target), max(target.grain, 1)
    job = ended(told, speaker)
    link = told.flow.seen(speaker, job).links[0]
    assert speaker.fetch(told.flow.fetched, link).status == 200
    target.advance(told.link - grain)
    assert speaker.fetch(told.flow.fetched, link).status == 200
    target.advance(2 * grain)
    assert speaker.fetch(told.flow.fetched, link).status in (403, 404)
    speaker.forget()
    return speaker, job
