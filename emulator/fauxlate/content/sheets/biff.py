"""The workbook stream of an xls (BIFF8, MS-XLS): its records, read and written anew with another string table.

Strings longer than a record go on in CONTINUE records, hence the whole table is written anew. Records that point
behind it get new positions: the sheets (BOUNDSHEET) and their row blocks (INDEX). EXTSST, an index of the table that
files of xlwt do without too, is dropped.
"""

import struct
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from fauxlate.content.errors import ContentError

BOF, EOF, FILEPASS, CONTINUE = 0x0809, 0x000A, 0x002F, 0x003C
BOUNDSHEET, SST, EXTSST, INDEX = 0x0085, 0x00FC, 0x00FF, 0x020B
BIFF8: Final = 0x0600
MAX_RECORD_SIZE: Final = 8224  # bytes of its body
# Where in its body a record has positions in the stream: from, up to. (INDEX: behind its first and last row.)
POSITIONS: Final = {BOUNDSHEET: (0, 4), INDEX: (12, MAX_RECORD_SIZE)}

Record = tuple[int, bytes]  # its kind, and its body of at most MAX_RECORD_SIZE bytes


class Workbook(NamedTuple):
    """The globals of a workbook as records, and the position in the stream at which the globals end."""

    records: list[Record]
    end: int

    @property
    def string_table(self) -> list[bytes]:
        """The bodies of the SST record and of those that continue it; none where there is no table."""
        return [body for _, body in _find_table(self.records)]


def read(stream: bytes) -> Workbook:
    """Read the globals of a workbook stream.

    Raises `ContentError` for another version and for a protected workbook, `struct.error` and `LookupError` for a
    broken one.
    """
    records: list[Record] = []
    end = 0
    for kind, body in _iterate_records(stream):
        records.append((kind, body))
        end += 4 + len(body)
        if kind == EOF:
            break
    else:
        raise LookupError("the globals do not end")
    if records[0][0] != BOF or struct.unpack_from("<H", records[0][1])[0] != BIFF8:
        raise ContentError("unsupported", "an xls older than Excel 97-2003 (BIFF8)")
    if any(kind == FILEPASS for kind, _ in records):
        raise ContentError("unreadable", "the xls is protected with a password")
    for kind, body in records:
        if kind == BOUNDSHEET and not end <= struct.unpack_from("<I", body)[0] < len(stream):
            raise LookupError("a sheet that lies elsewhere")
    return Workbook(records, end)


def write(stream: bytes, workbook: Workbook, string_table: Sequence[bytes]) -> bytes:
    """Return `stream`, which `workbook` was read from, with another string table and the positions behind it moved."""
    old_table = _find_table(workbook.records)
    new_table = [(CONTINUE if number else SST, body) for number, body in enumerate(string_table)]
    index = workbook.records.index(old_table[0])
    records = [*workbook.records[:index], *new_table, *workbook.records[index + len(old_table) :]]
    front = b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records if kind != EXTSST)
    result = bytearray(front + stream[workbook.end :])
    shift = len(front) - workbook.end
    start = 0
    for kind, body in _iterate_records(bytes(result)):
        start += 4
        first, last = POSITIONS.get(kind, (0, 0))
        for offset in range(start + first, start + min(last, len(body) & ~3), 4):
            position = struct.unpack_from("<I", result, offset)[0]
            if workbook.end <= position < len(stream):
                struct.pack_into("<I", result, offset, position + shift)
        start += len(body)
    return bytes(result)


def _iterate_records(stream: bytes) -> Iterator[Record]:
    """Yield the records of a stream; the last may be cut short."""
    end = 0
    while end + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, end)
        end += 4 + size
        yield kind, stream[end - size : end]


def _find_table(records: Sequence[Record]) -> list[Record]:
    """Return the SST record and those that continue it."""
    start = next((index for index, (kind, _) in enumerate(records) if kind == SST), len(records))
    rest = takewhile(lambda record: record[0] == CONTINUE, records[start + 1 :])
    return [*records[start : start + 1], *rest]
