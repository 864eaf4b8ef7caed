"""The package of several result files: one zip, as DingTalk hands back for `outputFileName`."""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from fauxlate.content.office import package

# What a name must not hold: a path (the reader would unpack outside its folder), or a control character.
UNSAFE = re.compile(r"[/\\\x00-\x1f\x7f]")

# Together with a number still a name that file systems take (255 bytes; a Chinese character has three).
MAX_STEM = 72
MAX_SUFFIX = 8


def pack(files: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> bytes:
    """Pack files by name, or (name, content) pairs, in the order given; a taken name gets ` (2)`, ` (3)` ….

    Stored, not deflated: what is packed here is small or already packed, and the bytes then depend on no
    zlib.
    """
    packed: dict[str, bytes] = {}
    taken: set[str] = set()
    for name, content in files.items() if isinstance(files, Mapping) else files:
        free = _free(name, taken)
        taken.add(free.casefold())
        packed[free] = content
    return package.write(packed, deflate=False)


def _free(name: str, taken: set[str]) -> str:
    """Find the name to store; names that differ only in case are one file where Windows unpacks them."""
    safe = UNSAFE.sub("_", name.encode("utf-8", "replace").decode())
    safe = safe if safe.strip(".") else "_"
    suffix = PurePosixPath(safe).suffix
    suffix = suffix if len(suffix) <= MAX_SUFFIX else ""
    stem = safe.removesuffix(suffix)[:MAX_STEM]
    free, number = stem + suffix, 1
    while free.casefold() in taken:
        number += 1
        free = f"{stem} ({number}){suffix}"
    return free
