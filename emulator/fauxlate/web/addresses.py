"""Addresses as aiohttp's client takes them: host and port are read, path and query are sent as given."""

from __future__ import annotations

import asyncio
import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from fauxlate.engine.exchange.addresses import is_local_name, split_address

_LOOPBACK = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


def make_url(url: str) -> URL:
    """Return an address whose path and query yarl does not touch. Raises `ValueError` for what is none."""
    scheme, authority, target = split_address(url)
    # A `?` with nothing behind it stays only in a path, of which the query is then a part.
    return URL(f"{scheme}://{authority}").with_path(target, encoded=True)


async def resolve(host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
    """Return the addresses of a name; those of `localhost` and of the names under it are known without asking."""
    if is_local_name(host):
        found = [(kind, address) for kind, address in _LOOPBACK if family in (socket.AF_UNSPEC, kind)]
    else:
        loop = asyncio.get_running_loop()
        rows = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        found = [(kind, str(address[0])) for kind, _, _, _, address in rows]
    flags = socket.AI_NUMERICHOST
    return [
        ResolveResult(hostname=host, host=address, port=port, family=kind, proto=socket.IPPROTO_TCP, flags=flags)
        for kind, address in found
    ]


class Resolver(AbstractResolver):
    """Resolves names as `resolve` does."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of `host`."""
        return await resolve(host, port, family)

    async def close(self) -> None:
        """Do nothing; there is nothing open."""
