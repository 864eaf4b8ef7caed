"""What a head must be for a request to be read at all: its line, target, host and codings (RFC 9112, 2, 3 and 6)."""

from __future__ import annotations

import re
from http import HTTPStatus

from multidict import CIMultiDict

from fauxlate.errors import FauxlateError

_LINE = re.compile(rb"(?:\r?\n)*[A-Z-]+ +[^ ]+ +HTTP/")
_NAME = r"(?:\[[\w:.]+\]|[\w.~!$&'()*+,;=%-]+)"
_AUTHORITY = re.compile(rf"{_NAME}:[0-9]+", re.ASCII)
_ABSOLUTE = re.compile(rf"(?i:https?)://({_NAME}(?::[0-9]*)?)((?:[/?].*)?)", re.ASCII | re.DOTALL)
_ONCE = ("Host", "Content-Length", "Content-Type")


class UnreadableError(FauxlateError):
    """What has come is no request; the message says why, `status` is HTTP's, and `method` is known behind the head."""

    def __init__(self, why: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(why)
        self.status = status
        self.method = ""


def check_line(head: bytes | bytearray) -> None:
    """Raise `UnreadableError` for what the parser takes besides HTTP's own lines: RTSP, ICE, a bare CR before it."""
    if _LINE.match(head) is None:
        raise UnreadableError("the request line is not that of HTTP (RFC 9112, 3)")


def read_version(version: str) -> str:
    """Return the version that is spoken with who speaks `version`. Raises `UnreadableError`."""
    if version.partition(".")[0] != "1":
        why = f"the version is HTTP/{version}; this is a server of HTTP/1.1"
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
        if len(headers.getall(name, ())) > 1:
            raise UnreadableError(f"{name} comes twice")
    host = headers.get("Host")
    if host is None:
        if version != "1.0":
            raise UnreadableError("there is no Host (RFC 9112, 3.2)")
    elif " " in host or "\t" in host:
        raise UnreadableError(f"`Host: {host[:80]}` is more than a host (RFC 9112, 3.2)")


def is_chunked(headers: CIMultiDict[str], version: str) -> bool:
    """Return whether the body comes in chunks. Raises `UnreadableError` for any other coding."""
    codings = headers.getall("Transfer-Encoding", ())
    if not codings:
        return False
    if version == "1.0":
        raise UnreadableError("Transfer-Encoding is of HTTP/1.1 (RFC 9112, 6.1)")
    names = [name for part in ",".join(codings).lower().split(",") if (name := part.strip(" \t"))]
    if names[-1:] != ["chunked"] or names.count("chunked") > 1:
        raise UnreadableError("the last of Transfer-Encoding must be `chunked`, once (RFC 9112, 6.3)")
    if len(names) > 1:
        why = f"`Transfer-Encoding: {names[0][:40]}` is not known; there is chunked alone"
        raise UnreadableError(why, HTTPStatus.NOT_IMPLEMENTED)
    return True
