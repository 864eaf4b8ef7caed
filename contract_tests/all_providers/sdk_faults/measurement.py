"""The measurement: every fault is tried on every client, each in a sandbox of its own."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest import mock
from urllib.request import Request, urlopen

from contract_tests.all_providers.sdk_faults.clients import COLUMNS, OPERATIONS, Column, Credentials, describe_call
from contract_tests.all_providers.sdk_faults.faults import Fault, list_faults
from contract_tests.harness.machine import ROOT


@dataclass(frozen=True)
class Measurement:
    """What one client does on one fault; `requests` is how often it calls, `jobs` how many jobs there are then."""

    outcome: str
    requests: int
    jobs: int


def measure(url: str, rpc_python: str) -> dict[str, dict[str, Measurement]]:
    """Measure every fault on every client at the server at `url`; return measurements by fault and client."""
    with _login_page() as login_url, _temporary_home():
        faults = list_faults(login_url)
        sandboxes = {
            (fault.name, column.name): _create_sandbox(url, fault, column) for fault in faults for column in COLUMNS
        }
        outcomes: dict[tuple[str, str], str] = {}
        for column in COLUMNS:
            credentials = [sandboxes[fault.name, column.name]["credentials"][column.provider] for fault in faults]
            for fault, outcome in zip(faults, _call_each(column, credentials, rpc_python), strict=True):
                outcomes[fault.name, column.name] = outcome
        return {
            fault.name: {
                column.name: Measurement(
                    outcomes[fault.name, column.name],
                    *_count(url, sandboxes[fault.name, column.name]["id"], OPERATIONS[column.provider]),
                )
                for column in COLUMNS
            }
            for fault in faults
        }


def _call_each(column: Column, credentials: Sequence[Credentials], rpc_python: str) -> list[str]:
    """Return the outcome of a client's call with each of these credentials."""
    call = column.call
    if call is not None:
        return [describe_call(lambda: call(sandbox)) for sandbox in credentials]  # noqa: B023
    process = subprocess.run(
        [rpc_python, "-m", "contract_tests.all_providers.sdk_faults.clients", json.dumps(credentials)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    outcomes: list[str] = json.loads(process.stdout)
    return outcomes


def _create_sandbox(url: str, fault: Fault, column: Column) -> dict[str, Any]:
    rule = {"on": OPERATIONS[column.provider], "then": fault.effects_for(column.provider)}
    body: Mapping[str, Any] = {"scenario": {"rules": [rule]}}
    request = Request(f"{url}/__fauxlate/sandboxes", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request) as response:
        sandbox: dict[str, Any] = json.load(response)
    return sandbox


def _count(url: str, sandbox_id: str, operation: str) -> tuple[int, int]:
    """Return how often the operation was called, and how many jobs there are; delete the sandbox."""
    path = f"{url}/__fauxlate/sandboxes/{sandbox_id}"
    with urlopen(f"{path}/journal?operation={operation}") as response:
        entries = json.load(response)["entries"]
    with urlopen(f"{path}/jobs") as response:
        jobs = json.load(response)["jobs"]
    with urlopen(Request(path, method="DELETE")):
        return len(entries), len(jobs)


class _LoginPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = b"<html><title>Log in</title></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def _login_page() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _LoginPage) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/login"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def _temporary_home() -> Iterator[None]:
    """Give an SDK that writes into the home folder another one."""
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, HOME=folder):
        yield
