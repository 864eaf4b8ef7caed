"""The placeholders of DingTalk's contact-ID translation, and how names take their place.

"Contacts ID Translation Template Syntax" (access-secure-rendering-components; zh: 通讯录加密, 内容转译):
`$userName=USER_ID$` and `$departmentName=DEPARTMENT_ID$` with a numeric department id. Nothing says what
becomes of an id out of the solution provider's contact scope; it is left as it stands (assumed, as WeCom
documents it).
"""

import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Literal

Field = Literal["userName", "departmentName"]
Names = Callable[[Field, str], str | None]
"""A contact directory: from ("userName", user id), say, to a name, or None when the id is out of scope."""

PLACEHOLDER = re.compile(r"\$(?:userName=(?P<user>[^$\s]+)|departmentName=(?P<department>[0-9]+))\$")


def replace(text: str, names: Names) -> str:
    """Put names in the place of the placeholders in `text`; ids that `names` does not know stay."""
    return "".join(replace_in_runs([text], names))


def replace_in_runs(runs: Iterable[str], names: Names) -> list[str]:
    """Replace in text that is cut into runs (of one format each), where a placeholder may lie across a cut.

    Returns as many runs as came in. A name goes to the run in which its placeholder begins.
    """
    cuts = [0]
    pieces = list(runs)
    for piece in pieces:
        cuts.append(cuts[-1] + len(piece))
    text, moved = replace_between("".join(pieces), cuts, names)
    return [text[start:end] for start, end in pairwise(moved)]


def replace_between(text: str, marks: Iterable[int], names: Names) -> tuple[str, list[int]]:
    """Replace in `text`, and say where `marks`, ascending positions in it, went with what they precede.

    A mark inside a placeholder moves behind the name.
    """
    edits = [
        (match.start(), match.end(), name)
        for match in PLACEHOLDER.finditer(text)
        if (name := _name(match, names)) is not None
    ]
    pieces: list[str] = []
    moved: list[int] = []
    waiting = list(marks)[::-1]
    at = grown = 0
    for start, end, name in edits:
        while waiting and waiting[-1] <= start:
            moved.append(waiting.pop() + grown)
        grown += len(name) - (end - start)
        while waiting and waiting[-1] < end:
            waiting.pop()
            moved.append(end + grown)
        pieces += [text[at:start], name]
        at = end
    moved += [mark + grown for mark in reversed(waiting)]
    return "".join([*pieces, text[at:]]), moved


def contains(text: str) -> bool:
    """Tell whether a placeholder stands in `text`, known or not."""
    return PLACEHOLDER.search(text) is not None


def _name(match: re.Match[str], names: Names) -> str | None:
    if user := match["user"]:
        return names("userName", user)
    return names("departmentName", match["department"])
