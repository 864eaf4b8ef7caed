"""A short run of each fuzzer, and that the fuzzers notice what they look for."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from multidict import CIMultiDict

from contract_tests.fuzz import scenario_files, watching
from contract_tests.fuzz.answers import Answer, AnswerReader, UnreadableAnswerError
from contract_tests.fuzz.checks import find_fault
from contract_tests.fuzz.command import main
from contract_tests.fuzz.drafts import Draft
from contract_tests.fuzz.mutations import Mutator
from contract_tests.fuzz.running import Run, replay
from contract_tests.fuzz.traffic import cut

COUNTS = {"bytes": 2000, "requests": 2000, "scenarios": 400}
MAX_SECONDS = 120
"""Seconds that a short run may take at most, on a machine that others use too."""


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep what is found where tests keep their files."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.mark.parametrize("target", COUNTS)
def test_a_short_run_finds_nothing(target: str) -> None:
    run = Run(target, 1, MAX_SECONDS, COUNTS[target])
    run.go()
    assert (len(run.findings), run.findings.counts) == (0, {})
    assert run.done >= COUNTS[target]


def answer(status: int, body: bytes, media_type: str = "application/json", **headers: str) -> Answer:
    return Answer(status, CIMultiDict({"Content-Type": media_type, **headers}), body)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (answer(200, b"{"), "no application/json"),
        (answer(200, b'{"a": NaN}'), "NaN is not of JSON"),
        (answer(200, b'"\xff"'), "no application/json"),
        (answer(404, b"<Error>", "application/xml"), "no application/xml"),
        (answer(200, b"<html></html>", "text/html; charset=utf-8"), "a page of HTML"),
        (answer(404, b"<html></html>", "text/html", ETag='"x"'), "a page of HTML"),
        (answer(502, b'{"message": "x"}'), "502 is in no table"),
        (answer(500, b'{"error_code": "NLP.0101", "error_msg": "x"}'), "500 is in no table"),
        (answer(599, b""), "599 is in no table"),
        (answer(500, b'{"message": "Fauxlate itself failed; its log has the traceback."}'), "Fauxlate itself failed"),
        (Answer(200, CIMultiDict({"Content-Type": "application/json"}), b"", is_whole=False), "the connection ended"),
    ],
)
def test_an_answer_that_must_not_be_is_noticed(wrong: Answer, why: str) -> None:
    assert why in (find_fault(wrong, b"GET / HTTP/1.1") or "")


@pytest.mark.parametrize(
    "right",
    [
        answer(200, b"{}"),
        answer(204, b""),
        answer(200, b"<", "application/xml", ETag='"x"'),
        answer(200, b"<title>DingTalk login</title>", "text/html"),
        answer(500, b'{"code": "system.error", "message": "x", "requestid": "x"}'),
        answer(501, b'{"message": "This is not a request that can be read: x"}'),
    ],
)
def test_an_answer_that_may_be_is_let_pass(right: Answer) -> None:
    assert find_fault(right, b"GET / HTTP/1.1") is None


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxyz",
        b"<html>",
    ],
)
def test_what_is_no_answer_of_http_is_noticed(data: bytes) -> None:
    reader = AnswerReader()
    reader.feed(data)
    with pytest.raises(UnreadableAnswerError):
        reader.read()


def test_answers_are_read_however_they_are_cut() -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
    reader, bodies = AnswerReader(), []
    for byte in b"HTTP/1.1 100 Continue\r\n\r\n" + whole + chunked:
        reader.feed(bytes([byte]))
        if (found := reader.read()) is not None:
            bodies.append(found.body)
    assert (bodies, reader.continues, reader.pending) == ([b"x", b"x"], 1, b"")


def draw(seed: int) -> list[bytes]:
    mutator, drawn = Mutator(Random(seed)), []  # noqa: S311
    for _ in range(200):
        draft = Draft("x", b"POST", b"/a", [(b"q", b"v")], [(b"Content-Type", b"application/json")], b'{"a": [1, "b"]}')
        mutator.alter(draft)
        drawn.append(b"".join(cut(draft.encode(), mutator.random)))
    return drawn


def test_the_same_seed_draws_the_same_inputs() -> None:
    assert draw(1) == draw(1)
    assert draw(1) != draw(2)


def test_an_error_in_the_log_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: bytes) -> None:
        logging.getLogger("fauxlate").error("it broke")

    monkeypatch.setattr(scenario_files, "find_fault", fail)
    run = Run("scenarios", 1, MAX_SECONDS, 1)
    run.go()
    assert list(run.findings.counts) == ["an error in the log: ERROR fauxlate it broke"]


def hang(*_: object, **__: object) -> None:
    while True:
        pass


def fail(*_: object, **__: object) -> None:
    raise RuntimeError("it broke")


@pytest.mark.parametrize(("behave", "why"), [(hang, "everybody was held up"), (fail, "RuntimeError: it broke")])
def test_a_compiler_that_hangs_or_breaks_is_found_and_its_input_can_be_tried_again(
    behave: Callable[..., None], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(scenario_files, "compile_scenario", behave)
        if behave is hang:
            patched.setattr(watching.rearm, "__defaults__", (0.2,))
        run = Run("scenarios", 1, MAX_SECONDS, 1)
        run.go()
        assert why in next(iter(run.findings.counts))
        assert len(replay(run.findings.paths[0])) == 1
    assert main_of(run.findings.paths[0]) == 0


def main_of(path: Path) -> int:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.argv", ["fuzz", "--replay", str(path)])
        return main()


def test_bytes_are_tried_again_as_they_were_sent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "0.bytes"
    path.write_bytes(b"GET /__fauxlate/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert main_of(path) == 0
    assert '"status":"ok"' in capsys.readouterr().out
