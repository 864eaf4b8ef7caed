"""Clients that are called back over HTTP; DingTalk's envelopes are opened and sealed by dingtalk-sdk, which others wrote."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from dingtalk.core.exceptions import InvalidSignatureException
from dingtalk.crypto import DingTalkCrypto

Json = dict[str, Any]


class App:
    """Notes what it is told, in order, and answers what `answer` makes of it: by default the sealed `success`."""

    def __init__(self, own: Mapping[str, str]) -> None:
        self.crypto = DingTalkCrypto(own["callback_token"], own["callback_aes_key"], own["suite_key"])
        self.url = ""
        self.told: queue.Queue[Json] = queue.Queue()
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.answer: Callable[[Json], tuple[int, bytes]] = self.success

    def success(self, _: Json) -> tuple[int, bytes]:
        """Return the sealed `success`, signed."""
        return self.sealed("success")

    def sealed(self, text: str, **changed: str) -> tuple[int, bytes]:
        """Return an answer that says `text`, with some of its members `changed`."""
        return 200, json.dumps({**self.crypto.encrypt_message(text), **changed}).encode()

    def posted(self, target: str, body: bytes) -> tuple[int, bytes]:
        """Take a callback as an app does: verify, decrypt, note, answer."""
        asked = dict(parse_qsl(urlsplit(target).query))
        self.posts.append((asked, body))
        try:
            text = self.crypto.decrypt_message(body, asked["signature"], asked["timestamp"], asked["nonce"])
        except InvalidSignatureException:
            return 403, b"fail"
        said = json.loads(text) if isinstance(text, str) else text
        self.told.put(said)
        return self.answer(said)

    def next(self) -> Json:
        """Return the next thing that it was told, which has to have come already."""
        return self.told.get_nowait()

    def heard(self) -> int:
        """Return how much it was told that nobody has looked at."""
        return self.told.qsize()


class Plain(App):
    """A client of Alibaba Cloud: what it is told is plain JSON, and any answer will do."""

    def posted(self, target: str, body: bytes) -> tuple[int, bytes]:
        """Note what it is told."""
        self.posts.append(({"target": target}, body))
        self.told.put(json.loads(body))
        return 200, b""


@contextmanager
def listening(app: App) -> Iterator[App]:
    """Let an app listen on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = app.posted(self.path, body)
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
