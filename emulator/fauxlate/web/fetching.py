"""Fetching of sources from the internet, and only from there: never from this machine or the network it stands in.

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

from fauxlate.engine.sandboxes.fetching import Fetch, UnfetchedError

Address = IPv4Address | IPv6Address
LARGEST = 48 * 1024 * 1024
"""Bytes of a source, as of a body that is uploaded."""
PATIENCE = 10.0
"""Seconds that a source may take, with all its redirections; the call that names it waits for them."""
MOST_REDIRECTIONS = 5
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""Addresses that stand for one of IPv4 (NAT64, RFC 6052 and 8215), and may stand for a private one."""


def public(address: Address) -> bool:
    """Whether an address belongs to the internet: not to this machine, a private network, a link, a group of hosts."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return public(inner)
        if address.teredo is not None or any(address in network for network in _TRANSLATED):
            return False
    return address.is_global and not address.is_multicast


def fetcher(
    allowed: Callable[[Address], bool] = public, *, largest: int = LARGEST, patience: float = PATIENCE
) -> Fetch:
    """Return a `Fetch` over HTTP and HTTPS that connects to `allowed` addresses alone, and asks no proxy."""

    async def fetch(url: str) -> bytes:
        connector = aiohttp.TCPConnector(resolver=_Checked(allowed), use_dns_cache=False, force_close=True)
        timeout = aiohttp.ClientTimeout(total=patience)
        try:
            async with (
                asyncio.timeout(patience),
                aiohttp.ClientSession(
                    connector=connector,
                    timeout=timeout,
                    cookie_jar=aiohttp.DummyCookieJar(),
                    auto_decompress=False,
                    headers={"Accept-Encoding": "identity", "User-Agent": "fauxlate"},
                ) as session,
            ):
                return await _followed(session, URL(url), allowed, largest)
        except TimeoutError:
            raise UnfetchedError(f"it did not come within {patience:g} seconds") from None
        except (aiohttp.ClientError, OSError, ValueError) as fault:
            raise UnfetchedError(f"it cannot be got: {fault}") from None

    return fetch


async def _followed(
    session: aiohttp.ClientSession, url: URL, allowed: Callable[[Address], bool], largest: int
) -> bytes:
    for _ in range(MOST_REDIRECTIONS + 1):
        _check(url, allowed)
        async with session.get(url, allow_redirects=False) as answer:
            location = answer.headers.get("Location")
            if answer.status // 100 == 3 and location is not None:  # noqa: PLR2004  (redirection)
                url = url.join(URL(location))
                continue
            if answer.status != HTTPStatus.OK:
                raise UnfetchedError(f"{url.host} answers {answer.status}")
            data = bytearray()
            async for piece in answer.content.iter_any():
                data += piece
                if len(data) > largest:
                    raise UnfetchedError(f"it has more than {largest} bytes")
            return bytes(data)
    raise UnfetchedError(f"it is redirected more than {MOST_REDIRECTIONS} times")


def _check(url: URL, allowed: Callable[[Address], bool]) -> None:
    """Refuse what is no HTTP, and an address in place of a name, for which no resolver is asked."""
    if url.scheme not in ("http", "https") or not url.host:
        raise UnfetchedError(f"{str(url)[:100]} is no http or https link")
    try:
        address = ip_address(url.host)
    except ValueError:
        return
    if not allowed(address):
        raise UnfetchedError(f"{address} is no address of the internet")


class _Checked(AbstractResolver):
    """Resolves names, and gives those of their addresses that are allowed."""

    def __init__(self, allowed: Callable[[Address], bool]) -> None:
        self._allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the allowed addresses of `host`. Raises `UnfetchedError` where there is none."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        good = [
            ResolveResult(
                hostname=host, host=str(at[0]), port=port, family=kind, proto=proto, flags=socket.AI_NUMERICHOST
            )
            for kind, _, proto, _, at in found
            if self._allowed(ip_address(at[0]))
        ]
        if not good:
            raise UnfetchedError(f"{host} leads to no address of the internet")
        return good

    async def close(self) -> None:
        """Do nothing; there is nothing open."""
