"""The archive of several result files: one zip, as DingTalk makes it for `outputFileName`."""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from fauxlate.content.office import package

# A name must not have a path (the reader would unpack outside its folder), nor a control character.
UNSAFE_CHARACTERS = re.compile(r"[/\\\x00-\x1f\x7f]")

# With a number added, still a name that file systems accept (255 bytes; a Chinese character has three).
MAX_STEM_LENGTH = 72
MAX_SUFFIX_LENGTH = 8


def pack(files: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip of files by name, or of (name, content) pairs, in order; a name in use gets ` (2)`, ` (3)` ….

    The files are stored, not deflated: they are small or compressed already, and the bytes then depend on no zlib.
    """
    parts: dict[str, bytes] = {}
    used_names: set[str] = set()
    for name, content in files.items() if isinstance(files, Mapping) else files:
        free_name = _find_free_name(name, used_names)
        used_names.add(free_name.casefold())
        parts[free_name] = content
    return package.write(parts, deflate=False)


def _find_free_name(name: str, used_names: set[str]) -> str:
    """Return a safe name that is not in use; names that differ only in case are one file on Windows."""
    safe = UNSAFE_CHARACTERS.sub("_", name.encode("utf-8", "replace").decode())
    safe = safe if safe.strip(".") else "_"
    suffix = PurePosixPath(safe).suffix
    suffix = suffix if len(suffix) <= MAX_SUFFIX_LENGTH else ""
    stem = safe.removesuffix(suffix)[:MAX_STEM_LENGTH]
    free_name, number = stem + suffix, 1
    while free_name.casefold() in used_names:
        number += 1
        free_name = f"{stem} ({number}){suffix}"
    return free_name
