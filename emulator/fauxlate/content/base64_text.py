"""Base64 as the standard encoders of many languages write it: in lines, with the alphabet of URLs, without padding."""

from __future__ import annotations

import base64
import binascii

from fauxlate.content.errors import ContentError

_LINE_ENDS = {ord("\r"): None, ord("\n"): None}


def decode(text: str) -> bytes:
    """Return the bytes. Raises `ContentError` that says what came instead."""
    if text[:5].lower() == "data:":
        raise ContentError("unreadable", "a data URI came; the Base64 behind its comma alone is wanted")
    if " " in text:
        raise ContentError("unreadable", "it has spaces: a `+` is sent as %2B in a form, or it means a space")
    letters = text.translate(_LINE_ENDS)
    if "-" in letters or "_" in letters:
        if "+" in letters or "/" in letters:
            raise ContentError("unreadable", "it mixes the alphabets of Base64 and of its form for URLs")
        letters = letters.replace("-", "+").replace("_", "/")
    if "=" not in letters:
        letters += "=" * (-len(letters) % 4)
    try:
        return base64.b64decode(letters, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise ContentError("unreadable", f"it is no Base64: {fault}") from None
