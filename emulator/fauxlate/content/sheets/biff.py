"""An xls of Excel 97-2003 (BIFF8, MS-XLS), whose shared strings are rewritten and everything else kept.

Strings longer than a record go on in CONTINUE records, hence the whole table is written anew. What then lies
elsewhere in the stream is pointed to anew: the sheets (BOUNDSHEET) and their row blocks (INDEX). EXTSST, an
index of the table that the files of xlwt do without too, is dropped. Text that does not lie in the table
(LABEL records, results of formulas) is left as it is.
"""

import struct
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from fauxlate.content.sheets import compound
from fauxlate.content.sheets.placeholders import Field, Names, contains, replace_between
from fauxlate.content.unreadable import Unreadable

BOF, EOF, FILEPASS, CONTINUE = 0x0809, 0x000A, 0x002F, 0x003C
BOUNDSHEET, SST, EXTSST, INDEX = 0x0085, 0x00FC, 0x00FF, 0x020B
BIFF8: Final = 0x0600
LIMIT: Final = 8224  # bytes in a record
TOTALS: Final = 8  # bytes in which the table counts its uses and its strings
# Where a record holds positions in the stream: from, up to. (INDEX: behind its first and last row.)
POINTERS: Final = {BOUNDSHEET: (0, 4), INDEX: (12, LIMIT)}
LONGEST: Final = 0xFFFF  # characters in a string

# The flags of a string (XLUnicodeRichExtendedString): its characters have two bytes; a phonetic part follows;
# formatting runs follow.
WIDE, PHONETIC, RICH = 0x01, 0x04, 0x08

Record = tuple[int, bytes]  # its kind, and its body of at most LIMIT bytes


class String(NamedTuple):
    """A shared string: a character per UTF-16 unit, runs as (first character, font), the phonetic part."""

    units: str
    runs: Sequence[tuple[int, int]]
    phonetic: bytes


class Workbook(NamedTuple):
    """The globals of a workbook as records, its shared strings, and where in the stream the globals end."""

    records: list[Record]
    totals: bytes
    strings: list[String]
    end: int


def translate_ids(data: bytes, names: Names) -> bytes:
    """Replace the placeholders in the shared strings of the xls file `data` by names; raises `Unreadable`."""
    document = compound.read(data)
    number = document.number("Workbook")
    if number is None:
        if document.number("Book") is not None:
            raise Unreadable("unsupported", "an xls of Excel 5.0/95 (BIFF5/7), only Excel 97-2003 (BIFF8) is read")
        raise Unreadable("unreadable", "an OLE2 file, but not an xls: no stream `Workbook`")
    stream = document.streams[number]
    try:
        workbook = _read(stream)
    except (struct.error, LookupError) as error:
        raise Unreadable("unreadable", f"a broken workbook stream: {error}") from error
    strings = [_replaced(string, names) for string in workbook.strings]
    if strings == workbook.strings:
        return data
    return compound.write(document.replaced(number, _write(stream, workbook, strings)))


def _read(stream: bytes) -> Workbook:
    records: list[Record] = []
    end = 0
    for kind, body in _records(stream):
        records.append((kind, body))
        end += 4 + len(body)
        if kind == EOF:
            break
    else:
        raise LookupError("the globals do not end")
    if records[0][0] != BOF or struct.unpack_from("<H", records[0][1])[0] != BIFF8:
        raise Unreadable("unsupported", "an xls older than Excel 97-2003 (BIFF8)")
    if any(kind == FILEPASS for kind, _ in records):
        raise Unreadable("unreadable", "the xls is protected with a password")
    for kind, body in records:
        if kind == BOUNDSHEET and not end <= struct.unpack_from("<I", body)[0] < len(stream):
            raise LookupError("a sheet that lies elsewhere")
    table = [body for _, body in _table(records)]
    return Workbook(records, table[0][:TOTALS] if table else b"", _strings(table) if table else [], end)


def _records(stream: bytes, at: int = 0) -> Iterator[Record]:
    """Walk the records from `at`; the last may be cut short."""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        at += 4 + size
        yield kind, stream[at - size : at]


def _table(records: Sequence[Record]) -> list[Record]:
    """Find the SST record and what continues it."""
    start = next((at for at, (kind, _) in enumerate(records) if kind == SST), len(records))
    more = takewhile(lambda record: record[0] == CONTINUE, records[start + 1 :])
    return [*records[start : start + 1], *more]


def _strings(bodies: Sequence[bytes]) -> list[String]:
    cursor = _Cursor(bodies)
    _, count = struct.unpack("<II", cursor.take(TOTALS))
    strings: list[String] = []
    # The count may lie; the bytes may not.
    while len(strings) < count:
        length, flags = struct.unpack("<HB", cursor.take(3))
        runs = struct.unpack("<H", cursor.take(2))[0] if flags & RICH else 0
        phonetic = struct.unpack("<I", cursor.take(4))[0] if flags & PHONETIC else 0
        units = cursor.units(length, flags & WIDE)
        fonts = [struct.unpack("<HH", cursor.take(4)) for _ in range(runs)]
        strings.append(String(units, fonts, cursor.take(phonetic)))
    return strings


class _Cursor:
    """A place in a string table that is spread over records."""

    def __init__(self, bodies: Sequence[bytes]) -> None:
        self._rest = list(bodies[::-1])
        self._body, self._at = self._rest.pop(), 0

    def take(self, size: int) -> bytes:
        """Read `size` bytes, over the ends of records."""
        pieces = []
        while size:
            self._next_if_done()
            pieces.append(self._body[self._at : self._at + size])
            self._at += len(pieces[-1])
            size -= len(pieces[-1])
        return b"".join(pieces)

    def units(self, count: int, wide: int) -> str:
        """Read `count` characters; a record in which they go on begins with their width once more."""
        pieces = []
        while count:
            if self._next_if_done():
                wide = self.take(1)[0] & WIDE
            size = min(count, (len(self._body) - self._at) >> wide) << wide
            if not size:
                raise LookupError("half a character")
            piece = self.take(size)
            pieces.append(_narrowed(piece) if wide else piece.decode("latin-1"))
            count -= size >> wide
        return "".join(pieces)

    def _next_if_done(self) -> bool:
        if self._at < len(self._body):
            return False
        self._body, self._at = self._rest.pop(), 0
        return True


def _replaced(string: String, names: Names) -> String:
    if not contains(string.units):
        return string

    def in_units(field: Field, contact: str) -> str | None:
        name = names(field, contact.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
        return None if name is None else _narrowed(name.encode("utf-16-le", "surrogatepass"))

    units, firsts = replace_between(string.units, [first for first, _ in string.runs], in_units)
    if units == string.units:
        return string
    if len(units) > LONGEST:
        raise Unreadable("too_large", f"a cell of {len(units)} characters, an xls holds at most {LONGEST}")
    runs = [(min(first, LONGEST), font) for first, (_, font) in zip(firsts, string.runs, strict=True)]
    return String(units, runs, b"")  # a reading aid for the placeholder is none for the name


def _narrowed(wide: bytes) -> str:
    """Decode UTF-16 to one character for each unit, as Excel counts them."""
    return "".join(map(chr, struct.unpack(f"<{len(wide) // 2}H", wide)))


def _write(stream: bytes, workbook: Workbook, strings: Sequence[String]) -> bytes:
    """Put `strings` into the stream, and move what points behind them."""
    old = _table(workbook.records)
    new = [(CONTINUE if number else SST, body) for number, body in enumerate(_bodies(workbook.totals, strings))]
    at = workbook.records.index(old[0])
    records = [*workbook.records[:at], *new, *workbook.records[at + len(old) :]]
    front = b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records if kind != EXTSST)
    written = bytearray(front + stream[workbook.end :])
    shift = len(front) - workbook.end
    at = 0
    for kind, body in _records(bytes(written)):
        at += 4
        first, last = POINTERS.get(kind, (0, 0))
        for place in range(at + first, at + min(last, len(body) & ~3), 4):
            pointed = struct.unpack_from("<I", written, place)[0]
            if workbook.end <= pointed < len(stream):
                struct.pack_into("<I", written, place, pointed + shift)
        at += len(body)
    return bytes(written)


def _bodies(totals: bytes, strings: Sequence[String]) -> list[bytes]:
    """Write a string table as the bodies of an SST and its CONTINUE records.

    A record breaks neither in a head nor between it and the first character (as Apache POI has it) nor in a run;
    characters that go on in a record begin there with their width (Microsoft KB 198253).
    """
    bodies = [bytearray(totals)]

    def room() -> int:
        return LIMIT - len(bodies[-1])

    def add(atom: bytes, following: int = 0) -> None:
        if room() < len(atom) + following:
            bodies.append(bytearray())
        bodies[-1].extend(atom)

    for string in strings:
        wide = WIDE if max(string.units, default="") > "\xff" else 0
        flags = wide | (RICH if string.runs else 0) | (PHONETIC if string.phonetic else 0)
        header = struct.pack("<HB", len(string.units), flags)
        header += struct.pack("<H", len(string.runs)) if string.runs else b""
        header += struct.pack("<I", len(string.phonetic)) if string.phonetic else b""
        add(header, following=1 << wide if string.units else 0)
        rest = string.units.encode("utf-16-le", "surrogatepass") if wide else string.units.encode("latin-1")
        while rest:
            if not room() >> wide:
                bodies.append(bytearray([wide]))
            size = room() >> wide << wide
            bodies[-1].extend(rest[:size])
            rest = rest[size:]
        for run in string.runs:
            add(struct.pack("<HH", *run))
        rest = string.phonetic
        while rest:
            size = room() or LIMIT
            add(rest[:size])
            rest = rest[size:]
    return [bytes(body) for body in bodies]
