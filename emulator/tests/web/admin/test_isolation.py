"""Sandboxes side by side: many at once, in several processes, and what one of them costs."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
from fauxlate.engine.sandboxes.sandbox import tag_of
from fauxlate.engine.scenarios.scenario import Scenario
from fauxlate.serving.background import BackgroundServer
from fauxlate.serving.composition import new_sandbox, new_world
from fauxlate.settings import Settings
from tests.web.admin.conftest import EPOCH, FROZEN, Admin, Box

CLIENT = Path(__file__).parent / "huawei_client.py"


async def test_500_sandboxes_used_at_once_never_see_each_other(emulator: BackgroundServer) -> None:
    rng = random.Random(8585)  # noqa: S311  (only what is asked in which order)
    async with aiohttp.ClientSession(emulator.url, connector=aiohttp.TCPConnector(limit=100)) as session:
        boxes = await asyncio.gather(*(_Crowded.made(session, number) for number in range(500)))
        steps = [box for box in boxes for _ in range(6)]
        rng.shuffle(steps)
        await asyncio.gather(*(box.step(rng.randrange(100)) for box in steps))
        for told in await asyncio.gather(*(box.left() for box in boxes)):
            assert told is None
    assert [one.id for one in emulator.world.sandboxes if one.id.startswith("crowd-")] == []


class _Crowded:
    """One of many sandboxes: it keeps its own count of what it asked, and in the end is told the same."""

    def __init__(self, session: aiohttp.ClientSession, number: int, told: Any) -> None:
        self._session = session
        self._number = number
        self._told = told
        self._turn = asyncio.Lock()
        self._token = ""
        self._jobs: list[str] = []
        self._asked = 0
        self._advanced = 0

    @classmethod
    async def made(cls, session: aiohttp.ClientSession, number: int) -> _Crowded:
        fails = {"rules": [{"on": "huawei.RunFileTranslation", "times": number % 3, "then": {"fail": "NLP.6305"}}]}
        asked: dict[str, Any] = {"id": f"crowd-{number}", "seed": number, "clock": FROZEN}
        asked["scenario"] = fails if number % 3 else {}
        async with session.post("/__fauxlate/sandboxes", json=asked) as answer:
            assert answer.status == 201
            return cls(session, number, await answer.json())

    async def step(self, draw: int) -> None:
        """Do one thing after the other, but all sandboxes at once."""
        async with self._turn:
            if draw < 20:
                self._advanced += draw
                await self._admin("PATCH", "/clock", {"advance": draw})
            elif draw < 70 or not self._jobs:
                await self._create()
            else:
                job = self._jobs[draw % len(self._jobs)]
                status, said = await self._ask("GET", f"/{job}")
                assert (status, said["status"] in ("WAITING", "BGEIN", "FINISHED")) == (200, True)

    async def _create(self) -> None:
        body = {"url": "https://example.com/a.txt", "from": "zh", "to": "en", "type": "txt"}
        failing = self._number % 3
        status, said = await self._ask("POST", "", body)
        if self._asked <= failing and "error_code" in said:
            assert (status, said["error_code"]) == (400, "NLP.6305")
        else:
            assert status == 200
            self._jobs.append(said["job_id"])

    async def _ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        own = self._told["credentials"]["huawei"]
        if not self._token:
            user = {"name": own["user"], "password": own["password"], "domain": {"name": own["domain"]}}
            auth = {"identity": {"methods": ["password"], "password": {"user": user}}}
            asked = {"auth": {**auth, "scope": {"project": {"name": "cn-north-4"}}}}
            async with self._session.post("/v3/auth/tokens", json=asked) as answer:
                self._token = answer.headers["X-Subject-Token"]
        if method == "POST":
            self._asked += 1
        target = f"/v1/{own['project_id']}/machine-translation/file-translation/jobs{path}"
        headers = {"X-Auth-Token": self._token}
        async with self._session.request(method, target, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def _admin(self, method: str, path: str, body: Any = None) -> Any:
        async with self._session.request(
            method, f"/__fauxlate/sandboxes/{self._told['id']}{path}", json=body
        ) as answer:
            assert answer.status == 200
            return await answer.json()

    async def left(self) -> None:
        """Compare what the sandbox tells with what was done to it, and delete it."""
        assert [job["id"] for job in (await self._admin("GET", "/jobs"))["jobs"]] == self._jobs
        assert (await self._admin("GET", "/clock"))["epoch"] == EPOCH + self._advanced
        entries = (await self._admin("GET", "/journal?operation=huawei.RunFileTranslation"))["entries"]
        assert len(entries) == self._asked
        assert sum(entry["rule"] is not None for entry in entries) == min(self._asked, self._number % 3)
        await self._admin("DELETE", "")


def test_creating_a_sandbox_costs_little() -> None:
    here = new_world(Settings())

    def per_sandbox() -> float:
        began = time.perf_counter()
        for number in range(200):
            here.sandboxes.add(here.new_sandbox(f"cost-{number}", Scenario()))
        took = time.perf_counter() - began
        for number in range(200):
            found = here.sandboxes.get(f"cost-{number}")
            assert found is not None
            here.sandboxes.remove(found)
        return took / 200

    def per_credentials() -> float:
        began = time.perf_counter()
        for number in range(200):
            for provider in here.providers:
                provider.mint_credentials(tag_of(str(number)))
        return (time.perf_counter() - began) / 200

    # one after the other in pairs, since a machine that others use may change its speed in between
    cost, floor = min(((per_sandbox(), per_credentials()) for _ in range(5)), key=lambda pair: pair[0] / pair[1])
    print(f"a sandbox: {cost * 1e3:.3f} ms, {cost / floor:.2f} times the cost of its credentials alone")  # noqa: T201
    assert cost < 4 * floor


def test_a_sandbox_takes_no_files_or_jobs_with_it() -> None:
    one, other = new_sandbox("a", Scenario()), new_sandbox("b", Scenario())
    assert one.store is not other.store
    assert one.journal is not other.journal
    assert one.coverage is not other.coverage


def test_two_processes_with_sdks_run_opposite_scenarios_at_once(admin: Admin) -> None:
    quick = {"lifecycles": {"huawei.file_translation": {"WAITING": "1ms", "BGEIN": "1ms"}}}
    failing = {"rules": [{"on": "huawei.RunFileTranslation", "then": {"fail": "NLP.6305"}}]}
    scenarios = {"FINISHED": quick, "NLP.6305": failing}
    boxes = {
        end: admin.sandbox(clock={"mode": "real"}, signatures="verified", scenario=scenario)
        for end, scenario in scenarios.items()
    }
    with ExitStack() as ending:
        processes = {end: ending.enter_context(_process(box)) for end, box in boxes.items()}
        for process in processes.values():
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes.values():
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for end, process in processes.items():
            said, wrong = process.communicate(timeout=60)
            assert process.returncode == 0, wrong
            assert json.loads(said) == [end] * 10
    for end, box in boxes.items():
        entries = box.entries("?operation=RunFileTranslation")
        assert [entry["reply"]["error"] for entry in entries] == [None if end == "FINISHED" else end] * 10
    assert len(boxes["FINISHED"].jobs()) == 10
    assert boxes["NLP.6305"].jobs() == []


@contextmanager
def _process(box: Box) -> Iterator[subprocess.Popen[str]]:
    """Start the official SDK of Huawei in a process of its own, which runs ten jobs and prints how each ended."""
    command = [sys.executable, str(CLIENT), json.dumps(box.made["credentials"]["huawei"])]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()
