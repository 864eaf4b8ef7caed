"""The fixtures of tests of every provider."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from contract_tests.harness.target import Target


@pytest.fixture
async def session(emulator: Target) -> AsyncIterator[aiohttp.ClientSession]:
    """A session at an emulator."""
    async with aiohttp.ClientSession(emulator.url) as session:
        yield session
