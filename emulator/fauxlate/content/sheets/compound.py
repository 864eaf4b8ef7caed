"""A compound file (MS-CFB), the small file system in which Excel 97-2003 keeps its workbook stream."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from fauxlate.content.errors import ContentError

SIGNATURE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
END_OF_CHAIN: Final = 0xFFFFFFFE
FREE_SECTOR: Final = 0xFFFFFFFF
FAT_SECTOR: Final = 0xFFFFFFFD
DIFAT_SECTOR: Final = 0xFFFFFFFC

SECTOR_SIZE: Final = 512
SECTOR_SHIFTS: Final = frozenset({9, 12})  # version 3 has sectors of 512 bytes, version 4 of 4096
MINI_SECTOR_SIZE: Final = 64
MINI_STREAM_CUTOFF: Final = 4096  # smaller streams are kept in the mini stream, which is the root entry's own
FAT_NUMBERS_IN_HEADER: Final = 109  # so many FAT sectors are listed in the header, the others in DIFAT sectors
NUMBERS_PER_SECTOR: Final = SECTOR_SIZE // 4

# 2.2: signature, class, minor, major, byte order, shift, mini shift, reserved, directory sectors, FAT
# sectors, directory, transaction, cutoff, mini FAT, mini FAT sectors, DIFAT, DIFAT sectors, FAT sectors by
# number.
HEADER: Final = struct.Struct(f"<8s16sHHHHH6x9I{FAT_NUMBERS_IN_HEADER}I")
HEADER_FIELDS: Final = (5, 9, 12, 14)  # shift, directory, mini FAT, DIFAT
HEADER_FAT_NUMBERS: Final = 16  # from this field on, the numbers of FAT sectors
# 2.6.1: name, its length in bytes, type, colour, left, right, child, (class, state, two times), start, size.
ENTRY: Final = struct.Struct("<64sHBBIII36xIQ")
ENTRY_LOCATION: Final = struct.Struct("<IQ")  # the last two of these
STREAM, ROOT = 2, 5


class Entry(NamedTuple):
    """A directory entry, as far as it is used: the numbers of its neighbours, its first sector, its size in bytes."""

    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class CompoundFile:
    """The bytes of the directory, and the content of each stream by the number of its entry."""

    directory: bytes
    streams: Mapping[int, bytes]

    def find_stream(self, name: str) -> int | None:
        """Return the number of the stream `name` of the root storage, in any case, or None.

        Embedded objects have streams of the same names further down.
        """
        pending, visited = [_read_entry(self.directory, 0).child], set[int]()
        while pending:
            number = pending.pop()
            if number in visited or number >= len(self.directory) // ENTRY.size:
                continue
            visited.add(number)
            entry = _read_entry(self.directory, number)
            if entry.kind == STREAM and entry.name.lower() == name.lower():
                return number
            pending += [entry.left, entry.right]
        return None

    def replace_stream(self, number: int, content: bytes) -> "CompoundFile":
        """Return a file in which the stream `number` has another content."""
        return replace(self, streams={**self.streams, number: content})


def read(data: bytes) -> CompoundFile:
    """Read the compound file `data`. Raises `ContentError` for what breaks the format."""
    if not data:
        raise ContentError("empty", "the file has no bytes")
    if not data.startswith(SIGNATURE):
        raise ContentError("unreadable", "not an OLE2 compound file, as an xls of Excel 97-2003 is")
    try:
        return _parse(data)
    except (struct.error, LookupError) as error:
        raise ContentError("unreadable", f"a broken compound file: {error}") from error


def write(file: CompoundFile) -> bytes:
    """Return the bytes of a compound file with these streams and directory: version 3, sectors of 512 bytes."""
    directory = bytearray(file.directory)
    fat: list[int] = []
    body: list[bytes] = []
    mini_fat: list[int] = []
    mini: list[bytes] = []

    for number, content in file.streams.items():
        chain, sectors, size = (
            (fat, body, SECTOR_SIZE) if len(content) >= MINI_STREAM_CUTOFF else (mini_fat, mini, MINI_SECTOR_SIZE)
        )
        _set_location(directory, number, _append_stream(content, chain, sectors, size), len(content))
    mini_stream = b"".join(mini)
    _set_location(directory, 0, _append_stream(mini_stream, fat, body, SECTOR_SIZE), len(mini_stream))
    mini_start = _append_stream(_pack_numbers(mini_fat), fat, body, SECTOR_SIZE)
    directory_start = _append_stream(bytes(directory), fat, body, SECTOR_SIZE)

    fats, difats = _count_table_sectors(len(fat))
    fat_numbers = list(range(len(fat), len(fat) + fats))
    first_difat = len(fat) + fats
    fat += [FAT_SECTOR] * fats + [DIFAT_SECTOR] * difats
    body.append(_pack_numbers(fat))
    rest = fat_numbers[FAT_NUMBERS_IN_HEADER:]
    for difat in range(difats):
        numbers = rest[difat * (NUMBERS_PER_SECTOR - 1) : (difat + 1) * (NUMBERS_PER_SECTOR - 1)]
        numbers += [FREE_SECTOR] * (NUMBERS_PER_SECTOR - 1 - len(numbers))
        body.append(_pack_numbers([*numbers, first_difat + difat + 1 if difat + 1 < difats else END_OF_CHAIN]))
    header = HEADER.pack(
        *(SIGNATURE, bytes(16), 0x3E, 3, 0xFFFE, 9, 6),
        *(0, fats, directory_start, 0, MINI_STREAM_CUTOFF, mini_start, -(-len(mini_fat) // NUMBERS_PER_SECTOR)),
        *(first_difat if difats else END_OF_CHAIN, difats),
        *(fat_numbers + [FREE_SECTOR] * FAT_NUMBERS_IN_HEADER)[:FAT_NUMBERS_IN_HEADER],
    )
    return b"".join([header, *body])


def _parse(data: bytes) -> CompoundFile:
    header = HEADER.unpack_from(data)
    shift, directory_start, mini_start, first_difat, fats = (
        *(header[index] for index in HEADER_FIELDS),
        header[HEADER_FAT_NUMBERS:],
    )
    if shift not in SECTOR_SHIFTS:
        raise LookupError(f"sectors of 2**{shift} bytes")
    sectors = _Sectors(data, shift)
    fat = sectors.read_numbers(_list_fat_sectors(sectors, list(fats), first_difat))
    directory = sectors.read(_follow_chain(fat, directory_start))
    directory = directory[: len(directory) // SECTOR_SIZE * SECTOR_SIZE]
    root = _read_entry(directory, 0)
    if root.kind != ROOT:
        raise LookupError("no root entry")
    mini_fat = sectors.read_numbers(_follow_chain(fat, mini_start)) if mini_start != FREE_SECTOR else ()
    mini_stream = sectors.read(_follow_chain(fat, root.start)) if root.size else b""

    streams = {}
    remaining = len(data)
    for number in range(len(directory) // ENTRY.size):
        entry = _read_entry(directory, number)
        if entry.kind != STREAM:
            continue
        remaining -= entry.size
        if remaining < 0:
            raise LookupError("streams longer than the file")
        if entry.size >= MINI_STREAM_CUTOFF:
            content = sectors.read(_follow_chain(fat, entry.start, -(-entry.size // (1 << shift))))
        else:
            chain = _follow_chain(mini_fat, entry.start, -(-entry.size // MINI_SECTOR_SIZE))
            content = b"".join(mini_stream[mini * MINI_SECTOR_SIZE : (mini + 1) * MINI_SECTOR_SIZE] for mini in chain)
        if len(content) < entry.size:
            raise LookupError(f"the stream {entry.name} ends early")
        streams[number] = content[: entry.size]
    return CompoundFile(directory, streams)


class _Sectors(NamedTuple):
    """The sectors of a compound file, by number; the header takes the place of a sector -1."""

    data: bytes
    shift: int

    def read(self, numbers: Sequence[int]) -> bytes:
        pieces = [self.data[(number + 1) << self.shift : (number + 2) << self.shift] for number in numbers]
        if not all(pieces):
            raise LookupError("a sector beyond the end")
        return b"".join(pieces)

    def read_numbers(self, numbers: Sequence[int]) -> tuple[int, ...]:
        content = self.read(numbers)
        return struct.unpack(f"<{len(content) // 4}I", content[: len(content) & ~3])


def _list_fat_sectors(sectors: _Sectors, numbers: list[int], difat: int) -> list[int]:
    """Return the numbers of the FAT sectors: `numbers` from the header, and those in DIFAT sectors from `difat` on."""
    visited, listed = set[int](), [number for number in numbers if number != FREE_SECTOR]
    while difat not in {END_OF_CHAIN, FREE_SECTOR}:
        if difat in visited:
            raise LookupError("a DIFAT that does not end")
        visited.add(difat)
        *more, difat = sectors.read_numbers([difat])
        listed += [number for number in more if number != FREE_SECTOR]
        if len(listed) > len(sectors.data) >> sectors.shift:
            raise LookupError("a DIFAT that lists more sectors than there are")
    return listed


def _follow_chain(table: Sequence[int], start: int, count: int | None = None) -> list[int]:
    """Return the numbers of a chain of sectors up to its end, or `count` of them."""
    chain: list[int] = []
    while start != END_OF_CHAIN and len(chain) != count:
        if start >= len(table) or len(chain) == len(table):
            raise LookupError("a chain of sectors that does not end")
        chain.append(start)
        start = table[start]
    return chain


def _read_entry(directory: bytes, number: int) -> Entry:
    name, length, kind, _, left, right, child, start, size = ENTRY.unpack_from(directory, number * ENTRY.size)
    text = name[: max(length - 2, 0)].decode("utf-16-le", "replace")
    # Writers of version 3 may leave anything in the upper half of the size (MS-CFB, 2.6.1).
    return Entry(text, kind, left, right, child, start, size & 0xFFFFFFFF)


def _append_stream(content: bytes, chain: list[int], sectors: list[bytes], size: int) -> int:
    """Append `content` to `sectors` of `size` bytes, linked in `chain`; return the number of the first of them."""
    count = -(-len(content) // size)
    if not count:
        return END_OF_CHAIN
    start = len(chain)
    chain += [*range(start + 1, start + count), END_OF_CHAIN]
    sectors.append(content.ljust(count * size, b"\0"))
    return start


def _set_location(directory: bytearray, number: int, start: int, size: int) -> None:
    ENTRY_LOCATION.pack_into(directory, (number + 1) * ENTRY.size - ENTRY_LOCATION.size, start, size)


def _pack_numbers(numbers: Sequence[int]) -> bytes:
    """Return sector numbers as whole sectors."""
    free_count = -len(numbers) % NUMBERS_PER_SECTOR
    return struct.pack(f"<{len(numbers) + free_count}I", *numbers, *[FREE_SECTOR] * free_count)


def _count_table_sectors(sectors: int) -> tuple[int, int]:
    """Return how many FAT and DIFAT sectors `sectors` others need; the FAT lists itself and the DIFAT too."""
    fats = difats = 0
    while True:
        fats_needed = -(-(sectors + fats + difats) // NUMBERS_PER_SECTOR)
        needed = fats_needed, -(-max(fats_needed - FAT_NUMBERS_IN_HEADER, 0) // (NUMBERS_PER_SECTOR - 1))
        if needed == (fats, difats):
            return needed
        fats, difats = needed
