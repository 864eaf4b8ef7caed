"""An xlsx: placeholders in its shared strings and inline strings are replaced, everything else is kept."""

from collections.abc import Iterator
from typing import Final

from fauxlate.content.errors import ContentError
from fauxlate.content.office import package, passages
from fauxlate.content.office.passages import Passage, Run
from fauxlate.content.sheets.placeholders import NameLookup, has_placeholder, replace_in_runs

NAMESPACES: Final = frozenset(
    {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",  # strict
    }
)
# ECMA-376 part 1, 18.4.8: a string item is one text or several formatted runs; `rPh` is its reading aid.
STRINGS: Final = passages.Grammar(
    NAMESPACES, frozenset({"si"}), frozenset({"t"}), ignored_elements=frozenset({"rPh"}), needs_space_attribute=True
)
CELLS: Final = STRINGS._replace(passage_elements=frozenset({"c"}), run_elements=frozenset({"t", "v"}))

SPREADSHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHARED_STRINGS: Final = f"{SPREADSHEET}.sharedstrings+xml"
WORKSHEET: Final = f"{SPREADSHEET}.worksheet+xml"
WORKBOOK_TYPES: Final = frozenset({f"{SPREADSHEET}.sheet.main+xml", f"{SPREADSHEET}.template.main+xml"})


def translate_ids(data: bytes, lookup: NameLookup, *, inline_strings: bool, formula_strings_fail: bool) -> bytes:
    """Replace the placeholders in the xlsx file `data` by names; `data` itself when none changes.

    The options are those of `workbooks.translate_ids`. Raises `ContentError`.
    """

    def rewrite_string(passage: Passage) -> Iterator[tuple[Run, str]]:
        runs = [run for line in passage.lines for run in line if run.name == "t"]
        return zip(runs, replace_in_runs([run.text for run in runs], lookup), strict=True)

    def rewrite_cell(passage: Passage) -> Iterator[tuple[Run, str]]:
        if "f" in passage.elements:
            return iter(())
        kind = passage.attributes.get("t")
        if kind == "str" and formula_strings_fail and _has_placeholder(passage):
            # "When sharedString is not enabled, exceljs writes file content using formula string by default.
            # This behavior is non-standard and causes translation to fail." (seed 001)
            cell = passage.attributes.get("r", "a cell")
            raise ContentError("unreadable", f'{cell} is a formula string (t="str") without formula: useSharedStrings')
        return rewrite_string(passage) if kind == "inlineStr" and inline_strings else iter(())

    changes = {
        SHARED_STRINGS: lambda part: passages.rewrite(part, STRINGS, rewrite_string),
        WORKSHEET: lambda part: passages.rewrite(part, CELLS, rewrite_cell),
    }
    return package.rewrite(data, changes, main_types=WORKBOOK_TYPES)


def _has_placeholder(passage: Passage) -> bool:
    return any(has_placeholder(run.text) for line in passage.lines for run in line)
