"""The envelope of most responses, and the base of those without one."""

from __future__ import annotations

from typing import TypedDict


class Envelope(TypedDict):
    """`Code` is a number, or a string as alibaba.code_type has it; `Message` may be left out (alibaba.success_message)."""

    RequestId: str
    Code: int | str
    Message: str


class FlatResponse(TypedDict):
    """A response without the envelope: language detection, documents, certificates, opening the service."""

    RequestId: str
