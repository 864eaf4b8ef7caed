"""Spreadsheets and plain lists in which DingTalk puts names for contact ids: xlsx, xls, csv, txt.

"Only files in xlsx, xls, csv, and txt formats are supported" (seed 001). How the service treats a format
beyond that is not documented: encodings, inline strings and xls as here are assumptions.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from fauxlate.content.office import package, passages
from fauxlate.content.office.passages import Passage, Run
from fauxlate.content.sheets import biff
from fauxlate.content.sheets.placeholders import Names, contains, replace, replace_in_runs
from fauxlate.content.unreadable import Unreadable

NAMESPACES: Final = frozenset(
    {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",  # strict
    }
)
# ECMA-376 part 1, 18.4.8: a string item is one text or several formatted runs; `rPh` is its reading aid.
STRINGS: Final = passages.Grammar(
    NAMESPACES, frozenset({"si"}), frozenset({"t"}), skipped=frozenset({"rPh"}), keeps_space=True
)
CELLS: Final = STRINGS._replace(passage=frozenset({"c"}), run=frozenset({"t", "v"}))

FAMILY: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHARED_STRINGS: Final = f"{FAMILY}.sharedstrings+xml"
WORKSHEET: Final = f"{FAMILY}.worksheet+xml"
WORKBOOKS: Final = frozenset({f"{FAMILY}.sheet.main+xml", f"{FAMILY}.template.main+xml"})

# GB 18030 is what Excel in China writes as csv (GBK), and all of Unicode besides.
ENCODINGS: Final = ("utf-8", "gb18030")


def translate_ids(
    data: bytes,
    extension: str,
    names: Names,
    *,
    inline_strings: bool = True,
    formula_strings_fail: bool = True,
) -> bytes:
    """Replace the placeholders in a file of the format `extension` (`xlsx`, `xls`, `csv`, `txt`) by names.

    All else stays as it came: formulas, styles, other parts, encoding, line ends. A name goes into a csv as
    it is, without quotes of its own. `inline_strings`: whether xlsx cells of the type `inlineStr` are
    translated. `formula_strings_fail`: whether a placeholder in a string cell without its formula makes the file
    unreadable, or stays as it is. Raises `Unreadable`.
    """
    formats: dict[str, Callable[[bytes, Names], bytes]] = {
        "xlsx": partial(_xlsx, inline_strings=inline_strings, formula_strings_fail=formula_strings_fail),
        "xls": biff.translate_ids,
        "csv": _text,
        "txt": _text,
    }
    if extension.lower() not in formats:
        raise Unreadable("unsupported", f"`{extension}` is not one of {', '.join(formats)}")
    return formats[extension.lower()](data, names)


def _xlsx(data: bytes, names: Names, *, inline_strings: bool, formula_strings_fail: bool) -> bytes:
    def item(passage: Passage) -> Iterator[tuple[Run, str]]:
        runs = [run for line in passage.lines for run in line if run.name == "t"]
        return zip(runs, replace_in_runs([run.text for run in runs], names), strict=True)

    def cell(passage: Passage) -> Iterator[tuple[Run, str]]:
        if "f" in passage.elements:
            return iter(())
        kind = passage.attributes.get("t")
        if kind == "str" and formula_strings_fail and any(contains(run.text) for line in passage.lines for run in line):
            # "When sharedString is not enabled, exceljs writes file content using formula string by default.
            # This behavior is non-standard and causes translation to fail." (seed 001)
            where = passage.attributes.get("r", "a cell")
            raise Unreadable("unreadable", f'{where} is a formula string (t="str") without formula: useSharedStrings')
        return item(passage) if kind == "inlineStr" and inline_strings else iter(())

    changes = {
        SHARED_STRINGS: lambda part: passages.rewrite(part, STRINGS, item),
        WORKSHEET: lambda part: passages.rewrite(part, CELLS, cell),
    }
    return package.rewrite(data, changes, main=WORKBOOKS)


def _text(data: bytes, names: Names) -> bytes:
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return replace(text, names).encode(encoding, "replace")
    raise Unreadable("unreadable", "a text neither in UTF-8 nor in GBK")
