"""Runs: a target, a seed, and for how long or how many requests."""

from __future__ import annotations

import asyncio
import gc
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from contract_tests.fuzz import scenario_files, watching
from contract_tests.fuzz.answers import Answer
from contract_tests.fuzz.findings import Findings
from contract_tests.fuzz.server import Fuzzed, serve, tidy
from contract_tests.fuzz.targets import Input, Inputs
from contract_tests.fuzz.traffic import Client, WrongAnswerError, cut

CONNECTIONS = 32
_AT_ONCE = 10
"""Requests that one client sends before it reads."""
_MAX_START = 120
"""Seconds until the server and its requests are there."""
_TIDY_EVERY = 2000
_TEXT = re.compile(rb'"([^"\\]{6,200})"')
TARGETS = ("bytes", "requests", "scenarios")


@dataclass
class Run:
    """One run of a target; it ends after so many seconds or so many requests, whichever comes first."""

    target: str
    seed: int
    seconds: float
    count: float = float("inf")
    findings: Findings = field(init=False)
    done: int = 0
    statuses: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.findings = Findings(self.seed)
        self._ends = time.monotonic() + self.seconds
        self._in_flight: dict[object, list[bytes]] = {}

    @property
    def is_over(self) -> bool:
        """Whether that was all."""
        return self.done >= self.count or time.monotonic() >= self._ends

    def go(self) -> None:
        """Do it, in the main thread."""
        with watching.alarm(), watching.watch_log() as log:
            try:
                if self.target == "scenarios":
                    self._compile(log)
                else:
                    asyncio.run(self._send(log))
            except watching.HeldUpError as fault:
                for data in self._list_in_flight() or [b""]:
                    self.findings.add(self.target, str(fault), data)
            gc.collect()  # a task that has failed unseen says so when it goes
            self._report_log(log)

    def _compile(self, log: watching.LogWatch) -> None:
        watching.rearm(_MAX_START)
        for data in scenario_files.ScenarioInputs(Random(self.seed)):  # noqa: S311
            if self.is_over:
                return
            self._in_flight = {0: [data]}
            watching.rearm()
            if (why := scenario_files.find_fault(data)) is not None:
                self.findings.add(self.target, why, data)
            self.done += 1
            self._report_log(log)

    def _list_in_flight(self) -> list[bytes]:
        return [data for several in self._in_flight.values() for data in several]

    def _report_log(self, log: watching.LogWatch) -> None:
        for line in log.take():
            data = b"\n\n==\n\n".join(self._list_in_flight())
            self.findings.add(self.target, f"an error in the log: {line}", data)

    async def _send(self, log: watching.LogWatch) -> None:
        watching.rearm(_MAX_START)
        async with serve() as fuzzed:
            inputs = Inputs(fuzzed.drafts, fuzzed.admin, Random(self.seed), fuzzed.credentials)  # noqa: S311
            make = inputs.make_bytes if self.target == "bytes" else inputs.make_request
            beating = asyncio.ensure_future(self._beat(fuzzed, log))
            self._ends = time.monotonic() + self.seconds
            async with asyncio.TaskGroup() as clients:
                for _ in range(CONNECTIONS):
                    clients.create_task(self._fuzz(Client(fuzzed.address), make, inputs))
            beating.cancel()

    async def _beat(self, fuzzed: Fuzzed, log: watching.LogWatch) -> None:
        tidied = 0
        while True:
            watching.rearm()
            self._report_log(log)
            if self.done >= tidied + _TIDY_EVERY:
                tidied = self.done
                await tidy(fuzzed)
            await asyncio.sleep(0.2)

    async def _fuzz(self, client: Client, make: Callable[[], Input], inputs: Inputs) -> None:
        waiting: list[Input] = []
        while not self.is_over:
            made = make()
            if made.method is not None:
                waiting.append(made)
                if len(waiting) < _AT_ONCE:
                    continue
            sent = [made] if made.method is None else waiting
            self._in_flight[client] = [one.data for one in sent]
            try:
                if made.method is None:
                    answers = await client.send_all(list(cut(made.data, inputs.random)))
                else:
                    answers = await client.ask(waiting)
                    waiting = waiting[len(answers) :]
            except WrongAnswerError as fault:
                self.findings.add(self.target, str(fault), fault.data)
                await client.leave()
                waiting.clear()
                continue
            self.done += len(answers)
            self._look_at(answers, inputs)
        self._in_flight.pop(client, None)
        await client.leave()

    def _look_at(self, answers: list[Answer], inputs: Inputs) -> None:
        for answer in answers:
            self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
            if answer.status == 200 and b'"sandboxes"' not in answer.body:
                for text in _TEXT.findall(answer.body[:1000])[:10]:
                    inputs.mutator.remember(_as_sent(text))


def _as_sent(text: bytes) -> bytes:
    """Return a text of an answer; of a link what is sent of it."""
    if not text.startswith(b"http://"):
        return text
    return b"/" + text.split(b"/", 3)[-1]


async def _replay(target: str, data: bytes, findings: Findings) -> None:
    watching.rearm(_MAX_START)
    async with serve() as fuzzed:
        watching.rearm()
        try:
            for answer in await Client(fuzzed.address).send_all([data]):
                print(answer)
        except WrongAnswerError as fault:
            findings.add(target, str(fault), data)


def replay(path: Path) -> Findings:
    """Try the input in a file again."""
    findings, target, data = Findings(0), path.suffix[1:], path.read_bytes()
    with watching.alarm(), watching.watch_log() as log:
        try:
            if target != "scenarios":
                asyncio.run(_replay(target, data, findings))
            elif (why := scenario_files.find_fault(data)) is not None:
                findings.add(target, why, data)
        except watching.HeldUpError as fault:
            findings.add(target, str(fault), data)
        for line in log.take():
            findings.add(target, line, data)
    return findings
