import io
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from fauxlate.content.directory import Directory
from fauxlate.content.errors import ContentError
from fauxlate.content.office import package
from fauxlate.content.sheets.workbooks import translate_ids
from hypothesis import given
from hypothesis import strategies as st
from tests.content import office_files
from tests.content.damage import damage
from tests.content.office_files import (
    ROWS,
    TRANSLATED_ROWS,
    find_name,
    find_nothing,
    openpyxl,
    pack,
    read_cells,
    unpack,
    write_formula_string,
    write_shared_strings,
    write_with_openpyxl,
    write_with_xlsxwriter,
)

STRINGS = "xl/sharedStrings.xml"
SHEET = "xl/worksheets/sheet1.xml"
WRITERS = {
    "openpyxl": write_with_openpyxl,
    "openpyxl write_only": partial(write_with_openpyxl, write_only=True),
    "XlsxWriter": write_with_xlsxwriter,
    "XlsxWriter constant_memory": partial(write_with_xlsxwriter, constant_memory=True),
}
PLACEHOLDER = "$userName=user001$"


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_names_stand_in_the_cells_whoever_wrote_the_xlsx(write: Callable[[object], bytes]) -> None:
    assert read_cells(translate_ids(write(ROWS), "xlsx", find_name)) == TRANSLATED_ROWS


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_directory_that_knows_nobody_hands_the_xlsx_back(write: Callable[[object], bytes]) -> None:
    data = write(ROWS)  # once: its writer puts the time of day in
    assert translate_ids(data, "xlsx", find_nothing) == data


def test_only_parts_with_placeholders_change_and_the_order_stays() -> None:
    before = unpack(write_with_xlsxwriter(ROWS))
    after = unpack(translate_ids(pack(before), "xlsx", find_name))
    assert list(after) == list(before)
    assert {name for name in before if before[name] != after[name]} == {STRINGS}


def test_within_a_part_every_other_byte_stays() -> None:
    before = unpack(write_with_xlsxwriter([("a & <b>",), (PLACEHOLDER,), ("$userName=stranger$",)]))[STRINGS]
    after = unpack(
        translate_ids(
            write_with_xlsxwriter([("a & <b>",), (PLACEHOLDER,), ("$userName=stranger$",)]), "xlsx", find_name
        )
    )
    assert after[STRINGS] == before.replace(PLACEHOLDER.encode(), "张三".encode())


def test_the_same_file_gives_the_same_bytes() -> None:
    data = write_with_xlsxwriter(ROWS)
    assert translate_ids(data, "xlsx", Directory(7)) == translate_ids(data, "xlsx", Directory(7))
    assert translate_ids(data, "XLSX", find_name) == translate_ids(data, "xlsx", find_name)


def test_styles_widths_and_formulas_stay() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = PLACEHOLDER
    sheet["A1"].font = openpyxl.styles.Font(bold=True, color="FF0000")
    sheet["B1"] = '=CONCATENATE("$userName=user001$",A1)'
    sheet.column_dimensions["A"].width = 42
    sheet.merge_cells("A2:B2")
    buffer = io.BytesIO()
    book.save(buffer)
    after = openpyxl.load_workbook(io.BytesIO(translate_ids(buffer.getvalue(), "xlsx", find_name))).active
    assert after["A1"].value == "张三"
    assert after["A1"].font.bold
    assert after["B1"].value == '=CONCATENATE("$userName=user001$",A1)'
    assert after.column_dimensions["A"].width == 42
    assert [str(merged) for merged in after.merged_cells.ranges] == ["A2:B2"]


def test_sheet_names_and_comments_stay() -> None:
    book = openpyxl.Workbook()
    book.active.title = PLACEHOLDER
    book.active["A1"] = PLACEHOLDER
    buffer = io.BytesIO()
    book.save(buffer)
    after = openpyxl.load_workbook(io.BytesIO(translate_ids(buffer.getvalue(), "xlsx", find_name)))
    assert after.sheetnames == [PLACEHOLDER]
    assert after.active["A1"].value == "张三"


def test_a_placeholder_over_several_formats_gets_the_first_of_them() -> None:
    runs = (
        "<si><r><rPr><b/></rPr><t>由$userN</t></r><r><t>ame=user</t></r>"
        '<r><rPr><i/></rPr><t xml:space="preserve">001$ 批准</t></r></si>'
    )
    data = translate_ids(write_shared_strings(runs), "xlsx", find_name)
    assert "<t>由张三</t></r><r><t></t></r>".encode() in unpack(data)[STRINGS]
    rich = openpyxl.load_workbook(io.BytesIO(data), rich_text=True).active["A1"].value
    assert str(rich) == "由张三 批准"
    assert [run.text for run in rich if not isinstance(run, str) and run.font.b] == ["由张三"]


def test_a_reading_aid_is_not_the_text() -> None:
    aid = f'<rPh sb="0" eb="1"><t>{PLACEHOLDER}</t></rPh>'
    items = f"<si><t>{PLACEHOLDER}</t>{aid}</si>"
    strings = unpack(translate_ids(write_shared_strings(items * 2), "xlsx", find_name))[STRINGS]
    assert f"<si><t>张三</t>{aid}</si>".encode() * 2 in strings


@pytest.mark.parametrize(
    "item",
    [
        "<si><t>&#36;userName=user001$</t></si>",
        "<si><t><![CDATA[$userName=user001$]]></t></si>",
        "<si><t>$userName=<!-- a > comment -->user001$</t></si>",
        '<si ><t a=">"\n >$userName=user001$</t ></si>',
        '<rPh sb="0" eb="1"></rPh><si><t>$userName=user001$</t></si>',
        "<si><t/><t>$userName=user001$</t></si>",
    ],
)
def test_a_placeholder_counts_however_xml_writes_it(item: str) -> None:
    data = translate_ids(write_shared_strings(item), "xlsx", find_name)
    assert read_cells(data) == [("张三",)]


@pytest.mark.parametrize(("name", "expected"), [("a<b>&]]>", "a<b>&]]>"), ("x\0\ud800\uffff y", "x y"), ("", None)])
def test_a_name_with_markup_is_text_and_what_xml_cannot_hold_is_left_out(name: str, expected: str | None) -> None:
    data = translate_ids(write_with_xlsxwriter([(PLACEHOLDER,)]), "xlsx", lambda _field, _id: name)
    assert read_cells(data) in ([(expected,)], [(expected or "",)])


@pytest.mark.parametrize("tag", ["<t>", '<t xml:space="default">', '<t xml:space="preserve">'])
def test_a_name_keeps_the_white_space_at_its_ends(tag: str) -> None:
    data = write_shared_strings(f"<si>{tag}$userName=user001$</t></si>")
    translated = translate_ids(data, "xlsx", lambda _field, _id: " 张三 ")
    assert unpack(translated)[STRINGS].count(b"xml:space") == 1
    assert read_cells(translated) == [(" 张三 ",)]


def test_a_cell_as_exceljs_streams_it_makes_the_translation_fail() -> None:
    with pytest.raises(ContentError, match=r"B2.*useSharedStrings") as refused:
        translate_ids(write_formula_string(PLACEHOLDER), "xlsx", find_name)
    assert refused.value.kind == "unreadable"
    with pytest.raises(ContentError):
        translate_ids(write_formula_string("$userName=stranger$"), "xlsx", find_nothing)


def test_a_formula_string_is_fine_without_placeholder_or_with_formula() -> None:
    plain = write_formula_string("no placeholder")
    assert translate_ids(plain, "xlsx", find_name) == plain
    formula = write_formula_string(PLACEHOLDER, formula='<f>"$userName=user001$"</f>')
    assert translate_ids(formula, "xlsx", find_name) == formula


def test_inline_strings_can_be_left_alone() -> None:
    inline = write_with_xlsxwriter(ROWS, constant_memory=True)
    assert b'<c r="A2" t="inlineStr"><is><t>$userName' in unpack(inline)[SHEET]
    assert translate_ids(inline, "xlsx", find_name, inline_strings=False) == inline
    shared = write_with_xlsxwriter(ROWS)
    assert read_cells(translate_ids(shared, "xlsx", find_name, inline_strings=False)) == TRANSLATED_ROWS


def test_strict_office_files_are_translated_too() -> None:
    parts = unpack(write_with_xlsxwriter([(PLACEHOLDER,)]))
    transitional = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts[STRINGS] = parts[STRINGS].replace(transitional, b"http://purl.oclc.org/ooxml/spreadsheetml/main")
    assert "张三".encode() in unpack(translate_ids(pack(parts), "xlsx", find_name))[STRINGS]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-16-be"])
def test_a_part_stays_in_its_encoding(encoding: str) -> None:
    parts = unpack(write_with_xlsxwriter([(PLACEHOLDER,)]))
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    declared = "utf-8" if encoding == "utf-8-sig" else "utf-16"
    text = mark + parts[STRINGS].decode().replace("UTF-8", declared)
    parts[STRINGS] = text.encode(encoding)
    after = unpack(translate_ids(pack(parts), "xlsx", find_name))[STRINGS]
    assert after == text.replace(PLACEHOLDER, "张三").encode(encoding)


def test_parts_are_found_by_their_content_type() -> None:
    parts = unpack(write_with_xlsxwriter([(PLACEHOLDER,)]))
    moved = {name.replace("sharedStrings.xml", "texts.xml"): part for name, part in parts.items()}
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        moved[name] = moved[name].replace(b"sharedStrings.xml", b"TEXTS.xml")
    assert "张三".encode() in unpack(translate_ids(pack(moved), "xlsx", find_name))["xl/texts.xml"]


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (b'<!DOCTYPE sst [<!ENTITY a "$userName=user001$">]><sst/>', "DTD"),
        (b"<sst>", "not well-formed"),
        (b"", "not well-formed"),
        (b"<?xml version='1.0' encoding='gbk'?><sst/>", "gbk"),
        (b"\xff\xfe\x00", "utf-16"),
    ],
)
def test_broken_or_dangerous_xml_is_unreadable(part: bytes, reason: str) -> None:
    parts = unpack(write_with_xlsxwriter([("one",)])) | {STRINGS: part}
    with pytest.raises(ContentError, match=reason):
        translate_ids(pack(parts), "xlsx", find_name)


def test_another_office_file_is_not_an_xlsx() -> None:
    with pytest.raises(ContentError, match="another kind"):
        translate_ids(office_files.write_empty_docx(), "xlsx", find_name)


def test_another_extension_is_unsupported() -> None:
    for extension in ("docx", "", "xlsm"):
        with pytest.raises(ContentError, match="xlsx, xls, csv, txt") as refused:
            translate_ids(b"data", extension, find_name)
        assert refused.value.kind == "unsupported"


TEXT = '姓名,部门\r\n$userName=user001$,"$departmentName=1$"\n$userName=stranger$\r'
TRANSLATED_TEXT = '姓名,部门\r\n张三,"研发部"\n$userName=stranger$\r'


@pytest.mark.parametrize("extension", ["csv", "txt"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_a_text_keeps_encoding_and_line_ends(extension: str, encoding: str) -> None:
    assert translate_ids(TEXT.encode(encoding), extension, find_name) == TRANSLATED_TEXT.encode(encoding)


def test_a_gbk_file_takes_names_that_gbk_lacks() -> None:
    data = translate_ids("姓名 $userName=user001$".encode("gbk"), "csv", lambda _field, _id: "𠮷\U0001f642")
    assert data.decode("gb18030") == "姓名 𠮷\U0001f642"


def test_a_text_in_another_encoding_is_unreadable() -> None:
    with pytest.raises(ContentError, match="UTF-8 nor in GBK"):
        translate_ids("名".encode("utf-16"), "csv", find_name)


def _translate_or_refuse(data: bytes, extension: str) -> None:
    try:
        translate_ids(data, extension, find_name)
    except ContentError:
        return


@given(st.binary())
def test_any_bytes_as_csv_are_translated_or_unreadable(data: bytes) -> None:
    _translate_or_refuse(data, "csv")
    try:
        assert translate_ids(data, "csv", find_nothing) == data
    except ContentError:
        with pytest.raises(UnicodeDecodeError):
            data.decode()


@given(damage(write_with_xlsxwriter(ROWS)))
def test_any_bytes_as_xlsx_are_translated_or_unreadable(data: bytes) -> None:
    _translate_or_refuse(data, "xlsx")


@given(
    st.sampled_from([STRINGS, SHEET, "[Content_Types].xml"]).flatmap(
        lambda name: st.tuples(st.just(name), damage(unpack(write_with_xlsxwriter(ROWS))[name]))
    )
)
def test_any_bytes_as_a_part_are_translated_or_unreadable(part: tuple[str, bytes]) -> None:
    name, content = part
    _translate_or_refuse(pack(unpack(write_with_xlsxwriter(ROWS)) | {name: content}), "xlsx")


@given(st.lists(st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=20), min_size=1, max_size=5))
def test_a_directory_that_knows_nobody_leaves_every_cell(texts: list[str]) -> None:
    data = write_with_openpyxl([(f".{text}$userName=a$",) for text in texts])
    assert read_cells(translate_ids(data, "xlsx", find_nothing)) == read_cells(data)
    assert read_cells(translate_ids(data, "xlsx", lambda _field, _id: "名")) == [(f".{text}名",) for text in texts]


LIBREOFFICE = Path(__file__).parent / "files"


def test_names_stand_in_the_cells_of_a_workbook_by_libreoffice() -> None:
    data = translate_ids((LIBREOFFICE / "libreoffice.xlsx").read_bytes(), "xlsx", find_name)
    *rows, (text, unknown, formula) = read_cells(data)
    assert rows == TRANSLATED_ROWS[:3]
    assert (text, unknown, formula) == ("  plain & <b>  ", "$departmentName=x$", "=A2&C2")
    second = openpyxl.load_workbook(io.BytesIO(data)).worksheets[1]
    assert [row[0] for row in second.iter_rows(values_only=True)] == [f"张三 {number} 用户" for number in range(40)]


@given(damage((LIBREOFFICE / "libreoffice.xlsx").read_bytes()))
def test_any_bytes_as_a_workbook_by_libreoffice_are_translated_or_unreadable(data: bytes) -> None:
    _translate_or_refuse(data, "xlsx")


def test_a_sheet_of_many_cells_is_read_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = unpack(write_with_xlsxwriter([(PLACEHOLDER,)]))
    noise = random.Random(1)  # noqa: S311  (packed 100 times smaller it would be refused for that)
    row = "".join(f'<c r="A1"><v>{noise.randrange(10**6)}</v></c>' for _ in range(30_000))
    parts[SHEET] = parts[SHEET].replace(b"<sheetData>", f"<sheetData><row>{row}</row>".encode())
    monkeypatch.setattr(package, "MAX_SIZE", sum(map(len, parts.values())))
    assert "张三".encode() in unpack(translate_ids(pack(parts), "xlsx", find_name))[STRINGS]
    monkeypatch.setattr(package, "MAX_SIZE", package.MAX_SIZE - 1)
    with pytest.raises(ContentError) as refused:
        translate_ids(pack(parts), "xlsx", find_name)
    assert refused.value.kind == "too_large"
