"""The tester of clients: Hypothesis plays provider and clock against a small adapter, and shrinks what goes wrong."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from fauxlate.testing.sandbox import Sandbox
from fauxlate.testing.session import Session
from fauxlate.testing.tester.adapter import NewAdapter
from fauxlate.testing.tester.machine import ProviderMachine, Setting
from fauxlate.testing.tester.rehearsal import learn_operations

TESTER_SETTINGS = settings(
    max_examples=60,
    stateful_step_count=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],
    print_blob=False,
    report_multiple_bugs=False,
)
"""The settings of Hypothesis for the tester: how long it searches, unless a test says otherwise."""
_START = "2026-01-01T00:00:00Z"
"""The time of the sandbox at which each play begins."""


class Tester:
    """Plays provider and clock against clients, in sandboxes of `session` that are named after `name`."""

    __test__ = False  # no class of tests, though its name begins with Test

    def __init__(self, session: Session, name: str) -> None:
        self._session, self._name = session, name

    def __call__(
        self,
        adapter: NewAdapter,
        *,
        limit: float = 5.0,
        requests: int = 60,
        settings: settings = TESTER_SETTINGS,
        quirks: dict[str, str] | None = None,
    ) -> None:
        """Test the client that `adapter` makes. Raises `InvariantError`.

        One call of the adapter may take `limit` seconds of real time and make `requests` requests. First a job is
        run with nothing amiss, to learn which operations the client calls. `quirks` choose the reading of the
        documents.
        """

        def new_sandbox() -> Sandbox:
            return self._session.sandbox(name=f"{self._name} tester", clock=_START, quirks=quirks)

        operations = learn_operations(new_sandbox, adapter, limit, requests)

        class Play(ProviderMachine):
            """One play, from an empty sandbox."""

            def __init__(self) -> None:
                super().__init__(Setting(new_sandbox(), adapter, operations, limit, requests, quirks or {}))

        run_state_machine_as_test(Play, settings=settings)
