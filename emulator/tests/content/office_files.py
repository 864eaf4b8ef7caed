"""Files for these tests, made by the libraries that clients use, and the parts of a package taken out again."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

from fauxlate.content.sheets.placeholders import Field

# Libraries without types of their own.
openpyxl: Any = import_module("openpyxl")
xlwt: Any = import_module("xlwt")
xlsxwriter: Any = import_module("xlsxwriter")

Row = Sequence[object]

USERS = {"user001": "张三", "用户2": "李 四"}
DEPARTMENTS = {"1": "研发部"}
ROWS: list[Row] = [
    ("姓名", "部门", "数"),
    ("$userName=user001$", "$departmentName=1$", 7),
    ("审批: $userName=用户2$ / $userName=user001$", "$userName=stranger$", 1.5),
    ("  plain & <b>  ", "$departmentName=x$", "=1+1"),
]
TRANSLATED_ROWS: list[Row] = [
    ("姓名", "部门", "数"),
    ("张三", "研发部", 7),
    ("审批: 李 四 / 张三", "$userName=stranger$", 1.5),
    ("  plain & <b>  ", "$departmentName=x$", "=1+1"),
]


def find_name(field: Field, contact: str) -> str | None:
    return (USERS if field == "userName" else DEPARTMENTS).get(contact)


def find_nothing(_field: Field, _contact: str) -> None:
    return None


def write_with_openpyxl(rows: Iterable[Row], *, write_only: bool = False) -> bytes:
    """Cells of the type `inlineStr` (openpyxl 3.1, `write_only` or not)."""
    book = openpyxl.Workbook(write_only=write_only)
    sheet = book.create_sheet("表 $userName=user001$"[:31]) if write_only else book.active
    for row in rows:
        sheet.append(row)
    return _save(book)


def write_with_xlsxwriter(rows: Iterable[Row], *, constant_memory: bool = False) -> bytes:
    """Cells of the type `inlineStr`, when `constant_memory`; shared strings otherwise."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": constant_memory, "in_memory": not constant_memory})
    sheet = book.add_worksheet("表")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


def write_with_xlwt(rows: Iterable[Row], *, name: str = "表") -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(name)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            formula = isinstance(value, str) and value.startswith("=")
            sheet.write(number, column, xlwt.Formula(str(value)[1:]) if formula else value)
    return _save(book)


def write_formula_string(text: str, *, formula: str = "") -> bytes:
    """What `ExcelJS.stream.xlsx.WorkbookWriter` writes without useSharedStrings: `<c r="B2" t="str"><v>`."""
    parts = unpack(write_with_openpyxl([("head",)]))
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    cell = f'<c r="B2" t="str">{formula}<v>{text}</v></c>'
    parts["xl/worksheets/sheet1.xml"] = sheet.replace("</sheetData>", f'<row r="2">{cell}</row></sheetData>').encode()
    return pack(parts)


def write_shared_strings(items: str) -> bytes:
    """Make a workbook whose shared strings are the XML `items`, the first of them shown in A1."""
    parts = unpack(write_with_xlsxwriter([("one",)]))
    name = "xl/sharedStrings.xml"
    head = parts[name].decode().partition("<si>")[0]
    parts[name] = f"{head}{items}</sst>".encode()
    return pack(parts)


def read_cells(data: bytes) -> list[Row]:
    """Read the first sheet of an xlsx with openpyxl; formulas as such."""
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return [tuple(row) for row in sheet.iter_rows(values_only=True)]


def unpack(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _save(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def write_empty_docx() -> bytes:
    import docx

    return _save(docx.Document())
