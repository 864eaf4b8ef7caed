"""The front door: what users import is there, says what it is, and costs nothing until it is asked for."""

from __future__ import annotations

import subprocess
import sys

import fauxlate
import pytest
from fauxlate import Emulator, FauxlateError, Settings, connect, testing


@pytest.mark.parametrize("module", [fauxlate, testing], ids=lambda module: module.__name__)
def test_every_name_of_the_front_door_is_there_and_says_what_it_is(module: object) -> None:
    names = module.__all__  # type: ignore[attr-defined]
    assert len(set(names)) == len(names)
    for name in names:
        thing = getattr(module, name)
        assert thing.__doc__, name


def test_every_exception_of_the_front_door_is_a_fauxlate_error() -> None:
    things = [getattr(fauxlate, name) for name in fauxlate.__all__]
    exceptions = [thing for thing in things if isinstance(thing, type) and issubclass(thing, BaseException)]
    assert len(exceptions) > 4
    assert all(issubclass(exception, FauxlateError) for exception in exceptions)


def test_a_name_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(AttributeError, match=r"no attribute `Emulater`; there are .*Emulator"):
        _ = fauxlate.Emulater


def test_importing_fauxlate_loads_no_server_no_library_and_no_pytest() -> None:
    program = (
        "import sys, fauxlate, fauxlate.testing; "
        "print(sorted({'aiohttp', 'pydantic', 'pytest', 'hypothesis', 'cryptography', 'PIL'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


def test_a_sandbox_is_had_without_pytest() -> None:
    with Emulator() as emulator, emulator.sandbox({"about": "Mine."}, clock="frozen") as sandbox:
        before = sandbox.clock.time()
        sandbox.clock.advance("10m")
        assert sandbox.clock.time() == before + 600
        assert sandbox.jobs == []
        assert len(sandbox.journal) == 0
        assert sandbox.environment["huawei"] != emulator.environment["huawei"]


def test_a_server_that_runs_elsewhere_gives_sandboxes_too() -> None:
    with Emulator(Settings(port=0, admin_token="open")) as emulator:
        remote = connect(emulator.url, "open")
        assert remote.url == emulator.url
        with remote.sandbox(clock="frozen") as sandbox:
            before = sandbox.clock.time()
            sandbox.clock.advance("1s")
            assert sandbox.clock.time() == before + 1


def test_where_no_server_answers_that_is_said() -> None:
    with pytest.raises(FauxlateError, match="no Fauxlate answers"):
        connect("http://127.0.0.1:1").sandbox().jobs  # noqa: B018
