"""Whether a server is ready, asked from outside until it is."""

from __future__ import annotations

import json
import time
import urllib.error
from urllib.request import ProxyHandler, build_opener

from fauxlate.errors import FauxlateError

_INTERVAL = 0.1
_TIMEOUT = 2.0
"""Seconds that one answer may take."""


class NotReadyError(FauxlateError):
    """The server has not become ready in time; the message says what was seen last."""


def wait(url: str, seconds: float) -> None:
    """Return as soon as the server at `url` is ready. Raises `NotReadyError` after so many seconds."""
    deadline = time.monotonic() + seconds
    while (why := _check(url)) is not None:
        if time.monotonic() + _INTERVAL > deadline:
            raise NotReadyError(f"{url} is not ready after {seconds:g} s: {why}")
        time.sleep(_INTERVAL)


def _check(url: str) -> str | None:
    """Return why the server is not ready, or None where it is. No proxy is asked: the server is near."""
    try:
        with build_opener(ProxyHandler({})).open(f"{url}/__fauxlate/ready", timeout=_TIMEOUT) as answer:
            ready = json.load(answer).get("status") == "ready"
    except urllib.error.HTTPError as fault:
        return f"something answers there with {fault.code}, which is not Fauxlate"
    except urllib.error.URLError as fault:
        return str(getattr(fault.reason, "strerror", None) or fault.reason)
    except (OSError, ValueError, AttributeError) as fault:
        return f"something answers there that is not Fauxlate ({type(fault).__name__})"
    return None if ready else "it answers, but is not ready"
