"""The shared strings of an xls: the string table (SST, MS-XLS) that an SST record and its CONTINUE records hold."""

import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

from fauxlate.content.sheets.biff import MAX_RECORD_SIZE

TOTALS_SIZE: Final = 8  # bytes in which the table counts its uses and its strings

# The flags of a string (XLUnicodeRichExtendedString): its characters have two bytes; a phonetic part follows;
# formatting runs follow.
WIDE, PHONETIC, RICH = 0x01, 0x04, 0x08


class SharedString(NamedTuple):
    """A shared string: a character per UTF-16 unit, runs as (first character, font), the phonetic part."""

    units: str
    runs: Sequence[tuple[int, int]]
    phonetic: bytes


def read(bodies: Sequence[bytes]) -> list[SharedString]:
    """Read the table from the bodies of its records; none where there are none.

    Raises `struct.error` and `LookupError` for a broken table.
    """
    if not bodies:
        return []
    cursor = _Cursor(bodies)
    _, count = struct.unpack("<II", cursor.read(TOTALS_SIZE))
    strings: list[SharedString] = []
    # The count may lie; the bytes may not.
    while len(strings) < count:
        length, flags = struct.unpack("<HB", cursor.read(3))
        run_count = struct.unpack("<H", cursor.read(2))[0] if flags & RICH else 0
        phonetic_size = struct.unpack("<I", cursor.read(4))[0] if flags & PHONETIC else 0
        units = cursor.read_units(length, flags & WIDE)
        runs = [struct.unpack("<HH", cursor.read(4)) for _ in range(run_count)]
        strings.append(SharedString(units, runs, cursor.read(phonetic_size)))
    return strings


def read_totals(bodies: Sequence[bytes]) -> bytes:
    """Return the start of the table, which counts its uses and its strings."""
    return bodies[0][:TOTALS_SIZE]


def write(strings: Sequence[SharedString], totals: bytes) -> list[bytes]:
    """Write a table that starts with `totals` as the bodies of an SST and its CONTINUE records.

    A record breaks neither in a head nor between it and the first character (as Apache POI has it) nor in a run;
    characters that go on in a record begin there with their width (Microsoft KB 198253).
    """
    bodies = [bytearray(totals)]

    def find_room() -> int:
        return MAX_RECORD_SIZE - len(bodies[-1])

    def append(piece: bytes, next_size: int = 0) -> None:
        """Append `piece` where it and `next_size` bytes more have room."""
        if find_room() < len(piece) + next_size:
            bodies.append(bytearray())
        bodies[-1].extend(piece)

    for string in strings:
        wide = WIDE if max(string.units, default="") > "\xff" else 0
        flags = wide | (RICH if string.runs else 0) | (PHONETIC if string.phonetic else 0)
        header = struct.pack("<HB", len(string.units), flags)
        header += struct.pack("<H", len(string.runs)) if string.runs else b""
        header += struct.pack("<I", len(string.phonetic)) if string.phonetic else b""
        append(header, next_size=1 << wide if string.units else 0)
        rest = string.units.encode("utf-16-le", "surrogatepass") if wide else string.units.encode("latin-1")
        while rest:
            if not find_room() >> wide:
                bodies.append(bytearray([wide]))
            size = find_room() >> wide << wide
            bodies[-1].extend(rest[:size])
            rest = rest[size:]
        for run in string.runs:
            append(struct.pack("<HH", *run))
        rest = string.phonetic
        while rest:
            size = find_room() or MAX_RECORD_SIZE
            append(rest[:size])
            rest = rest[size:]
    return [bytes(body) for body in bodies]


def decode_units(data: bytes) -> str:
    """Decode UTF-16 to one character for each unit, as Excel counts them."""
    return "".join(map(chr, struct.unpack(f"<{len(data) // 2}H", data)))


class _Cursor:
    """A position in a table that is spread over records."""

    def __init__(self, bodies: Sequence[bytes]) -> None:
        self._rest = list(bodies[::-1])
        self._body, self._position = self._rest.pop(), 0

    def read(self, size: int) -> bytes:
        """Read `size` bytes, over the ends of records."""
        pieces = []
        while size:
            self._advance()
            pieces.append(self._body[self._position : self._position + size])
            self._position += len(pieces[-1])
            size -= len(pieces[-1])
        return b"".join(pieces)

    def read_units(self, count: int, wide: int) -> str:
        """Read `count` characters; a record in which they go on begins with their width once more."""
        pieces = []
        while count:
            if self._advance():
                wide = self.read(1)[0] & WIDE
            size = min(count, (len(self._body) - self._position) >> wide) << wide
            if not size:
                raise LookupError("half a character")
            piece = self.read(size)
            pieces.append(decode_units(piece) if wide else piece.decode("latin-1"))
            count -= size >> wide
        return "".join(pieces)

    def _advance(self) -> bool:
        """Go to the next record at the end of one; return whether that was so."""
        if self._position < len(self._body):
            return False
        self._body, self._position = self._rest.pop(), 0
        return True
