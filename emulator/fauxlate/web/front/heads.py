"""What a head must be for a request to be read at all: its line, target, host and codings (RFC 9112, 2, 3 and 6)."""

from __future__ import annotations

import re
from http import HTTPStatus

from multidict import CIMultiDict

from fauxlate.errors import FauxlateError

_METHOD = re.compile(rb"(?:\r?\n)*([A-Z-]+) ")
_LINE = re.compile(rb"(?:\r?\n)*[A-Z-]+ +[^ ]+ +HTTP/")
_USUAL = b" HTTP/1.1"
_NAME = r"(?:\[[\w:.]+\]|[\w.~!$&'()*+,;=%-]+)"
_AUTHORITY = re.compile(rf"{_NAME}:[0-9]+", re.ASCII)
_ABSOLUTE = re.compile(rf"(?i:https?)://({_NAME}(?::[0-9]*)?)((?:[/?].*)?)", re.ASCII | re.DOTALL)
_ONCE = ("Content-Length", "Content-Type")


class UnreadableError(FauxlateError):
    """What has come is no request; the message says why, `status` is HTTP's, and `method` is empty where none is told."""

    def __init__(self, why: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(why)
        self.status = status
        self.method = ""


def read_method(head: bytes | bytearray) -> str:
    """Return the method that `head` begins with, whatever else is wrong with it; empty where it begins with none."""
    method = _METHOD.match(head)
    return method[1].decode() if method is not None else ""


def read_version(head: bytes | bytearray) -> str:
    """Return the version that is spoken with who sends `head`, which the parser has taken. Raises `UnreadableError`."""
    end = head.find(b"\r\n")
    if head[end - len(_USUAL) : end] == _USUAL and head[:1].isalpha():  # nearly all end so
        return "1.1"
    line = _LINE.match(head)  # the parser takes RTSP, ICE and a bare CR before the line too
    if line is None:
        raise UnreadableError("the request line is not that of HTTP (RFC 9112, 3)")
    version = head[line.end() : head.find(b"\r", line.end())].decode(errors="replace")
    if version.partition(".")[0] != "1":
        why = f"the version is HTTP/{version[:20]}; this is a server of HTTP/1.1"
        raise UnreadableError(why, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED)
    return "1.0" if version == "1.0" else "1.1"


def read_target(method: str, target: str, headers: CIMultiDict[str]) -> str:
    """Return the target without scheme and host, which go before `Host` (RFC 9112, 3.2.2). Raises `UnreadableError`."""
    if "#" not in target:
        if method == "CONNECT":
            if _AUTHORITY.fullmatch(target) is not None:
                return target
        elif target.startswith("/") or (target == "*" and method == "OPTIONS"):
            return target
        elif (absolute := _ABSOLUTE.fullmatch(target)) is not None:
            headers["Host"], rest = absolute.groups()
            return rest if rest.startswith("/") else f"/{rest}"
    raise UnreadableError(f"`{target[:80]}` is no target of {method} (RFC 9112, 3.2)")


def check_headers(headers: CIMultiDict[str], version: str) -> None:
    """Raise `UnreadableError` where a header comes too often, or `Host` not at all, or as several.

    What else `Host` holds is for whoever reads it: an SDK of Alibaba sends a whole URL there.
    """
    for name in _ONCE:
        if name in headers and len(headers.getall(name)) > 1:
            raise UnreadableError(f"{name} comes twice")
    hosts = headers.getall("Host", ())
    if hosts and (len(hosts) > 1 or " " in hosts[0] or "\t" in hosts[0]):
        raise UnreadableError(f"`Host: {hosts[0][:80]}` is not the only host (RFC 9112, 3.2)")
    if not hosts and version != "1.0":
        raise UnreadableError("there is no Host (RFC 9112, 3.2)")


def is_chunked(headers: CIMultiDict[str], version: str) -> bool:
    """Return whether the body comes in chunks. Raises `UnreadableError` for any other coding."""
    if "Transfer-Encoding" not in headers:
        return False
    if version == "1.0":
        raise UnreadableError("Transfer-Encoding is of HTTP/1.1 (RFC 9112, 6.1)")
    names = [
        name for part in ",".join(headers.getall("Transfer-Encoding")).lower().split(",") if (name := part.strip(" \t"))
    ]
    if names[-1:] != ["chunked"] or names.count("chunked") > 1:
        raise UnreadableError("the last of Transfer-Encoding must be `chunked`, once (RFC 9112, 6.3)")
    if len(names) > 1:
        why = f"`Transfer-Encoding: {names[0][:40]}` is not known; there is chunked alone"
        raise UnreadableError(why, HTTPStatus.NOT_IMPLEMENTED)
    return True
