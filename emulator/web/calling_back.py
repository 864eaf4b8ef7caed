"""Callbacks: what a client asked to be told is posted to it when the sandbox's clock says so; only ever to loopback."""

from __future__ import annotations

import asyncio
import logging
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp

from emulator.engine.callback import Callback
from emulator.engine.reply import JSON
from emulator.engine.sandbox import Sandbox
from emulator.web import passing

log = logging.getLogger("fauxlate")

_PATIENCE = aiohttp.ClientTimeout(total=3)
"""Seconds of real time that a client has to answer; less than a jump of the clock waits for what it set off."""
_waiting: set[asyncio.Task[None]] = set()
"""The event loop itself holds tasks only weakly."""


def later(sandbox: Sandbox, callback: Callback) -> None:
    """Post `callback` when it is due; one that does not lead to this machine is logged instead."""
    if not _loopback(callback.url):
        log.warning("a callback is not sent, because it does not lead to this machine: %s", callback.url[:200])
        return
    task = asyncio.ensure_future(passing.then(sandbox, callback.due, lambda: _post(callback)))
    _waiting.add(task)
    task.add_done_callback(_waiting.discard)


def _loopback(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


async def _post(callback: Callback) -> None:
    try:
        async with (
            aiohttp.ClientSession(timeout=_PATIENCE) as session,
            session.post(
                callback.url, data=callback.body, headers={"Content-Type": JSON}, allow_redirects=False
            ) as answer,
        ):
            log.info("the callback %s was answered with %d", callback.url, answer.status)
    except (aiohttp.ClientError, TimeoutError, ValueError) as fault:
        log.warning("the callback %s failed: %s", callback.url[:200], repr(fault))
