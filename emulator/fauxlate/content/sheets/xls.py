"""An xls of Excel 97-2003: placeholders in its shared strings are replaced, everything else is kept.

Text that is not among the shared strings (LABEL records, results of formulas) is left as it is.
"""

import struct
from typing import Final

from fauxlate.content.errors import ContentError
from fauxlate.content.sheets import biff, compound, shared_strings
from fauxlate.content.sheets.placeholders import Field, NameLookup, has_placeholder, replace_and_move
from fauxlate.content.sheets.shared_strings import SharedString

MAX_STRING_LENGTH: Final = 0xFFFF  # UTF-16 units


def translate_ids(data: bytes, lookup: NameLookup) -> bytes:
    """Replace the placeholders in the xls file `data` by names; `data` itself when none changes.

    Raises `ContentError`.
    """
    file = compound.read(data)
    number = file.find_stream("Workbook")
    if number is None:
        if file.find_stream("Book") is not None:
            raise ContentError("unsupported", "an xls of Excel 5.0/95 (BIFF5/7), only Excel 97-2003 (BIFF8) is read")
        raise ContentError("unreadable", "an OLE2 file, but not an xls: no stream `Workbook`")
    stream = file.streams[number]
    try:
        workbook = biff.read(stream)
        before = shared_strings.read(workbook.string_table)
    except (struct.error, LookupError) as error:
        raise ContentError("unreadable", f"a broken workbook stream: {error}") from error
    after = [_replace(string, lookup) for string in before]
    if after == before:
        return data
    bodies = shared_strings.write(after, shared_strings.read_totals(workbook.string_table))
    return compound.write(file.replace_stream(number, biff.write(stream, workbook, bodies)))


def _replace(string: SharedString, lookup: NameLookup) -> SharedString:
    if not has_placeholder(string.units):
        return string

    def lookup_units(field: Field, contact_id: str) -> str | None:
        name = lookup(field, contact_id.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
        return None if name is None else shared_strings.decode_units(name.encode("utf-16-le", "surrogatepass"))

    units, starts = replace_and_move(string.units, [start for start, _ in string.runs], lookup_units)
    if units == string.units:
        return string
    if len(units) > MAX_STRING_LENGTH:
        raise ContentError("too_large", f"a cell of {len(units)} characters, an xls holds at most {MAX_STRING_LENGTH}")
    runs = [(min(start, MAX_STRING_LENGTH), font) for start, (_, font) in zip(starts, string.runs, strict=True)]
    return SharedString(units, runs, b"")  # a reading aid for the placeholder is none for the name
