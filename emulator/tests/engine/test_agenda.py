"""An agenda holds what is yet to happen, and nothing else."""

from __future__ import annotations

import weakref
from collections.abc import Awaitable, Callable

from fauxlate.engine.timing.agenda import Agenda


class Action:
    async def __call__(self) -> None: ...


def test_what_is_struck_out_is_not_kept_though_something_else_stands() -> None:
    agenda, lasting = Agenda(), Action()
    agenda.add(0, lasting)
    struck: list[weakref.ref[Action]] = []
    for due in range(1000):
        action = Action()
        struck.append(weakref.ref(action))
        agenda.remove(agenda.add(due, action))
        del action
    assert len(agenda) == 1
    assert sum(one() is not None for one in struck) < 10
    assert agenda.pop_due(0) == (0, lasting)


def test_what_is_struck_out_does_not_happen_and_the_rest_happens_in_order() -> None:
    agenda = Agenda()
    actions: list[Callable[[], Awaitable[None]]] = [Action() for _ in range(10)]
    numbers = [agenda.add(10 - at // 2, action) for at, action in enumerate(actions)]
    for number in numbers[::3]:
        agenda.remove(number)
    came = []
    while (item := agenda.pop_due(100)) is not None:
        came.append(actions.index(item[1]))
    assert came == [8, 7, 4, 5, 2, 1]
