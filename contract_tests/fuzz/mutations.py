"""Alterations of one place of an input, each drawn by a generator of random numbers: the same seed, the same inputs."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any
from urllib.parse import quote

from contract_tests.fuzz.drafts import Draft, Pairs

TOKENS = (
    b"\0", b"\r\n", b"\n", b"\r", b" ", b"\t", b":", b"%", b"%00", b"%zz", b"%ff", b"%C3", b"%0d%0aX: y", b"+", b"&", b"=",
    b";", b"#", b"?", b"/", b"//", b"/../", b"\\", b'"', b"'", b"<", b">", b"&amp;", b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"-1", b"0", b"1e999", b"NaN", b"Infinity", b"99999999999999999999999999", b"2147483648", b"0x10", b"1_0",
    "\u0663".encode(), b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3\x28", b"\xed\xa0\x80", "\U0001f600".encode(), "你好".encode(),
    b"null", b"true", b"[]", b"{}", b"[" * 500, b'{"a":' * 200, b"9" * 5000, b"a" * 3000, b"\\ud800", b"\\u0000",
    b"${now}", b"{{", b"../../etc/passwd", b"http://[", b"http://127.0.0.1:1/x", b"data:,x", b"--b", b"--b--",
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\r\n\r\n", b"0\r\n\r\n", b"en", b"zh", b"auto", b"2021-13-41T99:99:99Z",
)  # fmt: skip
"""Texts that are put where they do not belong."""
HEADERS: Pairs = [
    (b"Content-Type", b"application/json; charset=utf-16"), (b"Content-Type", b"application/json;charset=x"),
    (b"Content-Type", b"multipart/form-data"), (b"Content-Type", b'multipart/form-data; boundary="'),
    (b"Content-Type", b"application/x-www-form-urlencoded; charset=gbk"), (b"Content-Type", b"\xff"),
    (b"Content-Encoding", b"gzip"), (b"Transfer-Encoding", b"chunked"), (b"Transfer-Encoding", b"gzip, chunked"),
    (b"Content-Length", b"5"), (b"Content-Length", b"-5"), (b"Content-Length", b"99999999999"), (b"Expect", b"100-continue"),
    (b"Connection", b"close"), (b"Connection", b"Upgrade"), (b"Upgrade", b"websocket"), (b"Sec-WebSocket-Key", b"x"),
    (b"Sec-WebSocket-Version", b"13"), (b"Range", b"bytes=0-99999999999999999999"), (b"Range", b"bytes=-"),
    (b"If-Match", b'"x"'), (b"If-Modified-Since", b"x"), (b"Accept", b"text/html"), (b"Host", b"[::"), (b"Host", b"x:y:z"),
    (b"Host", b"bucket.obs.cn-north-4.myhuaweicloud.com"), (b"Host", b"mt.aliyuncs.com"), (b"Host", b"oapi.dingtalk.com"),
    (b"Authorization", b"Bearer x"), (b"Authorization", b"ACS3-HMAC-SHA256 Credential=,SignedHeaders=,Signature="),
    (b"Authorization", b"SDK-HMAC-SHA256 Access=a, SignedHeaders=, Signature="), (b"Authorization", b"OBS :"),
    (b"Authorization", b"AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature="), (b"Authorization", b"OSS a:b"),
    (b"x-acs-action", b"GetDetectLanguage"), (b"x-acs-version", b"x"), (b"x-acs-date", b"x"), (b"X-Sdk-Date", b"x"),
    (b"X-Auth-Token", b"x"), (b"x-obs-meta-a", b"\xe4"), (b"x-obs-copy-source", b"/a/b"), (b"x-amz-date", b"x"),
    (b"x-amz-content-sha256", b"STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), (b"Content-MD5", b"x"), (b"Cookie", b"a=b; c"),
    (b"X-Forwarded-Host", b"x"), (b"Date", b"Thu, 32 Foo 2026 99:00:00 GMT"),
]  # fmt: skip
_DEEP: Any = []
for _ in range(60):
    _DEEP = [_DEEP]
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 1.5, 1e308, -(2**63), 2**64, 10**400, "", " ", "x", "\0", "\ud800", "\U0001f600", "a" * 6000,
    "0", "-1", "1e5", [], {}, [None], {"a": None}, [[]], _DEEP, ["x"] * 300, {"": ""}, {"\0": 1}, "2026-01-01T00:00:00Z",
    "/(a+)+$/", "${now}", "10m", "-5s", "uniform(1s, x)", "*", "huawei.*", "http://[", "http://127.0.0.1:1/", "../x", "zh", "en",
)  # fmt: skip
"""Values that are put where another type, or nothing, belongs."""
_INSIDE = 0.9
_ENCODED = 0.8
"""How often something is altered inside, and how often it is put into the letters that may stand there."""
_SAFE = "%/:;=&?,+"
_ENCODINGS = ("utf-16", "utf-8-sig", "gbk", "utf-32", "latin-1")


class Mutator:
    """Alters inputs. `seen` holds texts of earlier answers, such as ids and tokens, which are put anywhere."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.seen: list[bytes] = []

    def token(self) -> bytes:
        """Return a text to put somewhere."""
        if self.seen and self.random.random() < 0.25:
            return self.random.choice(self.seen)
        token = self.random.choice(TOKENS)
        return self.random.choice(TOKENS) if b"\n" in token or b"\r" in token else token

    def encoded_token(self) -> bytes:
        """Return a text to put into a target, mostly in letters that a target may have."""
        token = self.token()
        return quote(token, safe="%/").encode() if self.random.random() < _ENCODED else token

    def remember(self, text: bytes) -> None:
        """Take a text of an answer."""
        if len(self.seen) < 500:
            self.seen.append(text)
        else:
            self.seen[self.random.randrange(500)] = text

    def alter_bytes(self, data: bytes) -> bytes:
        """Return `data` with one place altered."""
        random = self.random
        start = random.randrange(len(data) + 1)
        end = min(len(data), start + random.choice((1, 1, 1, 2, 4, 8, 30)))
        kind = random.randrange(6)
        if kind == 0:
            flipped = bytes(byte ^ (1 << random.randrange(8)) for byte in data[start:end])
            return data[:start] + flipped + data[end:]
        if kind == 1:
            return data[:start] + data[end:]
        if kind == 2:
            return data[:end] + data[start:end] * random.choice((1, 1, 2, 50)) + data[end:]
        if kind == 3:
            return data[:start] + random.randbytes(random.choice((1, 1, 2, 4))) + data[end:]
        return data[:start] + self.token() + data[start if kind == 4 else end :]

    def _alter_text(self, text: bytes) -> bytes:
        """Return a part of a target or a header with one place altered, mostly in letters that it may have."""
        altered = self.alter_bytes(text)
        return quote(altered, safe=_SAFE).encode() if self.random.random() < _ENCODED else altered

    def alter(self, draft: Draft) -> None:
        """Alter one part of a draft."""
        ways: list[Callable[[Draft], None]] = [self._alter_head, self._alter_query, self._alter_headers]
        if draft.body:
            ways += [self._alter_body] * 3
        self.random.choice(ways)(draft)

    def _alter_head(self, draft: Draft) -> None:
        kind = self.random.randrange(8)
        if kind == 0:
            draft.method = self.random.choice(
                (b"GET", b"POST", b"PUT", b"DELETE", b"HEAD", b"PATCH", b"OPTIONS", b"TRACE")
            )
        elif kind == 1:
            draft.chunks = tuple(
                self.random.randrange(1, len(draft.body) + 2) for _ in range(self.random.randrange(1, 5))
            )
        elif kind == 2:
            segments = draft.path.split(b"/")
            segments[self.random.randrange(len(segments))] = self.encoded_token()
            draft.path = b"/".join(segments)
        else:
            draft.path = self._alter_text(draft.path)
        if not draft.path.startswith(b"/") and self.random.random() < _ENCODED:
            draft.path = b"/" + draft.path

    def _alter_query(self, draft: Draft) -> None:
        if not draft.query:
            draft.query.append((self.encoded_token(), self.encoded_token()))
        self._alter_pairs(draft.query, self.encoded_token)

    def _alter_headers(self, draft: Draft) -> None:
        if not draft.headers or self.random.random() < 0.4:
            draft.headers.insert(self.random.randrange(len(draft.headers) + 1), self.random.choice(HEADERS))
        else:
            self._alter_pairs(draft.headers, self.token)

    def _alter_pairs(self, pairs: Pairs, make: Callable[[], bytes]) -> None:
        """Alter, delete, double or swap one of `pairs`."""
        random = self.random
        place, other = random.randrange(len(pairs)), random.randrange(len(pairs))
        name, value = pairs[place]
        kind = random.randrange(7)
        if kind == 0:
            del pairs[place]
        elif kind == 1:
            pairs.insert(other, (name, make()))
        elif kind == 2:
            pairs[place], pairs[other] = (name, pairs[other][1]), (pairs[other][0], value)
        elif kind == 3:
            pairs[place] = (self._alter_text(name), value)
        elif kind == 4:
            pairs[place] = (name, self._alter_text(value))
        else:
            pairs[place] = (name, make())

    def _alter_body(self, draft: Draft) -> None:
        random = self.random
        if random.random() < 0.05:
            draft.body = draft.body.decode("utf-8", "replace").encode(random.choice(_ENCODINGS), "replace")
            return
        structured = random.random() < 0.8
        if structured and draft.body[:1] in b"{[":
            try:
                data = json.loads(draft.body)
            except (ValueError, RecursionError):
                data = None
            if data is not None:
                draft.body = self._dump(self.alter_value(data))
                return
        if structured and draft.media_type == b"application/x-www-form-urlencoded":
            pairs = [(name, value) for name, _, value in (pair.partition(b"=") for pair in draft.body.split(b"&"))]
            self._alter_pairs(pairs, self.encoded_token)
            draft.body = b"&".join(name + b"=" + value for name, value in pairs)
            return
        draft.body = self.alter_bytes(draft.body)

    def _dump(self, data: Any) -> bytes:
        text = json.dumps(data, ensure_ascii=self.random.random() < 0.5)
        return text.encode("utf-8", "surrogatepass")

    def value(self) -> Any:
        """Return a value of JSON to put somewhere."""
        if self.seen and self.random.random() < 0.2:
            return self.random.choice(self.seen).decode("utf-8", "replace")
        return self.random.choice(VALUES)

    def alter_value(self, data: Any) -> Any:
        """Return a value of JSON with one part of it altered: each as likely as any other on its level."""
        random = self.random
        if isinstance(data, dict) and data and random.random() < _INSIDE:
            return self._alter_members(data)
        if isinstance(data, list) and data and random.random() < _INSIDE:
            return self._alter_items(data)
        if isinstance(data, str) and random.random() < _INSIDE / 2:
            return self.alter_bytes(data.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")
        return self.value()

    def _alter_members(self, data: dict[Any, Any]) -> dict[Any, Any]:
        names = list(data)
        name, other = self.random.choice(names), self.random.choice(names)
        kind = self.random.randrange(8)
        if kind == 0:
            return {key: value for key, value in data.items() if key != name}
        if kind == 1:
            return {(self._name() if key == name else key): value for key, value in data.items()}
        if kind == 2:
            return {**data, self._name(): self.value()}
        return {**data, name: data[other] if kind == 3 else self.alter_value(data[name])}

    def _alter_items(self, data: list[Any]) -> list[Any]:
        place, kind = self.random.randrange(len(data)), self.random.randrange(5)
        before, item, behind = data[:place], data[place], data[place + 1 :]
        if kind == 0:
            return [*before, *behind]
        if kind == 1:
            return [*before, *[item] * self.random.choice((2, 2, 200)), *behind]
        return [*before, self.alter_value(item), *behind]

    def _name(self) -> str:
        return self.token().decode("utf-8", "replace")
