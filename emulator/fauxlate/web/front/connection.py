"""A connection: requests in, answers out, one after the other, until either side has enough.

Reading pauses by one rule: while a request is answered, and more waits than may. Whoever goes, at whatever byte,
leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus

from fauxlate.engine.exchange.reply import Reply
from fauxlate.web.front import sending
from fauxlate.web.front.heads import UnreadableError
from fauxlate.web.front.reading import Message, RequestReader
from fauxlate.web.front.shared import Shared
from fauxlate.web.front.waiting import end_waiting
from fauxlate.web.front.writing import CONTINUE, encode_head, encode_reply, has_body
from fauxlate.web.problems import problem_reply

log = logging.getLogger("fauxlate.http")
_MAX_REASON = 300


class Connection(asyncio.Protocol):
    """What speaks with one client."""

    __slots__ = (
        *(
            "_drained",
            "_has_ended",
            "_is_busy",
            "_is_closing",
            "_is_paused",
            "_lingering",
            "_reader",
            "_shared",
            "_since",
        ),
        *("task", "transport"),
    )

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._reader = RequestReader(shared.limits)
        self._since: float | None = None
        """Since when somebody looks that waits for the client: its request, its silence, or its reading of an answer."""
        self._drained: asyncio.Event | None = None
        """Set once the client has read; None where there is nothing to read."""
        self._lingering: asyncio.TimerHandle | None = None
        self._has_ended = self._is_busy = self._is_closing = self._is_paused = False
        self.transport: asyncio.Transport | None = None
        self.task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._shared.links.add(self)

    def data_received(self, data: bytes) -> None:
        """Take what the client says; of one that is being closed it is thrown away."""
        if self._is_closing:
            return
        reader = self._reader
        if not self._is_busy and not reader.has_begun:
            self._since = None
        reader.feed(data)
        if not self._is_busy and self._drained is None:
            self._advance()
        elif reader.pending > self._shared.limits.ahead and not self._is_paused and self.transport is not None:
            self._is_paused = True
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        """Answer what has come of a client that will say no more, as it may still read, but wait for nothing."""
        self._has_ended = True
        if self.task is not None:
            end_waiting(self.task)
        elif self._is_busy:
            return True
        elif self._is_closing or self._drained is None:
            self.close()
        return True

    def pause_writing(self) -> None:
        """Wait until the client has read what it was answered."""
        self._drained = asyncio.Event()
        self._since = None

    def resume_writing(self) -> None:
        """Go on, as the client has read."""
        drained, self._drained = self._drained, None
        if drained is not None:
            drained.set()
        if not self._is_busy:
            self._advance()

    def connection_lost(self, _: BaseException | None) -> None:
        """Let go of everything."""
        self._forget()
        if self._drained is not None:
            self._drained.set()
        if self._lingering is not None:
            self._lingering.cancel()
        if self.task is not None:
            end_waiting(self.task)

    def check_patience(self, now: float) -> None:
        """Leave a client that has taken longer than it may."""
        if self._is_closing or self.transport is None:
            return
        if self._since is None:
            self._since = now
        limits, waited = self._shared.limits, now - self._since
        if self._drained is not None:
            if waited > limits.patience:
                self.transport.abort()
        elif self._is_busy:
            return  # it waits for us
        elif self._reader.has_begun:
            if waited > limits.patience:
                why = f"it has not come whole within {limits.patience:g} s"
                self._refuse(UnreadableError(why, HTTPStatus.REQUEST_TIMEOUT))
        elif waited > limits.idle:
            self.close()

    def close(self) -> None:
        """Close the connection behind what is ready to be sent."""
        self._shared.send_ready()
        self._is_closing = True
        if self.transport is not None:
            self.transport.close()

    def _forget(self) -> None:
        self.transport, self._is_closing = None, True
        self._shared.links.discard(self)
        self._reader.close()

    def _advance(self) -> None:
        """Begin to answer the next request, or wait for it."""
        if self._is_closing or self.transport is None:
            return
        reader = self._reader
        try:
            message = reader.read() if reader.pending else None
        except UnreadableError as fault:
            self._refuse(fault)
            return
        if message is not None:
            if message.awaits_continue:
                self._shared.send(self, CONTINUE)
            self._is_busy = True
            self._shared.worker.add(self._respond(message))
            return
        if self._has_ended:
            self.close()
            return
        if reader.take_continue():
            self._shared.send(self, CONTINUE)
        if self._is_paused:
            self._is_paused = False
            self.transport.resume_reading()

    def _refuse(self, fault: UnreadableError) -> None:
        """Say what is wrong about what is no request, so that no provider can be told from it."""
        reply = problem_reply(fault.status, f"This is not a request that can be read: {fault}"[:_MAX_REASON])
        self._shared.send(self, encode_reply(reply, fault.method, "1.1", keep_alive=False))
        self._linger()

    def _linger(self) -> None:
        """Close the connection of a client that may still be sending, so that it can read what it was answered.

        Closed at once, unread bytes would make the kernel send a RST, which overtakes the answer.
        """
        self._shared.send_ready()
        transport = self.transport
        if transport is None or self._has_ended or not transport.can_write_eof():
            self.close()
            return
        self._is_closing, self._since = True, self._shared.loop.time()
        try:
            transport.write_eof()
        except OSError:  # it has gone, and nobody has been told yet
            transport.abort()
            return
        if self._is_paused:
            transport.resume_reading()
        self._lingering = self._shared.loop.call_later(self._shared.limits.lingering, self._end_lingering)

    def _end_lingering(self) -> None:
        loop, limits = self._shared.loop, self._shared.limits
        if self.transport is None:
            return
        if self.transport.get_write_buffer_size() and loop.time() - (self._since or 0.0) <= limits.patience:
            self._lingering = loop.call_later(limits.lingering, self._end_lingering)  # it has not got its answer yet
        else:
            self.transport.abort()

    async def _respond(self, message: Message) -> None:
        request = message.request
        self.task = self._shared.worker.task
        if self.task is not None and (self.transport is None or self._has_ended):
            end_waiting(self.task)
        try:
            reply = await self._shared.answer(request, message.problem)
            if reply.upgrade is not None and reply.fault is None:
                self._hand_over(message, reply)
            elif sending.is_plain(reply):
                data = encode_reply(reply, request.method, message.version, keep_alive=message.keep_alive)
                self._shared.send(self, data)
            else:
                self._shared.send_ready()
                wire = _Wire(self, message)
                await sending.send(wire, reply)
                wire.finish()
        except (asyncio.CancelledError, ConnectionError) as fault:
            if self.transport is not None:
                self.transport.abort()
            if isinstance(fault, asyncio.CancelledError):
                raise
        except Exception:
            log.exception("%s %s failed", request.method, request.raw_path[:_MAX_REASON])
            reply = problem_reply(
                HTTPStatus.INTERNAL_SERVER_ERROR, "Fauxlate itself failed; its log has the traceback."
            )
            self._shared.send(self, encode_reply(reply, request.method, message.version, keep_alive=False))
            message.keep_alive = False
        finally:
            self.task, self._is_busy = None, False
        self._go_on(message)

    def _go_on(self, message: Message) -> None:
        self._since = None
        if self._is_closing:
            return
        if not message.keep_alive:
            self._linger()
        elif self._drained is None:
            self._advance()

    def _hand_over(self, message: Message, reply: Reply) -> None:
        """Give the connection to whom it belongs once it speaks something else than HTTP."""
        self._shared.send_ready()
        transport, rest = self.transport, self._reader.take_rest()
        self._forget()
        if transport is not None and reply.upgrade is not None:
            if self._is_paused:
                transport.resume_reading()
            self._shared.hand_over(transport, message.request, rest, reply.upgrade)

    async def drain(self) -> None:
        """Wait until the client reads. Raises `ConnectionError` where it has gone."""
        if self._drained is not None:
            await self._drained.wait()
        if self.transport is None or self.transport.is_closing():
            raise ConnectionResetError("the client has left")


class _Wire:
    """An answer in pieces over a connection."""

    def __init__(self, connection: Connection, message: Message) -> None:
        self._connection = connection
        self._message = message
        self._writes_body = self._is_chunked = False

    async def start(self, reply: Reply, length: int | None) -> None:
        message = self._message
        self._writes_body = has_body(reply.status, message.request.method)
        if length is None:  # then HTTP/1.1 sends chunks, and before it the end is that of the connection
            self._is_chunked = self._writes_body and message.version == "1.1"
            message.keep_alive = message.keep_alive and message.version == "1.1"
        kept = message.keep_alive
        await self._write(encode_head(reply, length, message.version, keep_alive=kept, is_chunked=self._is_chunked))

    async def write(self, data: bytes) -> None:
        if data and self._writes_body:
            await self._write(b"%x\r\n%s\r\n" % (len(data), data) if self._is_chunked else data)

    async def _write(self, data: bytes) -> None:
        await self._connection.drain()
        assert self._connection.transport is not None
        self._connection.transport.write(data)

    def finish(self) -> None:
        """Say that this was all."""
        transport = self._connection.transport
        if self._is_chunked and transport is not None:
            transport.write(b"0\r\n\r\n")

    def close(self) -> None:
        self._message.keep_alive = False
        self._connection.close()

    def reset(self) -> None:
        self._message.keep_alive = False
        if self._connection.transport is not None:
            sending.reset(self._connection.transport)
