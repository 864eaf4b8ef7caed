"""What a store remembers, and for whom."""

from __future__ import annotations

import asyncio

from fauxlate.engine.sandboxes.store import Record
from fauxlate.stores.memory import MemoryStore


def test_of_many_who_add_the_same_one_is_remembered() -> None:
    async def added() -> tuple[list[bool], Record | None]:
        store = MemoryStore()
        each = [store.add("nonce", "a", Record(number, expires=10.0), 0.0) for number in range(10)]
        return await asyncio.gather(*each), await store.get("nonce", "a")

    said, kept = asyncio.run(added())
    assert (said.count(True), said[0]) == (1, True)
    assert kept == Record(0, expires=10.0)


def test_what_no_longer_holds_makes_room() -> None:
    async def added() -> list[bool]:
        store = MemoryStore()
        return [
            await store.add("nonce", "a", Record(1, expires=10.0), 0.0),
            await store.add("nonce", "a", Record(2, expires=20.0), 9.9),
            await store.add("nonce", "a", Record(3, expires=20.0), 10.0),
            await store.add("nonce", "b", Record(4), 10.0),
            await store.add("nonce", "b", Record(5), 1e9),
        ]

    assert asyncio.run(added()) == [True, False, True, True, False]
