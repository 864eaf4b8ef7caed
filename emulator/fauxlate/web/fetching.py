"""Fetching of sources from the internet alone: never from this machine or its network.

Whoever may call the emulator chooses the URL. So a name is resolved first, its addresses are checked, and the connection
is made to one that was checked; a redirection is checked like the URL that led to it.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from fauxlate.engine.exchange.addresses import join
from fauxlate.engine.sandboxes.fetching import Fetch, FetchError
from fauxlate.web.addresses import make_url, resolve

Address = IPv4Address | IPv6Address
MAX_SIZE = 48 * 1024 * 1024
"""Bytes of a source, as of a body that is uploaded."""
TIMEOUT_SECONDS = 10.0
"""Real time that a source may take, with all its redirections; the call that names it waits for it."""
MAX_REDIRECTS = 5
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""Addresses that stand for one of IPv4 (NAT64, RFC 6052 and 8215), and may stand for a private one."""


def is_public(address: Address) -> bool:
    """Whether an address belongs to the internet: not to this machine, a private network, a link, a group of hosts."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or any(address in network for network in _TRANSLATED):
            return False
    return address.is_global and not address.is_multicast


def new_fetcher(
    is_allowed: Callable[[Address], bool] = is_public, *, max_size: int = MAX_SIZE, timeout: float = TIMEOUT_SECONDS
) -> Fetch:
    """Return a `Fetch` over HTTP and HTTPS that connects only to addresses that `is_allowed` accepts, without a proxy.

    It raises `FetchError` for more than `max_size` bytes, and after `timeout` seconds, redirections included.
    """

    async def fetch(url: str) -> bytes:
        connector = aiohttp.TCPConnector(resolver=_CheckedResolver(is_allowed), use_dns_cache=False, force_close=True)
        try:
            async with (
                asyncio.timeout(timeout),
                aiohttp.ClientSession(
                    connector=connector,
                    timeout=aiohttp.ClientTimeout(total=timeout),
                    cookie_jar=aiohttp.DummyCookieJar(),
                    auto_decompress=False,
                    headers={"Accept-Encoding": "identity", "User-Agent": "fauxlate"},
                ) as session,
            ):
                return await _follow_redirects(session, url, is_allowed, max_size)
        except TimeoutError:
            raise FetchError(f"it did not come within {timeout:g} seconds") from None
        except (aiohttp.ClientError, OSError, ValueError) as fault:
            raise FetchError(f"it cannot be got: {fault}") from None

    return fetch


async def _follow_redirects(
    session: aiohttp.ClientSession, address: str, is_allowed: Callable[[Address], bool], max_size: int
) -> bytes:
    for _ in range(MAX_REDIRECTS + 1):
        url = make_url(address)
        _check_url(url, is_allowed)
        async with session.get(url, allow_redirects=False) as answer:
            location = answer.headers.get("Location")
            if answer.status // 100 == 3 and location is not None:  # noqa: PLR2004  (redirection)
                address = join(address, location)
                continue
            if answer.status != HTTPStatus.OK:
                raise FetchError(f"{url.host} answers {answer.status}")
            data = bytearray()
            async for chunk in answer.content.iter_any():
                data += chunk
                if len(data) > max_size:
                    raise FetchError(f"it has more than {max_size} bytes")
            return bytes(data)
    raise FetchError(f"it is redirected more than {MAX_REDIRECTS} times")


def _check_url(url: URL, is_allowed: Callable[[Address], bool]) -> None:
    """Refuse what is no HTTP, and an address in place of a name, for which no resolver is asked."""
    if url.scheme not in ("http", "https") or not url.host:
        raise FetchError(f"{str(url)[:100]} is no http or https link")
    try:
        address = ip_address(url.host)
    except ValueError:
        return
    if not is_allowed(address):
        raise FetchError(f"{address} is no address of the internet")


class _CheckedResolver(AbstractResolver):
    """Resolves names to those of their addresses that are allowed."""

    def __init__(self, is_allowed: Callable[[Address], bool]) -> None:
        self._is_allowed = is_allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the allowed addresses of `host`. Raises `FetchError` where there is none."""
        rows = await resolve(host, port, family)
        allowed = [row for row in rows if self._is_allowed(ip_address(row["host"]))]
        if not allowed:
            raise FetchError(f"{host} leads to no address of the internet")
        return allowed

    async def close(self) -> None:
        """Do nothing; there is nothing open."""
