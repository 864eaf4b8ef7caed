"""`fauxlate wait` ends when a server is ready, or says why none is."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from fauxlate.cli import main
from tests.cli.serving import ENVIRONMENT, serve_process


def test_waiting_ends_with_0_when_the_server_is_ready(capfd: pytest.CaptureFixture[str]) -> None:
    with serve_process("--port", "0", "--quiet") as (_, lines):
        url = lines[0].removeprefix("ready ")
        assert main(["wait", "--url", url, "--timeout", "10s"]) == 0
    assert capfd.readouterr().out == f"ready {url}\n"


def test_waiting_may_begin_before_the_server_does() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "fauxlate", "wait", "--url", f"http://127.0.0.1:{port}", "--timeout", "60s"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as waiter:
        with serve_process("--port", str(port), "--quiet"):
            out, _ = waiter.communicate(timeout=60)
        assert (waiter.returncode, out) == (0, f"ready http://127.0.0.1:{port}\n")


def test_waiting_for_nobody_ends_with_1_and_says_why(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert main(["wait", "--url", f"http://127.0.0.1:{port}", "--timeout", "0.2s"]) == 1
    output = capfd.readouterr().err
    assert output == f"fauxlate: http://127.0.0.1:{port} is not ready after 0.2 s: Connection refused\n"


def test_waiting_asks_where_the_variables_say_the_server_is(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("FAUXLATE_PORT", str(port))
    assert main(["wait", "--timeout", "10ms"]) == 1
    assert f"http://127.0.0.1:{port} is not ready" in capfd.readouterr().err


@pytest.mark.parametrize("flags", [["--url", "localhost:1"], ["--timeout", "soon"]])
def test_waiting_wrongly_ends_with_2(flags: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["wait", *flags]) == 2
    assert flags[0] in capfd.readouterr().err
