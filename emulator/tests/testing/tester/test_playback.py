"""Playback: what the tester finds in a careless client, its scenario file brings about again, without the tester."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from fauxlate import library
from fauxlate.engine.grammar.compiler import compile_scenario
from fauxlate.serving.background import BackgroundServer
from fauxlate.serving.composition import PROVIDERS
from fauxlate.settings import Settings
from fauxlate.testing.clients import Alibaba, Huawei
from fauxlate.testing.connections.local import LocalConnection
from fauxlate.testing.session import Session
from fauxlate.testing.tester.invariants import InvariantError
from fauxlate.testing.tester.tester import Tester
from hypothesis import settings
from tests.testing.tester.conftest import REPRODUCIBLE, THOROUGH

from contract_tests.examples import adapters, careless
from contract_tests.examples.adapters import TEXT, URL
from contract_tests.examples.careful import TIMEOUT, TranslationError


def report_of(session: Session, adapter: Any, settings: settings = THOROUGH, **options: Any) -> str:
    with pytest.raises(InvariantError) as error:
        Tester(session, adapter.__name__)(adapter, settings=settings, **options)
    return str(error.value)


def scenario_file(report: str) -> str:
    """Return the scenario file that a report has."""
    lines = re.findall(r"^    (.*)$", report, re.MULTILINE)
    text = "\n".join(lines) + "\n"
    assert compile_scenario(text, PROVIDERS).rules
    return text


def serve(file: str, tmp_path: Path) -> BackgroundServer:
    """Return a server that follows the file, as `fauxlate serve --scenario` does."""
    path = tmp_path / "found.yaml"
    path.write_text(file, "utf-8")
    assert library.load(str(path)).text == file
    return BackgroundServer(Settings(port=0, scenario=(str(path),)))


class ClockSleep:
    """A sleep that moves the clock instead, and refuses after so many calls."""

    def __init__(self, emulator: BackgroundServer, max_calls: int = 50) -> None:
        self.connection, self.calls_left = LocalConnection(emulator), max_calls

    def __call__(self, seconds: float) -> None:
        self.connection.request("PATCH", "sandboxes/default/clock", {"advance": seconds})
        self.calls_left -= 1
        if self.calls_left < 0:
            raise AssertionError("it goes on for ever")


def document_client(kind: Any, emulator: BackgroundServer) -> Any:
    access = Huawei(emulator.url, emulator.environment["huawei"])
    return kind(access.client(timeout=TIMEOUT), ClockSleep(emulator))


def count_jobs(emulator: BackgroundServer) -> int:
    return len(emulator.run(emulator.engine_sandbox().store.jobs()))


def test_a_document_that_is_submitted_twice_is_found_and_played_back(session: Session, tmp_path: Path) -> None:
    report = report_of(session, adapters.Resubmitting, settings(REPRODUCIBLE, max_examples=200))
    assert report.startswith("double submit: one submit() has made 2 jobs, [")
    assert len(compile_scenario(scenario_file(report), PROVIDERS).rules) == 1, "it is made as small as it can be"
    with serve(scenario_file(report), tmp_path) as emulator:
        document_client(careless.Resubmitting, emulator).submit(URL)
        assert count_jobs(emulator) == 2
    with serve(scenario_file(report), tmp_path) as emulator:
        with pytest.raises(TranslationError):
            document_client(adapters.Documents.kind, emulator).submit(URL)
        assert count_jobs(emulator) == 1


def test_polling_without_an_end_is_found_and_played_back(session: Session, tmp_path: Path) -> None:
    report = report_of(session, adapters.Endless, requests=20)
    assert report.startswith("bounded polling: poll() does not come back, it has made more than 20 requests")
    with serve(scenario_file(report), tmp_path) as emulator, pytest.raises(AssertionError, match="it goes on for ever"):
        document_client(careless.Endless, emulator).translate(URL)
    with serve(scenario_file(report), tmp_path) as emulator, pytest.raises(TranslationError):
        document_client(adapters.Documents.kind, emulator).translate(URL)


def test_an_expired_link_taken_for_the_result_is_found_and_played_back(session: Session, tmp_path: Path) -> None:
    report = report_of(session, adapters.Stale)
    assert report.startswith("taken for success: fetch() has returned, and what came of ")
    with serve(scenario_file(report), tmp_path) as emulator:
        assert b"<Error>" in document_client(careless.Stale, emulator).translate(URL)
    with serve(scenario_file(report), tmp_path) as emulator:
        assert b"[en]" in document_client(adapters.Documents.kind, emulator).translate(URL)


class Silent(adapters.Documents):
    """Does not say what its client raises."""

    errors = ()  # type: ignore[assignment]


def test_an_exception_that_no_caller_expects_is_found_with_what_brought_it_about(session: Session) -> None:
    report = report_of(session, Silent)
    assert "has raised TranslationError, which is none of its errors" in report
    assert re.search(r'"(fail|drop|body)"', scenario_file(report)), report


def test_an_error_in_an_answer_of_200_taken_for_success_is_found_and_played_back(
    session: Session, tmp_path: Path
) -> None:
    report = report_of(session, adapters.Trusting)
    assert report.startswith("taken for success: poll() says done, and ")
    assert "System.SubNotPermission" in scenario_file(report)

    def translations(kind: Any) -> set[str]:
        """What a caller who asks again and again is given, other failures of the play coming first as they may."""
        texts = set()
        with serve(scenario_file(report), tmp_path) as emulator:
            access = Alibaba(emulator.url, emulator.environment["alibaba"])
            client = kind(access.client(read_timeout=500), ClockSleep(emulator, max_calls=200))
            for _ in range(5):
                with suppress(TranslationError):
                    texts.add(str(client.translate(TEXT)))
        return texts

    assert "" in translations(careless.Trusting)
    assert "" not in translations(adapters.Texts.kind)
