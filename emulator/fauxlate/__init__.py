"""Fauxlate: an emulator of three providers of asynchronous translation.

What stands in `__all__` is what users import. Each of it is loaded when it is first asked for, so that importing
Fauxlate, as every run of pytest does where it is installed, costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fauxlate.lazy import load_lazily
from fauxlate.version import __version__

if TYPE_CHECKING:
    from fauxlate import testing
    from fauxlate.emulator import Emulator, RemoteEmulator, connect
    from fauxlate.engine.grammar.diagnostics import ScenarioError
    from fauxlate.errors import FauxlateError
    from fauxlate.serving.application import application
    from fauxlate.serving.server import ListenError
    from fauxlate.settings import SettingError, Settings
    from fauxlate.testing.clients import MissingSdkError
    from fauxlate.testing.clock import Clock
    from fauxlate.testing.connections.connection import EmulatorConnectionError
    from fauxlate.testing.records import Exchange, Job, Journal
    from fauxlate.testing.sandbox import Sandbox

__all__ = [
    "Clock",
    "Emulator",
    "EmulatorConnectionError",
    "Exchange",
    "FauxlateError",
    "Job",
    "Journal",
    "ListenError",
    "MissingSdkError",
    "RemoteEmulator",
    "Sandbox",
    "ScenarioError",
    "SettingError",
    "Settings",
    "__version__",
    "application",
    "connect",
    "testing",
]

_MODULES = {
    "application": "serving.application",
    "Emulator": "emulator",
    "RemoteEmulator": "emulator",
    "connect": "emulator",
    "Settings": "settings",
    "SettingError": "settings",
    "FauxlateError": "errors",
    "ListenError": "serving.server",
    "ScenarioError": "engine.grammar.diagnostics",
    "MissingSdkError": "testing.clients",
    "EmulatorConnectionError": "testing.connections.connection",
    "Clock": "testing.clock",
    "Exchange": "testing.records",
    "Job": "testing.records",
    "Journal": "testing.records",
    "Sandbox": "testing.sandbox",
}


__getattr__ = load_lazily("fauxlate", __all__, _MODULES)


def __dir__() -> list[str]:
    return __all__
