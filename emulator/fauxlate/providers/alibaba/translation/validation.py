"""What several operations want of a request, each breach answered with the row that their own table has for it."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from fauxlate.content import language
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.provider import ProblemKind
from fauxlate.providers.alibaba.replies import refusal

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

DEDUPE_SECONDS = 180
"""The same CustomTaskId or ClientToken within 3 minutes is processed once."""
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
_WINDOWS = "alibaba.dedupe"


def languages(call: Call, source: str, target: str) -> None:
    """Refuse a pair that nothing can translate. The pages' long list is not copied: any well-formed code passes."""
    hint = f"From `{source}` to `{target}` is no pair: two different language codes are wanted, `auto` only as source."
    if source != "auto" and not _LANGUAGE.fullmatch(source):
        raise refusal(call, "Parameter.SourceLangError", "SourceLanguage", hint)
    if source == target or not _LANGUAGE.fullmatch(target):
        raise refusal(call, "Parameter.TargetLangError", "TargetLanguage", hint)


def length(call: Call, text: str, most: int, what: str = "SourceText") -> int:
    """Return the characters of `text` as Java counts them, in UTF-16 units (FAQ 96396); refuse more than `most`."""
    count = language.utf16_length(text)
    if count > most:
        hint = f"{what} has {count} characters (UTF-16 units); {most} are the most."
        raise refusal(call, "System.StringTooLong", "SourceText", hint)
    return count


def extras(call: Call, name: str, text: str | None) -> dict[str, Any]:
    """Return the JSON object that is sent in a string as `name`; nothing where nothing is sent."""
    if text is None:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise call.refuse(ProblemKind.INVALID, f"{name} is a JSON object in a string; it came as {text!r:.100}.", name)
    return found


def links(call: Call, name: str, text: str, most: int) -> tuple[str, ...]:
    """Return the links in a list separated by commas, each once; refuse none, and more than `most`."""
    sent = [url.strip() for url in text.split(",") if url.strip()]
    if not 1 <= len(sent) <= most:
        detail = f"{name} has {len(sent)} links; 1 to {most} are wanted, separated by commas."
        raise call.refuse(ProblemKind.INVALID, detail, name)
    return tuple(dict.fromkeys(sent))


def over_http(url: str) -> bool:
    """Tell whether a link is one that the service could fetch."""
    return url.startswith(("http://", "https://"))


async def once(call: Call, token: str | None, start: Callable[[], Awaitable[str]]) -> str:
    """Return the id that `start` gives, or the one that the same token got within the last three minutes.

    What the second call is answered is not documented; the first id is assumed.
    """
    if not token:
        return await start()
    assert call.operation is not None
    window = f"{call.operation.name}/{call.alias(call.owner)}/{token}"
    record = await call.sandbox.store.get(_WINDOWS, window)
    if record is not None and record.is_valid(call.now):
        return str(record.value)
    started = await start()
    await call.sandbox.store.put(_WINDOWS, window, Record(started, call.now + DEDUPE_SECONDS))
    return started
