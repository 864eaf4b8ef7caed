"""Spreadsheets and plain lists in which DingTalk puts names for contact ids: xlsx, xls, csv, txt.

"Only files in xlsx, xls, csv, and txt formats are supported" (seed 001). How the service treats a format
beyond that is not documented: encodings, inline strings and xls as here are assumptions.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from fauxlate.content.errors import ContentError
from fauxlate.content.sheets import xls, xlsx
from fauxlate.content.sheets.placeholders import NameLookup, replace

# GB 18030 is what Excel in China writes as csv (GBK), and all of Unicode besides.
ENCODINGS: Final = ("utf-8", "gb18030")


def translate_ids(
    data: bytes,
    extension: str,
    lookup: NameLookup,
    *,
    inline_strings: bool = True,
    formula_strings_fail: bool = True,
) -> bytes:
    """Replace the placeholders in a file of the format `extension` (`xlsx`, `xls`, `csv`, `txt`) by names.

    All else stays as it is: formulas, styles, other parts, encoding, line ends. A name goes into a csv without quotes of
    its own. `inline_strings`: whether xlsx cells of the type `inlineStr` are translated. `formula_strings_fail`: whether
    a placeholder in a string cell without its formula makes the file unreadable, or stays as it is. Raises
    `ContentError`.
    """
    translators: dict[str, Callable[[bytes, NameLookup], bytes]] = {
        "xlsx": partial(xlsx.translate_ids, inline_strings=inline_strings, formula_strings_fail=formula_strings_fail),
        "xls": xls.translate_ids,
        "csv": _translate_text,
        "txt": _translate_text,
    }
    if extension.lower() not in translators:
        raise ContentError("unsupported", f"`{extension}` is not one of {', '.join(translators)}")
    return translators[extension.lower()](data, lookup)


def _translate_text(data: bytes, lookup: NameLookup) -> bytes:
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return replace(text, lookup).encode(encoding, "replace")
    raise ContentError("unreadable", "a text neither in UTF-8 nor in GBK")
