"""Validation that several operations share; each refusal is the row that the operation's own table has for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fauxlate.content import language
from fauxlate.engine.exchange.reading import parse_json
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.providers.alibaba.replies import refuse_parameter

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")


def check_languages(call: Call, source: str, target: str) -> None:
    """Refuse a pair that nothing can translate. The pages' long list is not copied: any well-formed code passes."""
    hint = f"From `{source}` to `{target}` is no pair: two different language codes are wanted, `auto` only as source."
    if source != "auto" and not _LANGUAGE.fullmatch(source):
        raise refuse_parameter(call, "Parameter.SourceLangError", "SourceLanguage", hint)
    if source == target or not _LANGUAGE.fullmatch(target):
        raise refuse_parameter(call, "Parameter.TargetLangError", "TargetLanguage", hint)


def check_length(call: Call, text: str, limit: int, label: str = "SourceText") -> int:
    """Return the length of `text` as Java counts it, in UTF-16 units (FAQ 96396); refuse more than `limit`.

    `label` is what the hint calls the text.
    """
    count = language.count_utf16_units(text)
    if count > limit:
        hint = f"{label} has {count} characters (UTF-16 units); {limit} are the most."
        raise refuse_parameter(call, "System.StringTooLong", "SourceText", hint)
    return count


def check_link(call: Call, name: str, url: str) -> None:
    """Refuse a link, sent as `name`, that the service could not fetch."""
    if not is_http_link(url):
        raise call.refuse(ProblemKind.INVALID, f"{name} is no http or https link; it came as {url!r:.100}.", name)


def is_http_link(url: str) -> bool:
    """Whether a link is one that the service could fetch."""
    return url[:8].lower().startswith(("http://", "https://"))


def parse_links(call: Call, name: str, text: str, limit: int) -> tuple[str, ...]:
    """Return the distinct links of a list separated by commas, sent as `name`; refuse none, and more than `limit`."""
    urls = [url.strip() for url in text.split(",") if url.strip()]
    if not 1 <= len(urls) <= limit:
        detail = f"{name} has {len(urls)} links; 1 to {limit} are wanted, separated by commas."
        raise call.refuse(ProblemKind.INVALID, detail, name)
    return tuple(dict.fromkeys(urls))


def parse_json_object(call: Call, name: str, text: str | None) -> dict[str, Any]:
    """Return the JSON object that is sent in a string as `name`, an empty one where nothing is sent."""
    if text is None:
        return {}
    try:
        data = parse_json(text)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise call.refuse(ProblemKind.INVALID, f"{name} is a JSON object in a string; it came as {text!r:.100}.", name)
    return data


def is_enabled(options: Mapping[str, Any], name: str) -> bool:
    """Whether the option `name` is on; documented as the strings true and false, and Booleans are read too."""
    return options.get(name) in ("true", True)
