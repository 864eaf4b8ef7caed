"""Apps that receive callbacks over HTTP; DingTalk's envelopes are opened and sealed by dingtalk-sdk, which others wrote."""

from __future__ import annotations

import json
import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from dingtalk.core.exceptions import InvalidSignatureException
from dingtalk.crypto import DingTalkCrypto

Json = dict[str, Any]


class CallbackApp(ABC):
    """An app that receives callbacks at `url`. `events` holds what it receives, in order."""

    def __init__(self) -> None:
        self.url = ""
        self.events: queue.Queue[Json] = queue.Queue()

    @abstractmethod
    def receive(self, target: str, body: bytes) -> tuple[int, bytes]:
        """Receive a callback; return HTTP status and body of the answer."""

    def next_event(self) -> Json:
        """Return the next event. Raises `queue.Empty` if there is none."""
        return self.events.get_nowait()

    def event_count(self) -> int:
        """Return how many events are left."""
        return self.events.qsize()


class DingTalkApp(CallbackApp):
    """An app of DingTalk.

    `posts` holds query and body of each request. `answer` makes the answer (HTTP status and body) to an event: by
    default the encrypted `success`.
    """

    def __init__(self, credentials: Mapping[str, str]) -> None:
        super().__init__()
        self.crypto = DingTalkCrypto(
            credentials["callback_token"], credentials["callback_aes_key"], credentials["suite_key"]
        )
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.answer: Callable[[Json], tuple[int, bytes]] = self.answer_success

    def answer_success(self, _: Json) -> tuple[int, bytes]:
        """Return the encrypted `success`, signed."""
        return self.encrypt_answer("success")

    def encrypt_answer(self, text: str, **members: str) -> tuple[int, bytes]:
        """Return an answer with the encrypted `text`; `members` replace those of the JSON."""
        return 200, json.dumps({**self.crypto.encrypt_message(text), **members}).encode()

    def receive(self, target: str, body: bytes) -> tuple[int, bytes]:
        """Receive a callback as an app does: verify, decrypt, keep, answer."""
        query = dict(parse_qsl(urlsplit(target).query))
        self.posts.append((query, body))
        try:
            text = self.crypto.decrypt_message(body, query["signature"], query["timestamp"], query["nonce"])
        except InvalidSignatureException:
            return 403, b"fail"
        event = json.loads(text) if isinstance(text, str) else text
        self.events.put(event)
        return self.answer(event)


class AlibabaApp(CallbackApp):
    """An app of Alibaba Cloud: an event is plain JSON, and any answer will do."""

    def receive(self, target: str, body: bytes) -> tuple[int, bytes]:
        """Receive a callback."""
        del target
        self.events.put(json.loads(body))
        return 200, b""


App = TypeVar("App", bound=CallbackApp)


@contextmanager
def serve_app(app: App) -> Iterator[App]:
    """Have an app listen on a free port of this machine until the end of the context."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = app.receive(self.path, body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=lambda: server.serve_forever(0.01))
    thread.start()
    app.url = f"http://127.0.0.1:{server.server_port}/callback"
    try:
        yield app
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
