"""The tester: it finds nothing in a careful client, and each invariant that a client breaks."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from fauxlate.testing.sandbox import Sandbox
from fauxlate.testing.session import Session
from fauxlate.testing.tester.invariants import InvariantError
from fauxlate.testing.tester.tester import Tester
from tests.testing.tester.conftest import BRIEF, REPRODUCIBLE, THOROUGH

from contract_tests.examples import adapters
from contract_tests.examples.careful import TranslationError


@pytest.mark.parametrize("adapter", [adapters.Documents, adapters.Texts])
def test_nothing_is_found_in_a_careful_client(adapter: Any, session: Session) -> None:
    Tester(session, "careful")(adapter, settings=REPRODUCIBLE)


class Forgetful(adapters.Texts):
    """Says pending of a job that it has said is done."""

    polls = 0

    def poll(self, job: str) -> str:
        self.polls += 1
        return "pending" if self.polls % 2 == 0 else super().poll(job)


class Unannounced(adapters.Texts):
    """Does not say what its client raises."""

    errors: Any = ()


class Blind(adapters.Texts):
    """Never sees the end of a job."""

    def poll(self, job: str) -> str:
        super().poll(job)
        return "pending"


class Rash(adapters.Texts):
    """Raises though nothing is wrong."""

    def submit(self) -> str:
        job = super().submit()
        raise TranslationError(job)


class Chatty(adapters.Texts):
    """Says what no adapter says."""

    def poll(self, job: str) -> str:
        return f"still {super().poll(job)}"


@pytest.mark.parametrize(
    ("adapter", "message"),
    [
        (Forgetful, "a terminal state is final: poll() has said done of "),
        (Unannounced, "() has raised TranslationError, which is none of its errors"),
    ],
)
def test_each_invariant_is_held(adapter: Any, message: str, session: Session) -> None:
    with pytest.raises(InvariantError) as error:
        Tester(session, adapter.__name__)(adapter, settings=THOROUGH)
    assert message in str(error.value)


@pytest.mark.parametrize("adapter", [Blind, Chatty])
def test_a_client_that_fails_though_nothing_is_wrong_is_found_before_anything_is_spoilt(
    adapter: Any, session: Session
) -> None:
    with pytest.raises(InvariantError, match=r"nothing was amiss, and yet poll\("):
        Tester(session, adapter.__name__)(adapter, settings=REPRODUCIBLE)


def test_what_a_client_raises_though_nothing_is_wrong_is_what_the_test_fails_with(session: Session) -> None:
    with pytest.raises(TranslationError):
        Tester(session, "rash")(Rash, settings=BRIEF)


class Asynchronous:
    """A client whose methods are coroutines."""

    errors = (TranslationError,)

    def __init__(self, fauxlate: Sandbox) -> None:
        self.adapter = adapters.Texts(fauxlate)

    async def submit(self) -> str:
        await asyncio.sleep(0)
        return self.adapter.submit()

    async def poll(self, job: str) -> str:
        return self.adapter.poll(job)

    async def fetch(self, job: str) -> str | None:
        return self.adapter.fetch(job)


def test_an_adapter_may_be_asynchronous(session: Session) -> None:
    Tester(session, "asynchronous")(Asynchronous, settings=BRIEF)


def test_an_asynchronous_client_that_hangs_is_found(session: Session) -> None:
    class Hanging(Asynchronous):
        async def poll(self, job: str) -> str:
            while True:
                self.adapter.poll(job)
                await asyncio.sleep(0)

    start = time.monotonic()
    with pytest.raises(BaseException, match="it has made more than 10 requests"):
        Tester(session, "hanging")(Hanging, settings=BRIEF, requests=10)
    assert time.monotonic() - start < 30


def test_quirks_hold_in_every_play(session: Session) -> None:
    class Watching(adapters.Texts):
        def __init__(self, fauxlate: Sandbox) -> None:
            super().__init__(fauxlate)
            self.fauxlate = fauxlate

        def poll(self, job: str) -> str:
            outcome = super().poll(job)
            assert ("quirk", "alibaba.code_type str") in self.fauxlate.coverage
            return outcome

    Tester(session, "quirks")(Watching, settings=BRIEF, quirks={"alibaba.code_type": "str"})
