"""Answers out of the bytes of one connection, read more strictly than any client would."""

from __future__ import annotations

import re
from dataclasses import dataclass

from multidict import CIMultiDict

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9]) [ -~]*")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([^\r\n\0]*)")
_CHUNK_SIZE = re.compile(rb"[0-9a-f]+")
_NEXT = b"HTTP/1."
_STATUSES_WITHOUT_BODY = (204, 304)


class UnreadableAnswerError(Exception):
    """What came is no answer of HTTP; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; `is_whole` is false where the connection ended before its body did."""

    status: int
    headers: CIMultiDict[str]
    body: bytes
    is_whole: bool = True

    @property
    def media_type(self) -> str:
        """The content type, without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def is_last(self) -> bool:
        """Whether the server closes the connection behind it."""
        return self.headers.get("Connection", "").lower() == "close"

    @property
    def is_stream(self) -> bool:
        """Whether it has no end."""
        return self.media_type == "text/event-stream" or self.status == 101


class AnswerReader:
    """The answers in the bytes that it is fed. `may_lack_body` allows for answers to HEAD among them."""

    def __init__(self, *, may_lack_body: bool = False) -> None:
        self._data = b""
        self._may_lack_body = may_lack_body
        self.continues = 0
        """How often the client was told to go on."""

    @property
    def pending(self) -> bytes:
        """What has been fed and not been read."""
        return self._data

    def feed(self, data: bytes) -> None:
        """Take what has come."""
        self._data += data

    def read(self, *, method: str = "GET", has_ended: bool = False) -> Answer | None:
        """Return the next answer, None where it is not here yet. Raises `UnreadableAnswerError`."""
        while True:
            end = self._data.find(b"\r\n\r\n")
            if end < 0:
                self._check_start(has_ended=has_ended)
                return None
            status, headers = _parse_head(self._data[:end])
            if status != 100:
                return self._read_body(status, headers, end + 4, method, has_ended=has_ended)
            self.continues += 1
            self._data = self._data[end + 4 :]

    def _check_start(self, *, has_ended: bool) -> None:
        start = self._data[: len(_NEXT)]
        if start != _NEXT[: len(start)] or (has_ended and start):
            raise UnreadableAnswerError(f"no answer begins so: {self._data[:80]!r}")

    def _read_body(
        self, status: int, headers: CIMultiDict[str], start: int, method: str, *, has_ended: bool
    ) -> Answer | None:
        behind = self._data[start:]
        if method == "HEAD" or status in _STATUSES_WITHOUT_BODY or status == 101:
            self._data = behind
            return Answer(status, headers, b"")
        if headers.get("Transfer-Encoding") == "chunked":
            return self._read_chunks(status, headers, behind, has_ended=has_ended)
        length = int(headers.get("Content-Length", len(behind) + 1))  # else its end is that of the connection
        lacks_body = self._may_lack_body and ((has_ended and not behind) or behind.startswith(_NEXT))
        if lacks_body and "Content-Length" in headers:
            length = 0
        if len(behind) < length:
            return self._end(status, headers) if has_ended else None
        self._data = behind[length:]
        return Answer(status, headers, behind[:length])

    def _read_chunks(self, status: int, headers: CIMultiDict[str], behind: bytes, *, has_ended: bool) -> Answer | None:
        read = _join_chunks(behind)
        if read is not None:
            body, self._data = read
            return Answer(status, headers, body)
        is_stream = headers.get("Content-Type", "").startswith("text/event-stream")
        return self._end(status, headers) if has_ended or is_stream else None

    def _end(self, status: int, headers: CIMultiDict[str]) -> Answer:
        self._data = b""
        return Answer(status, headers, b"", is_whole=False)


def _parse_head(head: bytes) -> tuple[int, CIMultiDict[str]]:
    first, *lines = head.split(b"\r\n")
    status = _STATUS_LINE.fullmatch(first)
    if status is None:
        raise UnreadableAnswerError(f"no status line: {first[:80]!r}")
    headers: CIMultiDict[str] = CIMultiDict()
    for line in lines:
        header = _HEADER.fullmatch(line)
        if header is None:
            raise UnreadableAnswerError(f"no header: {line[:80]!r}")
        headers.add(header[1].decode(), header[2].decode("utf-8", "replace"))
    for name in ("Content-Length", "Transfer-Encoding", "Content-Type", "Connection", "Date"):
        if len(headers.getall(name, ())) > 1:
            raise UnreadableAnswerError(f"{name} comes twice")
    if not headers.get("Content-Length", "0").isdecimal():
        raise UnreadableAnswerError(f"the length is {headers['Content-Length']!r}")
    return int(status[1]), headers


def _join_chunks(data: bytes) -> tuple[bytes, bytes] | None:
    """Return the body that `data` begins with and what follows it; None where it is not all here."""
    body, start = b"", 0
    while (end := data.find(b"\r\n", start)) >= 0:
        if _CHUNK_SIZE.fullmatch(data[start:end]) is None:
            raise UnreadableAnswerError(f"no size of a chunk: {data[start:end][:80]!r}")
        size, start = int(data[start:end], 16), end + 2
        if len(data) < start + size + 2:
            return None
        if data[start + size : start + size + 2] != b"\r\n":
            raise UnreadableAnswerError("a chunk is longer than it says")
        body += data[start : start + size]
        start += size + 2
        if not size:
            return body, data[start:]
    return None
