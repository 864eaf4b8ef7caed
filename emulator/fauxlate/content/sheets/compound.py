"""A compound file (MS-CFB): the little file system in which Excel 97-2003 keeps its workbook stream."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from fauxlate.content.unreadable import Unreadable

SIGNATURE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
END: Final = 0xFFFFFFFE
FREE: Final = 0xFFFFFFFF
FAT_SECTOR: Final = 0xFFFFFFFD
DIFAT_SECTOR: Final = 0xFFFFFFFC

SECTOR: Final = 512
SHIFTS: Final = frozenset({9, 12})  # version 3 has sectors of 512 bytes, version 4 of 4096
MINI_SECTOR: Final = 64
CUTOFF: Final = 4096  # smaller streams live in the mini stream, which is the root entry's own
IN_HEADER: Final = 109  # as many FAT sectors the header lists, DIFAT sectors list the others
PER_SECTOR: Final = SECTOR // 4

# 2.2: signature, class, minor, major, byte order, shift, mini shift, reserved, directory sectors, FAT
# sectors, directory, transaction, cutoff, mini FAT, mini FAT sectors, DIFAT, DIFAT sectors, FAT sectors by
# number.
HEADER: Final = struct.Struct(f"<8s16sHHHHH6x9I{IN_HEADER}I")
READ: Final = (5, 9, 12, 14)  # shift, directory, mini FAT, DIFAT
FATS_AT: Final = 16
# 2.6.1: name, its length in bytes, type, colour, left, right, child, (class, state, two times), start, size.
ENTRY: Final = struct.Struct("<64sHBBIII36xIQ")
PLACE: Final = struct.Struct("<IQ")  # the last two of these
STREAM, ROOT = 2, 5


class Entry(NamedTuple):
    """What matters here of a directory entry."""

    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Compound:
    """The directory as it came, and the content of each stream by the number of its entry."""

    directory: bytes
    streams: Mapping[int, bytes]

    def number(self, name: str) -> int | None:
        """Find the stream `name` of the root storage; embedded objects have such streams further down."""
        waiting, seen = [_entry(self.directory, 0).child], set[int]()
        while waiting:
            number = waiting.pop()
            if number in seen or number >= len(self.directory) // ENTRY.size:
                continue
            seen.add(number)
            entry = _entry(self.directory, number)
            if entry.kind == STREAM and entry.name.lower() == name.lower():
                return number
            waiting += [entry.left, entry.right]
        return None

    def replaced(self, number: int, content: bytes) -> "Compound":
        """Give the stream `number` another content."""
        return replace(self, streams={**self.streams, number: content})


def read(data: bytes) -> Compound:
    """Take the streams out of the compound file `data`; raises `Unreadable` for what breaks the format."""
    if not data:
        raise Unreadable("empty", "the file has no bytes")
    if not data.startswith(SIGNATURE):
        raise Unreadable("unreadable", "not an OLE2 compound file, as an xls of Excel 97-2003 is")
    try:
        return _read(data)
    except (struct.error, LookupError) as error:
        raise Unreadable("unreadable", f"a broken compound file: {error}") from error


def write(compound: Compound) -> bytes:
    """Lay out the streams anew under the same directory: version 3, sectors of 512 bytes."""
    directory = bytearray(compound.directory)
    fat: list[int] = []
    body: list[bytes] = []
    mini_fat: list[int] = []
    mini: list[bytes] = []

    for number, content in compound.streams.items():
        chain, store, size = (fat, body, SECTOR) if len(content) >= CUTOFF else (mini_fat, mini, MINI_SECTOR)
        _point(directory, number, _place(content, chain, store, size), len(content))
    mini_stream = b"".join(mini)
    _point(directory, 0, _place(mini_stream, fat, body, SECTOR), len(mini_stream))
    mini_start = _place(_numbers(mini_fat), fat, body, SECTOR)
    directory_start = _place(bytes(directory), fat, body, SECTOR)

    fats, difats = _tables(len(fat))
    listed = list(range(len(fat), len(fat) + fats))
    first_difat = len(fat) + fats
    fat += [FAT_SECTOR] * fats + [DIFAT_SECTOR] * difats
    body.append(_numbers(fat))
    rest = listed[IN_HEADER:]
    for difat in range(difats):
        some = rest[difat * (PER_SECTOR - 1) : (difat + 1) * (PER_SECTOR - 1)]
        some += [FREE] * (PER_SECTOR - 1 - len(some))
        body.append(_numbers([*some, first_difat + difat + 1 if difat + 1 < difats else END]))
    header = HEADER.pack(
        *(SIGNATURE, bytes(16), 0x3E, 3, 0xFFFE, 9, 6),
        *(0, fats, directory_start, 0, CUTOFF, mini_start, -(-len(mini_fat) // PER_SECTOR)),
        *(first_difat if difats else END, difats),
        *(listed + [FREE] * IN_HEADER)[:IN_HEADER],
    )
    return b"".join([header, *body])


def _read(data: bytes) -> Compound:
    header = HEADER.unpack_from(data)
    shift, directory_start, mini_start, first_difat, fats = (*(header[at] for at in READ), header[FATS_AT:])
    if shift not in SHIFTS:
        raise LookupError(f"sectors of 2**{shift} bytes")
    sectors = _Sectors(data, shift)
    fat = sectors.numbers(_fat_sectors(sectors, list(fats), first_difat))
    directory = sectors.content(_chain(fat, directory_start))
    directory = directory[: len(directory) // SECTOR * SECTOR]
    root = _entry(directory, 0)
    if root.kind != ROOT:
        raise LookupError("no root entry")
    mini_fat = sectors.numbers(_chain(fat, mini_start)) if mini_start != FREE else ()
    minis = sectors.content(_chain(fat, root.start)) if root.size else b""

    streams = {}
    left = len(data)
    for number in range(len(directory) // ENTRY.size):
        entry = _entry(directory, number)
        if entry.kind != STREAM:
            continue
        left -= entry.size
        if left < 0:
            raise LookupError("streams longer than the file")
        if entry.size >= CUTOFF:
            content = sectors.content(_chain(fat, entry.start, -(-entry.size // (1 << shift))))
        else:
            chain = _chain(mini_fat, entry.start, -(-entry.size // MINI_SECTOR))
            content = b"".join(minis[mini * MINI_SECTOR : (mini + 1) * MINI_SECTOR] for mini in chain)
        if len(content) < entry.size:
            raise LookupError(f"the stream {entry.name} ends early")
        streams[number] = content[: entry.size]
    return Compound(directory, streams)


class _Sectors(NamedTuple):
    """A compound file by its sectors; the header takes the place of the one before the first."""

    data: bytes
    shift: int

    def content(self, numbers: Sequence[int]) -> bytes:
        pieces = [self.data[(number + 1) << self.shift : (number + 2) << self.shift] for number in numbers]
        if not all(pieces):
            raise LookupError("a sector beyond the end")
        return b"".join(pieces)

    def numbers(self, numbers: Sequence[int]) -> tuple[int, ...]:
        content = self.content(numbers)
        return struct.unpack(f"<{len(content) // 4}I", content[: len(content) & ~3])


def _fat_sectors(sectors: _Sectors, listed: list[int], difat: int) -> list[int]:
    seen = set[int]()
    while difat not in {END, FREE}:
        if difat in seen:
            raise LookupError("a DIFAT that does not end")
        seen.add(difat)
        *more, difat = sectors.numbers([difat])
        listed += more
    return [number for number in listed if number != FREE]


def _chain(table: Sequence[int], start: int, count: int | None = None) -> list[int]:
    """Follow a chain of sectors to its end, or to `count` of them."""
    chain: list[int] = []
    while start != END and len(chain) != count:
        if start >= len(table) or len(chain) == len(table):
            raise LookupError("a chain of sectors that does not end")
        chain.append(start)
        start = table[start]
    return chain


def _entry(directory: bytes, number: int) -> Entry:
    found = ENTRY.unpack_from(directory, number * ENTRY.size)
    name, length, kind, _, left, right, child, start, size = found
    text = name[: max(length - 2, 0)].decode("utf-16-le", "replace")
    # Writers of version 3 may leave anything in the upper half of the size (MS-CFB, 2.6.1).
    return Entry(text, kind, left, right, child, start, size & 0xFFFFFFFF)


def _place(content: bytes, chain: list[int], store: list[bytes], size: int) -> int:
    """Append `content` to the sectors in `store`, linked in `chain`, and tell in which it starts."""
    count = -(-len(content) // size)
    if not count:
        return END
    start = len(chain)
    chain += [*range(start + 1, start + count), END]
    store.append(content.ljust(count * size, b"\0"))
    return start


def _point(directory: bytearray, number: int, start: int, size: int) -> None:
    PLACE.pack_into(directory, (number + 1) * ENTRY.size - PLACE.size, start, size)


def _numbers(numbers: Sequence[int]) -> bytes:
    """Write sector numbers as whole sectors."""
    spare = -len(numbers) % PER_SECTOR
    return struct.pack(f"<{len(numbers) + spare}I", *numbers, *[FREE] * spare)


def _tables(sectors: int) -> tuple[int, int]:
    """Count the FAT and DIFAT sectors for `sectors` others; the FAT lists itself and the DIFAT as well."""
    fats = difats = 0
    while True:
        more = -(-(sectors + fats + difats) // PER_SECTOR)
        needed = more, -(-max(more - IN_HEADER, 0) // (PER_SECTOR - 1))
        if needed == (fats, difats):
            return needed
        fats, difats = needed
