"""The placeholders of DingTalk's contact-ID translation, and their replacement by names.

"Contacts ID Translation Template Syntax" (access-secure-rendering-components; zh: 通讯录加密, 内容转译):
`$userName=USER_ID$` and `$departmentName=DEPARTMENT_ID$` with a numeric department id. Nothing says what
becomes of an id out of the solution provider's contact scope; it is left as it is (assumed, as WeCom documents
it).
"""

import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Literal

Field = Literal["userName", "departmentName"]
NameLookup = Callable[[Field, str], str | None]
"""A contact directory: takes a field and an id, returns the name, or None when the id is out of scope."""

PLACEHOLDER = re.compile(r"\$(?:userName=(?P<user>[^$\s]+)|departmentName=(?P<department>[0-9]+))\$")


def replace(text: str, lookup: NameLookup) -> str:
    """Replace the placeholders in `text` by names; those whose id `lookup` does not know stay."""
    return "".join(replace_in_runs([text], lookup))


def replace_in_runs(runs: Iterable[str], lookup: NameLookup) -> list[str]:
    """Replace in text that is cut into runs (of one format each), where a placeholder may lie across a cut.

    Returns as many runs as it takes. A name goes to the run in which its placeholder begins.
    """
    cuts = [0]
    pieces = list(runs)
    for piece in pieces:
        cuts.append(cuts[-1] + len(piece))
    text, cuts = replace_and_move("".join(pieces), cuts, lookup)
    return [text[start:end] for start, end in pairwise(cuts)]


def replace_and_move(text: str, positions: Iterable[int], lookup: NameLookup) -> tuple[str, list[int]]:
    """Replace in `text`; return it, and the ascending `positions` moved along with the text that follows them.

    A position inside a placeholder moves behind the name.
    """
    edits = [
        (match.start(), match.end(), name)
        for match in PLACEHOLDER.finditer(text)
        if (name := _find_name(match, lookup)) is not None
    ]
    pieces: list[str] = []
    moved_positions: list[int] = []
    remaining = list(positions)[::-1]
    previous_end = growth = 0
    for start, end, name in edits:
        while remaining and remaining[-1] <= start:
            moved_positions.append(remaining.pop() + growth)
        growth += len(name) - (end - start)
        while remaining and remaining[-1] < end:
            remaining.pop()
            moved_positions.append(end + growth)
        pieces += [text[previous_end:start], name]
        previous_end = end
    moved_positions += [position + growth for position in reversed(remaining)]
    return "".join([*pieces, text[previous_end:]]), moved_positions


def has_placeholder(text: str) -> bool:
    """Whether `text` has a placeholder, of a known id or not."""
    return PLACEHOLDER.search(text) is not None


def _find_name(match: re.Match[str], lookup: NameLookup) -> str | None:
    if user := match["user"]:
        return lookup("userName", user)
    return lookup("departmentName", match["department"])
