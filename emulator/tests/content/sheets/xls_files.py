"""Workbook streams and compound files written record by record, for what xlwt never writes."""

import io
import struct
from collections.abc import Iterable, Sequence

import xlrd
from fauxlate.content.sheets.compound import ENTRY, FREE_SECTOR, ROOT, STREAM, CompoundFile, write

Record = tuple[int, bytes]
BOF_GLOBALS = (0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 6))
BOF_SHEET = (0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 6))
EOF = (0x000A, b"")


def write_stream(front: Sequence[Record], sheet: Sequence[Record], *, tail: bytes = b"") -> bytes:
    """Write a workbook stream of one sheet «S» whose INDEX, if `sheet` begins with one, points at its last record."""
    bound = struct.pack("<IBBBB", 0, 0, 0, 1, 0) + b"S"
    start = len(_pack_records([BOF_GLOBALS, (0x0085, bound), *front, EOF]))
    bound = struct.pack("<I", start) + bound[4:]
    if sheet and sheet[0][0] == 0x020B:
        last = start + len(_pack_records([BOF_SHEET, *sheet[:-1]]))
        sheet = [(0x020B, struct.pack("<IIIII", 0, 0, 1, 0, last)), *sheet[1:]]
    return _pack_records([BOF_GLOBALS, (0x0085, bound), *front, EOF, BOF_SHEET, *sheet, EOF]) + tail


def build_string_table(*bodies: bytes, count: int) -> list[Record]:
    first, *more = bodies
    return [(0x00FC, struct.pack("<II", count, count) + first), *((0x003C, body) for body in more)]


def build_label(row: int, column: int, string: int) -> Record:
    return (0x00FD, struct.pack("<HHHI", row, column, 0, string))


def write_file(streams: Iterable[tuple[str, bytes]]) -> bytes:
    """Write a compound file; a name `storage/stream` makes the storage, all others are streams of the root."""
    entries = [("Root Entry", ROOT, FREE_SECTOR, FREE_SECTOR)]
    contents = {}
    for name, content in streams:
        storage, _, inner = name.rpartition("/")
        if storage:
            entries.append((storage, 1, FREE_SECTOR, len(entries) + 1))
        contents[len(entries)] = content
        entries.append((inner, STREAM, FREE_SECTOR, FREE_SECTOR))
    # The entries of the root are a list by their right siblings, which a reader takes as well as a balanced tree.
    tops = [n for n, (_, kind, *_) in enumerate(entries) if n and entries[n - 1][1] != 1]
    right = dict(zip(tops, [*tops[1:], FREE_SECTOR], strict=True))
    entries[0] = ("Root Entry", ROOT, FREE_SECTOR, tops[0])
    directory = b"".join(
        ENTRY.pack(
            name.encode("utf-16-le"),
            2 * len(name) + 2,
            kind,
            1,
            FREE_SECTOR,
            right.get(number, FREE_SECTOR),
            child,
            0,
            0,
        )
        for number, (name, kind, _, child) in enumerate(entries)
    )
    return write(CompoundFile(directory, contents))


def read_stream_with_xlrd(data: bytes, name: str = "Workbook") -> bytes | None:
    """Read a stream with xlrd's reader of compound files."""
    from xlrd.compdoc import CompDoc

    content: bytes | None = CompDoc(data, logfile=io.StringIO()).get_named_stream(name)
    return content


def read_rows(data: bytes) -> list[list[object]]:
    """Read the first sheet of an xls with xlrd."""
    sheet = xlrd.open_workbook(file_contents=data, logfile=io.StringIO()).sheet_by_index(0)
    return [sheet.row_values(number) for number in range(sheet.nrows)]


def _pack_records(records: Iterable[Record]) -> bytes:
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records)
