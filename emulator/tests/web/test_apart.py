"""Sandboxes never mix, however their clients' calls fall together: each sees what its own model predicts."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import requests
from fauxlate.serving.background import BackgroundServer
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from tests.web.clients import CLIENTS, Client
from tests.web.conftest import EPOCH, Box, started

COUNT = 3
"""Sandboxes that are used at once."""
DWELLS = {"alibaba": (1, 2), "dingtalk": (3,), "huawei": (2, 3)}
UNKNOWN = {"alibaba": "System.ParameterError", "dingtalk": "param.invalid", "huawei": "NLP.6304"}
BUSY = {"alibaba": "10013", "dingtalk": "system.busy", "huawei": "NLP.0201"}

Step = tuple[str, Any]


def scenario(name: str, label: str) -> str:
    """Return one of the scenarios that a sandbox may follow; `label` is the sandbox's own."""
    creates, asks = [kind.creates for kind in CLIENTS], [kind.asks for kind in CLIENTS]
    stuck = "".join(f"  - {{on: {kind.creates}, then: {{timeline: ['{kind.course[0]}']}}}}\n" for kind in CLIENTS)
    busy = "".join(f"  - {{on: {kind.creates}, times: 2, then: {{fail: '{BUSY[kind.name]}'}}}}\n" for kind in CLIENTS)
    seen = "quirks: {alibaba.async_status: document_family}\n"  # the states as they are
    return (
        seen
        + {
            "none": "about: Nothing.\n",
            "busy": f"rules:\n{busy}",
            "stuck": f"rules:\n{stuck}",
            "marked": f"rules:\n  - {{on: [{', '.join(creates + asks)}], then: {{patch: {{mark: {label}}}}}}}\n",
            "throttled": f"rules:\n  - {{on: [{', '.join(asks)}], then: {{throttle: 1/2s}}}}\n",
        }[name]
    )


@dataclass
class Job:
    """A job of the model."""

    id: str
    kind: type[Client]
    created: int
    stuck: bool

    def state(self, now: int) -> str:
        end = self.created
        for state, dwell in zip(self.kind.course, DWELLS[self.kind.name], strict=False):
            end += dwell
            if self.stuck or now < end:
                return state
        return self.kind.course[-1]


class Model:
    """What one sandbox is expected to be, beside the sandbox itself."""

    def __init__(self, url: str, number: int) -> None:
        self.label = f"sandbox-{number}"
        self.box = Box.made(url, **started("", {"seed": number, "strict": number % 2 == 0}))
        self.requests = 0
        for kind in CLIENTS:
            self.box.client(kind).session.hooks["response"].append(self._count)
        self._begin()

    def _begin(self) -> None:
        self.jobs: list[Job] = []
        self.now, self.requests = 0, 0
        self._follow("none")

    def _follow(self, name: str) -> None:
        self.scenario, self.busy = name, dict.fromkeys(CLIENTS, 2 * (name == "busy"))
        self.asked: dict[tuple[type[Client], int], int] = {}

    def _count(self, answer: requests.Response, **_: Any) -> requests.Response:
        self.requests += 1
        return answer

    def take(self, step: Step, lost: Sequence[str]) -> None:
        """Do a step, and see that it goes as predicted; `lost` are ids of jobs of other sandboxes."""
        name, value = step
        getattr(self, name)(value) if name != "stray" else self.stray(value, lost)

    def submit(self, kind: type[Client]) -> None:
        client = self.box.client(kind)
        answer = client.create(self.label)
        if self.busy[kind]:
            self.busy[kind] -= 1
            assert client.code(answer) == BUSY[kind.name]
            return
        self._marked(answer)
        self.jobs.append(Job(client.job(answer), kind, self.now, self.scenario == "stuck"))

    def poll(self, which: int) -> None:
        if not self.jobs:
            return
        job = self.jobs[which % len(self.jobs)]
        client = self.box.client(job.kind)
        answer = client.ask(job.id)
        if self._throttled(job.kind):
            assert client.code(answer) == job.kind.throttled
            return
        self._marked(answer)
        assert client.state(answer) == job.state(self.now)

    def stray(self, which: int, lost: Sequence[str]) -> None:
        """Ask for a job that is another sandbox's, or was here before a reset."""
        strange = [one for one in lost if one not in {job.id for job in self.jobs}]
        if not strange:
            return
        kind = CLIENTS[which % len(CLIENTS)]
        answer = self.box.client(kind).ask(strange[which % len(strange)])
        code = kind.throttled if self._throttled(kind) else UNKNOWN[kind.name]
        assert self.box.client(kind).code(answer) == code

    def advance(self, seconds: int) -> None:
        self.now += seconds
        assert self.box.advance(f"{seconds}s")["epoch"] == EPOCH + self.now

    def follow(self, name: str) -> None:
        self.box.follow(scenario(name, self.label))
        self._follow(name)

    def reset(self, _: None) -> None:
        assert self.box.admin("POST", "/reset", {}).status_code == 200
        for kind in CLIENTS:
            self.box.client(kind).renew()
        self._begin()

    def look(self, _: None) -> None:
        """Compare all that the admin API tells."""
        listed = [(job["id"], job["state"]) for job in self.box.jobs()]
        assert listed == [(job.id, job.state(self.now)) for job in self.jobs]
        journal = self.box.admin("GET", "/journal").json()
        assert journal["written"] == self.requests
        assert len(journal["entries"]) == self.requests
        assert self.box.admin("GET", "/clock").json()["epoch"] == EPOCH + self.now
        rules = self.box.admin("GET", "/scenario").json().get("rules", [])
        assert bool(rules) is (self.scenario != "none")

    def _marked(self, answer: requests.Response) -> None:
        assert answer.json().get("mark") == (self.label if self.scenario == "marked" else None)

    def _throttled(self, kind: type[Client]) -> bool:
        if self.scenario != "throttled":
            return False
        window = (kind, (int(EPOCH) + self.now) // 2)
        self.asked[window] = self.asked.get(window, 0) + 1
        return self.asked[window] > 1


submit = st.tuples(st.just("submit"), st.sampled_from(CLIENTS))
poll = st.tuples(st.just("poll"), st.integers(0, 9))
follow = st.tuples(st.just("follow"), st.sampled_from(["none", "busy", "stuck", "marked", "throttled"]))
advance = st.tuples(st.just("advance"), st.integers(0, 3))
seldom = st.one_of(
    st.tuples(st.just("stray"), st.integers(0, 9)),
    st.tuples(st.just("reset"), st.none()),
    st.tuples(st.just("look"), st.none()),
)
steps = st.one_of(submit, submit, submit, poll, poll, poll, follow, advance, seldom)
histories = st.lists(st.tuples(st.integers(0, COUNT - 1), steps), min_size=25, max_size=60)


QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""Each step is a call over a socket, and what threads do is not to be had twice: looking for causes would take long."""


def play(server: BackgroundServer, history: Sequence[tuple[int, Step]], *, together: bool) -> None:
    models = [Model(server.url, number) for number in range(COUNT)]
    known: list[str] = []

    def take(number: int, step: Step) -> None:
        models[number].take(step, tuple(known))
        known.extend(job.id for job in models[number].jobs if job.id not in known)

    def take_all(number: int) -> None:
        for whose, step in history:
            if whose == number:
                take(number, step)
        take(number, ("look", None))

    try:
        if together:
            with ThreadPoolExecutor(COUNT) as threads:
                for done in [threads.submit(take_all, number) for number in range(COUNT)]:
                    done.result()
        else:
            for number, step in history:
                take(number, step)
            for number in range(COUNT):
                take(number, ("look", None))
    finally:
        for model in models:
            model.box.close()


@settings(max_examples=25, deadline=None, phases=(*QUICK, Phase.shrink))
@given(history=histories)
@example(
    history=[
        (number, step)
        for step in (
            ("submit", CLIENTS[0]),
            ("follow", "marked"),
            ("submit", CLIENTS[1]),
            ("stray", 0),
            ("advance", 3),
            ("poll", 0),
            ("reset", None),
            ("stray", 1),
        )
        for number in range(COUNT)
    ]
)
def test_sandboxes_that_take_turns_never_mix(server: BackgroundServer, history: list[tuple[int, Step]]) -> None:
    play(server, history, together=False)


@settings(max_examples=25, deadline=None, phases=QUICK)
@given(history=histories)
def test_sandboxes_that_are_used_at_the_same_time_never_mix(
    server: BackgroundServer, history: list[tuple[int, Step]]
) -> None:
    play(server, history, together=True)
