"""The mutants of an error table: each row gets another code, another message and another status."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contract_tests.mutants.mutant import Mutant

_ROW = re.compile(r'^ *\{ code = "[^\n]*$', re.MULTILINE)
_CODE = re.compile(r'code = "([^"]+)"')
_MESSAGE = re.compile(r'[{,] message = "((?:[^"\\]|\\.)+)"')
_STATUS = re.compile(r"[{,] status = (\d+)")
_LISTED = re.compile(r"[{,] listed = (\d+)")


def error_table_mutants(file: str, text: str) -> Iterator[Mutant]:
    """Give the mutants of an error table, in TOML with one line a row."""
    for row in _ROW.finditer(text):
        line = text.count("\n", 0, row.start()) + 1
        values = (
            ("code", _CODE.search(row[0]), _alter_code),
            ("message", _MESSAGE.search(row[0]), lambda message: f"{message}~"),
            ("status", _find_status(row[0]), _alter_status),
        )
        for kind, value, alter in values:
            if value is not None:
                start, end = (row.start() + index for index in value.span(1))
                yield Mutant(file, line, start, end, kind, alter(value[1]), value[1])


def _find_status(row: str) -> re.Match[str] | None:
    """Return the status of a row that a client can notice."""
    listed = _LISTED.search(row)
    if listed is None or not (len(listed[1]) == 3 and listed[1].startswith("1")):
        return _STATUS.search(row) or listed
    # A page that prints 104 means no HTTP status: what is printed stands in the body, and `status` is never sent; nor
    # is what is printed, if the code itself is a number.
    return None if re.search(r'code = "\d+"', row) else listed


def _alter_code(code: str) -> str:
    return f"{code}0" if code.lstrip("-").isdigit() else f"{code}X"


def _alter_status(status: str) -> str:
    return "418" if status != "418" and len(status) == 3 and status[0] != "1" else str(int(status) + 1)
