"""Listening: sockets that are accepted, and looked at before a transport is made.

The first byte tells what the client speaks, and is only peeked at: a transport that had read it could not be given to
TLS any more.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Callable

log = logging.getLogger("fauxlate.http")
_MOST_AT_ONCE = 100
_NO_ROOM = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_PAUSE = 1.0
"""Seconds without accepting where the machine has no room for more."""


async def open_sockets(host: str, port: int, backlog: int) -> list[socket.socket]:
    """Return sockets that listen on every address of `host`, all on the same port. Raises `OSError`."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            made = socket.socket(family, kind, protocol)
            sockets.append(made)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            made.bind((address[0], port, *address[2:]))
            made.listen(backlog)
            made.setblocking(False)  # noqa: FBT003 it takes no name
            port = made.getsockname()[1]
    except OSError:
        for made in sockets:
            made.close()
        raise
    return sockets


class Listener:
    """Accepts what comes to `sockets`, and gives a client to `admit` once it has begun to speak."""

    def __init__(self, sockets: list[socket.socket], admit: Callable[[socket.socket], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._sockets = sockets
        self._admit = admit
        self._silent: dict[socket.socket, float] = {}
        self._pause: asyncio.TimerHandle | None = None
        self._listen()

    def _listen(self) -> None:
        self._pause = None
        for listening in self._sockets:
            self._loop.add_reader(listening, self._accept, listening)

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(_MOST_AT_ONCE):
            try:
                client, _address = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as fault:
                if fault.errno not in _NO_ROOM:
                    raise
                log.error("no room for another connection: %s; none is accepted for %g s", fault, _PAUSE)  # noqa: TRY400
                self._pause_accepting()
                return
            client.setblocking(False)  # noqa: FBT003 it takes no name
            self._silent[client] = self._loop.time()
            self._loop.add_reader(client, self._peek, client)

    def _pause_accepting(self) -> None:
        for listening in self._sockets:
            self._loop.remove_reader(listening)
        self._pause = self._loop.call_later(_PAUSE, self._listen)

    def _peek(self, client: socket.socket) -> None:
        try:
            first = client.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            first = b""
        if first:
            self._loop.remove_reader(client)
            del self._silent[client]
            self._admit(client)
        else:
            self._leave(client)

    def _leave(self, client: socket.socket) -> None:
        self._loop.remove_reader(client)
        del self._silent[client]
        client.close()

    def leave_silent(self, since: float) -> None:
        """Leave the clients that were accepted before `since`, in time of the loop, and have said nothing yet."""
        for client in [client for client, accepted in self._silent.items() if accepted < since]:
            self._leave(client)

    def close(self) -> None:
        """Listen no more."""
        if self._pause is not None:
            self._pause.cancel()
        for listening in self._sockets:
            self._loop.remove_reader(listening)
            listening.close()
        for client in tuple(self._silent):
            self._leave(client)
