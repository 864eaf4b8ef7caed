"""The agenda of a sandbox: actions that wait for its clock, in order of their time."""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable

Action = Callable[[], Awaitable[None]]


class Agenda:
    """A queue of actions by due time; those that are due at the same time keep the order in which they were added.

    `reorder_queue` holds callbacks that wait for another one to go first. `is_closed` says that the sandbox's time has
    ended: nothing that is added from then on happens. `clock_listeners` are called after each change of the clock, as
    whoever waits for it by a timer has to look again.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Action]] = []
        self._active: set[int] = set()
        self._counter = 0
        self.reorder_queue: list[Action] = []
        self.is_closed = False
        self.clock_listeners: set[Callable[[], None]] = set()

    def add(self, due: float, action: Action) -> int:
        """Add `action` for the time `due`; return a number by which it can be removed."""
        self._counter += 1
        heapq.heappush(self._heap, (due, self._counter, action))
        self._active.add(self._counter)
        return self._counter

    def remove(self, number: int) -> None:
        """Remove an action, if it is still there."""
        self._active.discard(number)
        if len(self._heap) > 2 * len(self._active):  # rarely enough to cost each removal next to nothing
            self._heap = [entry for entry in self._heap if entry[1] in self._active]
            heapq.heapify(self._heap)

    def pop_due(self, until: float) -> tuple[float, Action] | None:
        """Remove and return the first action that is due at `until` or before, with its time; None where there is none."""
        while self._heap and self._heap[0][0] <= until:
            due, number, action = heapq.heappop(self._heap)
            if number in self._active:
                self._active.remove(number)
                return due, action
        return None

    def __len__(self) -> int:
        return len(self._active)
