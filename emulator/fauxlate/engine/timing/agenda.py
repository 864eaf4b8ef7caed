"""What is to happen at a time of the sandbox's clock, in order of its time."""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable

Action = Callable[[], Awaitable[None]]


class Agenda:
    """A queue by due time; what is due at the same time happens in the order in which it was entered.

    `held` waits for another of its kind to go first. `over` tells that the time it was for has ended: nothing that is
    entered from then on happens.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Action]] = []
        self._standing: set[int] = set()
        self._entered = 0
        self.held: list[Action] = []
        self.is_over = False
        self.clock_listeners: set[Callable[[], None]] = set()
        """Called when the clock has been changed: whoever waits for it by a timer has to look again."""

    def add(self, due: float, action: Action) -> int:
        """Enter `action` for `due`; return a number by which it can be struck out."""
        self._entered += 1
        heapq.heappush(self._heap, (due, self._entered, action))
        self._standing.add(self._entered)
        return self._entered

    def remove(self, number: int) -> None:
        """Strike an action out, if it is still there."""
        self._standing.discard(number)
        if len(self._heap) > 2 * len(self._standing):  # rarely enough to cost each strike next to nothing
            self._heap = [entry for entry in self._heap if entry[1] in self._standing]
            heapq.heapify(self._heap)

    def pop_due(self, until: float) -> tuple[float, Action] | None:
        """Take out and return the first action that is due at `until` or before, with its time."""
        while self._heap and self._heap[0][0] <= until:
            due, number, action = heapq.heappop(self._heap)
            if number in self._standing:
                self._standing.remove(number)
                return due, action
        return None

    def __len__(self) -> int:
        return len(self._standing)
