"""What contract tests run against: an emulator of their own on a free port, quick enough to wait for."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from emulator.engine.scenario_compiler import compiled
from emulator.server import PROVIDERS, Emulator

QUICK = """
about: Every job ends within a tenth of a second of real time.
lifecycles:
  alibaba.async_translate: {ready: 20ms, translating: 40ms}
  alibaba.image_batch: {created: 20ms, running: 40ms}
  huawei.file_translation: {WAITING: 20ms, BGEIN: 40ms}
  dingtalk.file_translation: {"0": 50ms}
"""
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def server() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(server: Emulator) -> Emulator:
    """The session's server, following nothing but the documents, only faster."""
    server.sandbox().follow(compiled(QUICK, PROVIDERS))
    return server


def missing(what: str) -> None:
    """Skip for want of a part of the machine; in CI, where all parts have to be there, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI has to have it")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def rpc_python() -> str:
    """The interpreter of the environment that holds the SDK release that signs the old way."""
    python = ROOT / ".venv-rpc" / "bin" / "python"
    if not python.exists():
        missing("`.venv-rpc`, which `make test` sets up,")
    return str(python)


def advance(emulator: Emulator, by: str) -> None:
    """Move the sandbox's clock by the admin API, as any test would."""
    request = Request(
        f"{emulator.url}/__fauxlate/sandboxes/default/clock",
        json.dumps({"advance": by}).encode(),
        {"Content-Type": "application/json"},
        method="PATCH",
    )
    with urlopen(request) as answer:
        assert answer.status == 200
