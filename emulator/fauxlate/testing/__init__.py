"""The test kit: sandboxes for tests, and what looks for mistakes in clients, with pytest or without.

What stands in `__all__` is what tests import. Each of it is loaded when it is first asked for: the pytest plugin, which
every run of pytest loads, imports this package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fauxlate.lazy import load_lazily

if TYPE_CHECKING:
    from fauxlate.testing import strategies
    from fauxlate.testing.clients import Alibaba, DingTalk, Huawei, MissingSdkError
    from fauxlate.testing.clock import Clock
    from fauxlate.testing.connections.connection import EmulatorConnectionError
    from fauxlate.testing.limits import HangError
    from fauxlate.testing.records import Exchange, Job, Journal
    from fauxlate.testing.sandbox import Sandbox
    from fauxlate.testing.session import Session
    from fauxlate.testing.tester.adapter import Adapter
    from fauxlate.testing.tester.invariants import InvariantError
    from fauxlate.testing.tester.tester import TESTER_SETTINGS, Tester

__all__ = [
    "TESTER_SETTINGS",
    "Adapter",
    "Alibaba",
    "Clock",
    "DingTalk",
    "EmulatorConnectionError",
    "Exchange",
    "HangError",
    "Huawei",
    "InvariantError",
    "Job",
    "Journal",
    "MissingSdkError",
    "Sandbox",
    "Session",
    "Tester",
    "strategies",
]

_MODULES = {
    "Alibaba": "clients",
    "DingTalk": "clients",
    "Huawei": "clients",
    "MissingSdkError": "clients",
    "Clock": "clock",
    "EmulatorConnectionError": "connections.connection",
    "HangError": "limits",
    "Exchange": "records",
    "Job": "records",
    "Journal": "records",
    "Sandbox": "sandbox",
    "Session": "session",
    "Adapter": "tester.adapter",
    "InvariantError": "tester.invariants",
    "TESTER_SETTINGS": "tester.tester",
    "Tester": "tester.tester",
}


__getattr__ = load_lazily("fauxlate.testing", __all__, _MODULES)


def __dir__() -> list[str]:
    return __all__
