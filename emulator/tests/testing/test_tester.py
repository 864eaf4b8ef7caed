"""The tester of clients: what it draws is valid, what it finds is so, and its scenario file brings it about again."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fauxlate import library
from fauxlate.engine.grammar.compiler import compile_scenario
from fauxlate.server import PROVIDERS, Emulator
from fauxlate.settings import Settings
from fauxlate.testing import layers, strategies
from fauxlate.testing.clients import Alibaba, Huawei
from fauxlate.testing.doors import Inside
from fauxlate.testing.sandbox import Fauxlate
from fauxlate.testing.session import Session
from fauxlate.testing.tester.machine import SETTINGS, ClientError, Tester
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.examples import adapters, careless
from contract_tests.examples.adapters import TEXT, URL
from contract_tests.examples.careful import TIMEOUT, TranslationError

ALIKE = settings(SETTINGS, derandomize=True, database=None)
BRIEFLY = settings(ALIKE, max_examples=15)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    session = Session()
    yield session
    session.stop()


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A vendor's SDK writes an application id there."""
    monkeypatch.setenv("HOME", str(tmp_path))


# strategies


@given(st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_scenario_that_is_drawn_is_valid_by_the_documents(data: st.DataObject) -> None:
    patterns = data.draw(st.sampled_from([("*",), ("huawei.*",), ("alibaba.*Image*", "dingtalk.TranslateFile")]))
    drawn = data.draw(strategies.scenarios(*patterns))
    scenario = layers.compiled([drawn])
    assert len(scenario.rules) == len(drawn["rules"])
    assert not any("undocumented" in rule for rule in drawn["rules"])


@given(st.data())
@settings(deadline=None)
def test_every_timeline_that_is_drawn_is_one_of_its_lifecycle(data: st.DataObject) -> None:
    lifecycle = data.draw(st.sampled_from(sorted(strategies.LIFECYCLES.values(), key=lambda one: one.name)))
    steps = data.draw(strategies.timelines(lifecycle.name))
    assert lifecycle.parse_timeline(steps, ()).steps


def test_a_pattern_that_fits_no_operation_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`huawei.RunFileTranslatio` is not an operation\. Did you mean"):
        strategies.operations(["huawei.RunFileTranslatio"])


# clients


@pytest.mark.parametrize("adapter", [adapters.Documents, adapters.Texts])
def test_nothing_is_found_in_a_careful_client(adapter: Any, session: Session) -> None:
    Tester(session, "careful")(adapter, settings=ALIKE)


def found(session: Session, adapter: Any, **more: Any) -> str:
    with pytest.raises(ClientError) as fault:
        Tester(session, adapter.__name__)(adapter, **{"settings": ALIKE, **more})
    return str(fault.value)


def file_in(message: str) -> str:
    """Return the scenario file that a finding prints."""
    lines = re.findall(r"^    (.*)$", message, re.MULTILINE)
    text = "\n".join(lines) + "\n"
    assert compile_scenario(text, PROVIDERS).rules
    return text


def served(file: str, tmp_path: Path) -> Emulator:
    """Return a server that has been given the file, as `fauxlate serve --scenario` has it."""
    path = tmp_path / "found.yaml"
    path.write_text(file, "utf-8")
    assert library.named(str(path)).text == file
    return Emulator(Settings(port=0, scenario=(str(path),)))


class Awake:
    """A sleep that moves the clock instead, and has enough of being called."""

    def __init__(self, emulator: Emulator, most: int = 50) -> None:
        self.door, self.left = Inside(emulator), most

    def __call__(self, seconds: float) -> None:
        self.door.ask("PATCH", "sandboxes/default/clock", {"advance": seconds})
        self.left -= 1
        if self.left < 0:
            raise AssertionError("it goes on for ever")


def documents(kind: Any, emulator: Emulator) -> Any:
    told = Huawei(emulator.url, emulator.environment["huawei"])
    return kind(told.client(timeout=TIMEOUT), Awake(emulator))


def jobs(emulator: Emulator) -> int:
    return len(emulator.run(emulator.sandbox().store.jobs()))


def test_a_document_that_is_submitted_twice_is_found_and_played_back(session: Session, tmp_path: Path) -> None:
    said = found(session, adapters.Resubmitting)
    assert said.startswith("double submit: one submit() has made 2 jobs, [")
    with served(file_in(said), tmp_path) as emulator:
        documents(careless.Resubmitting, emulator).submit(URL)
        assert jobs(emulator) == 2
    with served(file_in(said), tmp_path) as emulator:
        with pytest.raises(TranslationError):
            documents(adapters.Documents.kind, emulator).submit(URL)
        assert jobs(emulator) == 1


def test_polling_without_an_end_is_found_and_played_back(session: Session, tmp_path: Path) -> None:
    said = found(session, adapters.Endless, requests=20)
    assert said.startswith("bounded polling: poll() does not come back, it has made more than 20 requests")
    with served(file_in(said), tmp_path) as emulator, pytest.raises(AssertionError, match="it goes on for ever"):
        documents(careless.Endless, emulator).translate(URL)
    with served(file_in(said), tmp_path) as emulator, pytest.raises(TranslationError):
        documents(adapters.Documents.kind, emulator).translate(URL)


def test_an_expired_link_taken_for_the_result_is_found_and_played_back(session: Session, tmp_path: Path) -> None:
    said = found(session, adapters.Stale)
    assert said.startswith("taken for success: fetch() has returned, and what came of ")
    with served(file_in(said), tmp_path) as emulator:
        assert b"<Error>" in documents(careless.Stale, emulator).translate(URL)
    with served(file_in(said), tmp_path) as emulator:
        assert b"[en]" in documents(adapters.Documents.kind, emulator).translate(URL)


class Silent(adapters.Documents):
    """Does not say what its client raises."""

    errors = ()  # type: ignore[assignment]


def test_an_exception_that_no_caller_expects_is_found_with_what_brought_it_about(session: Session) -> None:
    said = found(session, Silent)
    assert "has raised TranslationError, which is none of its errors" in said
    assert re.search(r'"(fail|drop|body)"', file_in(said)), said


def test_an_error_in_an_answer_of_200_taken_for_success_is_found_and_played_back(
    session: Session, tmp_path: Path
) -> None:
    said = found(session, adapters.Trusting)
    assert said.startswith("taken for success: poll() says done, and ")
    assert "System.SubNotPermission" in file_in(said)
    for kind in (careless.Trusting, adapters.Texts.kind):
        with served(file_in(said), tmp_path) as emulator:
            client = kind(Alibaba(emulator.url, emulator.environment["alibaba"]).client(), Awake(emulator))
            translated = client.translate(TEXT)
            assert (translated == "") == (kind is careless.Trusting)


class Plain(adapters.Texts):
    """The careful client of texts; each test takes something from it."""

    def __init__(self, fauxlate: Fauxlate) -> None:
        super().__init__(fauxlate)
        self.polled = 0


class Forgetful(Plain):
    def poll(self, job: str) -> str:
        self.polled += 1
        return "pending" if self.polled % 2 == 0 else super().poll(job)


class Alarmed(Plain):
    errors: Any = ()


class Blind(Plain):
    def poll(self, job: str) -> str:
        super().poll(job)
        return "pending"


class Rash(Plain):
    def submit(self) -> str:
        job = super().submit()
        raise TranslationError(job)


class Chatty(Plain):
    def poll(self, job: str) -> str:
        return f"still {super().poll(job)}"


@pytest.mark.parametrize(
    ("adapter", "said"),
    [
        (Forgetful, "a terminal state is final: poll() has said done of "),
        (Alarmed, "() has raised TranslationError, which is none of its errors"),
    ],
)
def test_each_invariant_is_held(adapter: Any, said: str, session: Session) -> None:
    quick = settings(ALIKE, phases=[phase for phase in ALIKE.phases if phase.name != "shrink"], max_examples=60)
    assert said in found(session, adapter, settings=quick)


@pytest.mark.parametrize("adapter", [Blind, Chatty])
def test_a_client_that_fails_though_nothing_is_wrong_is_found_before_anything_is_spoilt(
    adapter: Any, session: Session
) -> None:
    assert "nothing was amiss, and yet poll(" in found(session, adapter)


def test_what_a_client_raises_though_nothing_is_wrong_is_what_the_test_fails_with(session: Session) -> None:
    with pytest.raises(TranslationError):
        Tester(session, "rash")(Rash, settings=BRIEFLY)


class Asynchronous:
    """A client whose methods are coroutines."""

    errors = (TranslationError,)

    def __init__(self, fauxlate: Fauxlate) -> None:
        self.within = adapters.Texts(fauxlate)

    async def submit(self) -> str:
        await asyncio.sleep(0)
        return self.within.submit()

    async def poll(self, job: str) -> str:
        return self.within.poll(job)

    async def fetch(self, job: str) -> str | None:
        return self.within.fetch(job)


def test_an_adapter_may_be_asynchronous(session: Session) -> None:
    Tester(session, "asynchronous")(Asynchronous, settings=BRIEFLY)


def test_an_asynchronous_client_that_hangs_is_found(session: Session) -> None:
    class Hanging(Asynchronous):
        async def poll(self, job: str) -> str:
            while True:
                self.within.poll(job)
                await asyncio.sleep(0)

    began = time.monotonic()
    with pytest.raises(BaseException, match="it has made more than 10 requests"):
        Tester(session, "hanging")(Hanging, settings=BRIEFLY, requests=10)
    assert time.monotonic() - began < 30


def test_quirks_hold_in_every_play(session: Session) -> None:
    class Looking(adapters.Texts):
        def __init__(self, fauxlate: Fauxlate) -> None:
            super().__init__(fauxlate)
            self.fauxlate = fauxlate

        def poll(self, job: str) -> str:
            said = super().poll(job)
            assert ("quirk", "alibaba.code_type str") in self.fauxlate.coverage
            return said

    Tester(session, "quirks")(Looking, settings=BRIEFLY, quirks={"alibaba.code_type": "str"})
