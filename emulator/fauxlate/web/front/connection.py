"""A connection: a whole request with a whole answer goes a short way, everything else aiohttp's own.

aiohttp makes a task, a request, a response and a writer for each request, which cost more than all that Fauxlate does
for most. What came whole needs none of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from http import HTTPStatus

from aiohttp import web
from aiohttp.helpers import rfc822_formatted_time
from aiohttp.http import SERVER_SOFTWARE, HttpVersion11
from aiohttp.http_parser import HttpRequestParser, RawRequestMessage
from aiohttp.http_writer import StreamWriter
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader
from aiohttp.web_protocol import RequestHandler

from fauxlate.engine.exchange.reading import parse_number
from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.exchange.request import Request
from fauxlate.web.front.sending import HINT, encode_hint, new_response, send
from fauxlate.web.front.waiting import WaitingTasks
from fauxlate.web.problems import problem_reply

MAX_BODY = 48 * 1024 * 1024
"""A million characters of text, each up to nine bytes in a form, or ten MB of image in Base64, fit with room."""
MAX_LINE = 4 * 1024 * 1024
"""One SDK sends whole texts in the request line."""
_MAX_BATCH = 256 * 1024
"""Bytes of answers that are sent together."""
_MAX_REASON = 300
_OK = 200
_STATUSES_WITHOUT_BODY = frozenset({204, 304})
_HANDLED_HEADERS = frozenset({"connection", "content-length", "content-type", "date", "transfer-encoding"})
_PRIVATE_NAMES: Mapping[type, tuple[str, ...]] = {
    RequestHandler: (
        *("_buffer_paused", "_close", "_drain_helper", "_force_close", "_handler_waiter", "_keepalive_timeout"),
        *("_loop", "_messages", "_msg_queue_resume_size", "_next_keepalive_close_time", "_parser", "_paused"),
        *("_reading_paused", "_request_in_progress", "_resume_reading_if_drained", "_task_handler", "_waiter"),
        "finish_response",
    ),
    HttpRequestParser: ("message_consumed",),
    StreamReader: ("_buffer",),
}
IS_KNOWN = all(hasattr(owner, name) for owner, names in _PRIVATE_NAMES.items() for name in names)
"""Whether this is an aiohttp whose insides are those that the short way knows."""

Answer = Callable[[Request], Awaitable[Reply]]


class Server(web.Server):
    """aiohttp's low-level server, whose connections ask `answer` themselves where they can, and else `handle`."""

    def __init__(
        self, answer: Answer, handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], **kw: object
    ) -> None:
        super().__init__(handle, request_factory=_request, **kw)  # type: ignore[arg-type]
        self.answer = answer
        self._ready: list[tuple[RequestHandler, bytes]] = []
        self._ready_bytes = 0

    def __call__(self) -> RequestHandler:
        """Return what speaks with one client."""
        return Connection(self, loop=self._loop, **self._kwargs)

    def send(self, connection: RequestHandler, data: bytes) -> None:
        """Send `data` once the requests that have come by now are answered, together with the answers to those.

        Sent one by one, with the work for the next in between, each would wake a process that has gone to sleep over
        it, which under load took a seventh to a third of all time (measured on a virtual machine).
        """
        if not self._ready:
            self._loop.call_soon(self.send_ready)
        self._ready.append((connection, data))
        self._ready_bytes += len(data)
        if self._ready_bytes >= _MAX_BATCH:  # so that a client that does not read cannot make it pile up here
            self.send_ready()

    def send_ready(self) -> None:
        """Send what is ready now: before anything is written to a connection by another way, too."""
        ready, self._ready, self._ready_bytes = self._ready, [], 0
        for connection, data in ready:
            transport = connection.transport
            if transport is not None and not transport.is_closing():
                transport.write(data)

    def pre_shutdown(self) -> None:
        """End what only waits."""
        super().pre_shutdown()
        for connection in self.connections:
            assert isinstance(connection, Connection)
            connection.waiting_tasks.cancel()


def _request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: RequestHandler,
    writer: object,
    task: asyncio.Task[None],
) -> web.BaseRequest:
    loop = task.get_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=MAX_BODY)  # type: ignore[arg-type]


class Connection(RequestHandler):
    """What speaks with one client."""

    __slots__ = ("_answer", "_server", "waiting_tasks")

    def __init__(self, server: Server, **kw: object) -> None:
        super().__init__(server, **kw)  # type: ignore[arg-type]
        self._answer = server.answer
        self._server = server
        self.waiting_tasks = WaitingTasks()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, with the task that answers in a context which knows what waits here."""
        begin = super().connection_made
        self.waiting_tasks.run(lambda: begin(transport))

    def eof_received(self) -> None:
        """Send what is ready to a client that will say no more; then the connection is closed."""
        self._server.send_ready()
        super().eof_received()

    def connection_lost(self, exc: BaseException | None) -> None:
        """End what only waits."""
        super().connection_lost(exc)
        self.waiting_tasks.cancel()

    async def start(self) -> None:
        """Answer one request after the other, until one comes that wants aiohttp's way."""
        while IS_KNOWN and not self._force_close:
            if not self._messages:
                self._waiter = self._loop.create_future()
                try:
                    await self._waiter
                finally:
                    self._waiter = None
            message, payload = self._messages[0]
            if not isinstance(message, RawRequestMessage) or not _is_complete(message, payload):
                break
            self._messages.popleft()
            if self._parser is not None:
                self._parser.message_consumed()
            if self._buffer_paused and len(self._messages) <= self._msg_queue_resume_size:
                self._resume_reading_if_drained()
            if not await self._respond(message, payload):
                self._server.send_ready()
                self.close()
                if self.transport is not None:
                    self.transport.close()
                return
            self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        self._server.send_ready()
        await super().start()

    async def _respond(self, message: RawRequestMessage, payload: StreamReader) -> bool:
        """Answer one request; returns whether the connection is to be kept."""
        self._request_in_progress = True
        try:
            if self._paused:
                await self._drain_helper()  # the client has to read what it was answered before
            if payload is EMPTY_PAYLOAD:
                body = b""
            elif payload.is_eof() and not self._reading_paused:
                body = b"".join(payload._buffer)  # noqa: SLF001 all of it is there, and no more waits to be parsed
            else:
                body = await payload.read()
            reply = await self._answer(Request(message.method, message.path, message.headers, body))
            if reply.fault is None and reply.stream is None and (data := encode_reply(reply, message)) is not None:
                if self.transport is None:
                    return False
                self._server.send(self, data)
                return not message.should_close
            self._server.send_ready()
            raw = self._raw(message, payload)
            response, is_lost = await self.finish_response(raw, await send(raw, reply), None)
            return not is_lost and bool(response.keep_alive)
        except asyncio.CancelledError:
            self.force_close()
            raise
        except ConnectionError:
            return False
        except Exception as fault:  # noqa: BLE001 it is logged, and answered
            self._server.send_ready()
            raw = self._raw(message, payload)
            await self.finish_response(raw, self.handle_error(raw, 500, fault), None)
            return False
        finally:
            self._request_in_progress = False
            if self._handler_waiter is not None:
                self._handler_waiter.set_result(None)

    def _raw(self, message: RawRequestMessage, payload: StreamReader) -> web.BaseRequest:
        task = self._task_handler or asyncio.current_task()
        assert task is not None
        return _request(message, payload, self, StreamWriter(self, self._loop), task)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what could not even be read as a request, so that no provider can be told from its path."""
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            super().handle_error(request, status, exc, message)
        reason = f"{message or exc}"[:_MAX_REASON]  # which may quote all that came
        response = new_response(problem_reply(status, f"This is not a request that can be read: {reason}"))
        response.force_close()
        return response


def _is_complete(message: RawRequestMessage, payload: StreamReader) -> bool:
    """Whether a request of HTTP/1.1 has come, or will in one piece of known length, and nothing else is to be done."""
    if message.upgrade or message.compression or message.version != HttpVersion11:
        return False
    if payload is EMPTY_PAYLOAD:
        return True
    if payload.exception() is not None:
        return False
    if payload.is_eof():
        return True
    length = message.headers.get("Content-Length", "")
    return parse_number(length, MAX_BODY) is not None and "Expect" not in message.headers


def encode_reply(reply: Reply, message: RawRequestMessage) -> bytes | None:
    """Return a whole answer as it is sent; None where aiohttp has to see to one of its headers."""
    lines, server = "", SERVER_SOFTWARE
    for name, value in reply.headers.items():
        lowered = name.lower()
        if lowered == "server":
            server = value
        elif lowered in _HANDLED_HEADERS or not (name.isprintable() and value.isprintable()):
            return None
        else:
            lines += f"{name}: {value}\r\n"
    if reply.hint is not None:
        lines += f"{HINT}: {encode_hint(reply.hint)}\r\n"
    if message.should_close:
        lines += "Connection: close\r\n"
    body = reply.body
    if reply.status in _STATUSES_WITHOUT_BODY or reply.status < _OK:
        body = b""
    else:
        lines += f"Content-Length: {len(body)}\r\n"
    start = _start(reply.status, reply.media_type, server)
    if start is None:
        return None
    head = f"{start}{lines}Date: {rfc822_formatted_time()}\r\n\r\n".encode()
    return head if message.method == "HEAD" else head + body


@lru_cache(maxsize=256)
def _start(status: int, media_type: str, server: str) -> str | None:
    if not (media_type.isprintable() and server.isprintable()):
        return None
    known = status in HTTPStatus._value2member_map_
    phrase = HTTPStatus(status).phrase if known else ""
    return f"HTTP/1.1 {status} {phrase}\r\nContent-Type: {media_type}\r\nServer: {server}\r\n"
