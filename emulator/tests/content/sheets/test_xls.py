import io
import struct
from pathlib import Path

import pytest
import xlrd
from fauxlate.content.errors import ContentError
from fauxlate.content.sheets import compound
from fauxlate.content.sheets.workbooks import translate_ids
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.content.damage import damage
from tests.content.office_files import (
    ROWS,
    TRANSLATED_ROWS,
    USERS,
    find_name,
    find_nothing,
    write_with_openpyxl,
    write_with_xlwt,
    xlwt,
)
from tests.content.sheets import xls_files
from tests.content.sheets.xls_files import (
    build_label,
    build_string_table,
    read_rows,
    read_stream_with_xlrd,
    write_stream,
)

PLACEHOLDER = "$userName=user001$"
XLS = write_with_xlwt(ROWS)
MAX_RECORD_SIZE = 8224  # bytes in a BIFF8 record


def _pack_string(text: str) -> bytes:
    """Write a shared string of two-byte characters."""
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _write_workbook(*bodies: bytes, count: int) -> bytes:
    """Write an xls whose column A shows the `count` strings of the table in `bodies`."""
    labels = [build_label(row, 0, row) for row in range(count)]
    return xls_files.write_file([("Workbook", write_stream(build_string_table(*bodies, count=count), labels))])


def test_names_stand_in_the_cells() -> None:
    translated = translate_ids(XLS, "xls", find_name)
    assert [tuple(row[:2]) for row in read_rows(translated)] == [tuple(row[:2]) for row in TRANSLATED_ROWS]


def test_a_directory_that_knows_nobody_hands_the_xls_back() -> None:
    assert translate_ids(XLS, "xls", find_nothing) == XLS


def test_the_same_file_gives_the_same_bytes() -> None:
    assert translate_ids(XLS, "xls", find_name) == translate_ids(XLS, "xls", find_name)


def test_styles_widths_sheets_and_formulas_stay() -> None:
    book = xlwt.Workbook()
    titles = ["one", PLACEHOLDER, "three"]
    for number, title in enumerate(titles):
        sheet = book.add_sheet(title)
        sheet.write(
            0,
            0,
            f"{PLACEHOLDER}{number}",
            xlwt.easyxf("font: bold on; pattern: pattern solid, fore_colour red"),
        )
        sheet.write(0, 1, xlwt.Formula(f'CONCATENATE("{PLACEHOLDER}",A1)'))
        sheet.col(0).width = 10_000
    buffer = io.BytesIO()
    book.save(buffer)
    translated = translate_ids(buffer.getvalue(), "xls", lambda _field, _id: "一个更长的名字" * 9)
    before = xlrd.open_workbook(file_contents=buffer.getvalue(), formatting_info=True)
    after = xlrd.open_workbook(file_contents=translated, formatting_info=True)
    assert after.sheet_names() == titles
    for number, (old, new) in enumerate(zip(before.sheets(), after.sheets(), strict=True)):
        assert new.cell_value(0, 0) == "一个更长的名字" * 9 + str(number)
        assert new.cell_xf_index(0, 0) == old.cell_xf_index(0, 0)
        assert new.colinfo_map[0].width == 10_000
    bold = after.font_list[after.xf_list[after.sheet_by_index(0).cell_xf_index(0, 0)].font_index]
    assert bold.bold
    # Three formulas and the name of a sheet hold it still; of the shared strings none does.
    assert (read_stream_with_xlrd(translated) or b"").count(PLACEHOLDER.encode()) == 4


def test_formats_within_a_cell_keep_to_their_text() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    red, blue = xlwt.easyfont("color_index red"), xlwt.easyfont("color_index blue")
    sheet.write_rich_text(0, 0, ["由", (PLACEHOLDER, red), (" 批准", blue), "!"])
    sheet.write_rich_text(1, 0, ["$user", ("Name=user001$ tail", red)])
    sheet.write_rich_text(2, 0, ["nobody ", ("red", red)])
    buffer = io.BytesIO()
    book.save(buffer)
    after = xlrd.open_workbook(
        file_contents=translate_ids(buffer.getvalue(), "xls", find_name), formatting_info=True
    ).sheet_by_index(0)
    assert after.col_values(0) == ["由张三 批准!", "张三 tail", "nobody red"]
    runs = after.rich_text_runlist_map
    assert [[first for first, _ in runs[row, 0]] for row in range(3)] == [[1, 3, 6], [2], [7]]


@pytest.mark.parametrize("seed", range(3))
def test_tables_longer_than_a_record_are_rewritten(seed: int) -> None:
    texts = [
        f"{number} {PLACEHOLDER if number % 3 else '$userName=x$'} "
        + ("文" if number % 2 else "a") * (number * 7 % 900)
        for number in range(seed, seed + 600)
    ]
    texts += ["长" * 30_000 + PLACEHOLDER, PLACEHOLDER + "l" * 30_000]
    translated = translate_ids(write_with_xlwt([(text,) for text in texts]), "xls", find_name)
    assert [row[0] for row in read_rows(translated)] == [text.replace(PLACEHOLDER, "张三") for text in texts]


@given(length=st.integers(MAX_RECORD_SIZE - 40, MAX_RECORD_SIZE + 10), wide=st.booleans(), rich=st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_record_may_end_anywhere_in_the_next_string(length: int, *, wide: bool, rich: bool) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    text = ("文" if wide else "b") * 5
    sheet.write(0, 0, PLACEHOLDER + "a" * length)
    sheet.write(1, 0, text)
    if rich:
        sheet.write_rich_text(2, 0, ["a", (text, xlwt.easyfont("bold on"))] * 3)
    buffer = io.BytesIO()
    book.save(buffer)
    translated = translate_ids(buffer.getvalue(), "xls", lambda _field, _id: "")
    assert read_rows(translated)[:2] == [["a" * length], [text]]
    assert read_rows(translated)[2:] == ([[("a" + text) * 3]] if rich else [])


def test_no_record_is_longer_than_excel_takes() -> None:
    data = write_with_xlwt([(f"{PLACEHOLDER}{number}" + "文" * 500,) for number in range(100)])
    workbook = read_stream_with_xlrd(translate_ids(data, "xls", find_name)) or b""
    at, sizes = 0, []
    while at + 4 <= len(workbook):
        sizes.append(struct.unpack_from("<HH", workbook, at)[1])
        at += 4 + sizes[-1]
    assert max(sizes) <= MAX_RECORD_SIZE


@pytest.mark.parametrize(("following", "room"), [("b", 3), ("文", 4)])
def test_no_record_ends_between_a_head_and_its_first_character(following: str, room: int) -> None:
    data = write_with_xlwt([(PLACEHOLDER + "a" * (MAX_RECORD_SIZE - 8 - 3 - room),), (following,)])
    workbook = read_stream_with_xlrd(translate_ids(data, "xls", lambda _field, _id: "")) or b""
    assert struct.pack("<HH", 0x00FC, MAX_RECORD_SIZE - room) in workbook


def test_a_string_whose_width_changes_between_records_is_read() -> None:
    first = struct.pack("<HB", len(PLACEHOLDER) + 2, 0) + PLACEHOLDER[:7].encode()
    second = b"\1" + (PLACEHOLDER[7:] + "文字").encode("utf-16-le")
    assert read_rows(translate_ids(_write_workbook(first, second, count=1), "xls", find_name)) == [["张三文字"]]


def test_characters_beyond_the_basic_plane_count_twice() -> None:
    text = "\U0001f642$userName=\U0001f642$\U0001f642"
    data = _write_workbook(
        struct.pack("<HBH", len(text.encode("utf-16-le")) // 2, 9, 1)
        + text.encode("utf-16-le")
        + struct.pack("<HH", len(text.encode("utf-16-le")) // 2 - 2, 5),
        count=1,
    )
    translated = translate_ids(data, "xls", lambda _field, contact: {"\U0001f642": "𠮷"}[contact])
    assert read_rows(translated) == [["\U0001f642𠮷\U0001f642"]]
    assert struct.pack("<HH", 4, 5) in (read_stream_with_xlrd(translated) or b"")


def test_a_reading_aid_goes_with_the_text_it_was_for() -> None:
    aid = b"phonetic-part"
    strings = [
        struct.pack("<HBI", len(PLACEHOLDER), 5, len(aid)) + PLACEHOLDER.encode("utf-16-le") + aid,
        struct.pack("<HBI", 2, 5, len(aid)) + "汉字".encode("utf-16-le") + aid,
    ]
    translated = translate_ids(_write_workbook(b"".join(strings), count=2), "xls", find_name)
    assert read_rows(translated) == [["张三"], ["汉字"]]
    assert (read_stream_with_xlrd(translated) or b"").count(aid) == 1


def test_a_reading_aid_stays_with_a_placeholder_that_stays() -> None:
    item = struct.pack("<HBI", len(PLACEHOLDER), 5, 3) + PLACEHOLDER.encode("utf-16-le") + b"aid"
    data = _write_workbook(item, count=1)
    assert translate_ids(data, "xls", find_nothing) == data


def test_a_long_reading_aid_goes_on_in_the_next_record() -> None:
    aid = bytes(range(250)) * 36
    body = struct.pack("<HBI", 2, 5, len(aid)) + "汉字".encode("utf-16-le") + aid + _pack_string(PLACEHOLDER)
    bodies = [body[at : at + MAX_RECORD_SIZE - 8] for at in range(0, len(body), MAX_RECORD_SIZE - 8)]
    translated = translate_ids(_write_workbook(*bodies, count=2), "xls", find_name)
    assert read_rows(translated) == [["汉字"], ["张三"]]


def test_positions_in_the_stream_are_moved_and_the_index_of_strings_is_dropped() -> None:
    front = [*build_string_table(_pack_string(PLACEHOLDER), count=1), (0x00FF, bytes(10))]
    other = (0x1234, struct.pack("<I", len(write_stream(front, [])) - 1))
    sheet = [(0x020B, bytes(20)), other, build_label(0, 0, 0), (0x00D7, b"\x12\0\0\0\0\0")]
    translated = translate_ids(xls_files.write_file([("Workbook", write_stream(front, sheet))]), "xls", find_name)
    workbook = read_stream_with_xlrd(translated) or b""
    assert read_rows(translated) == [["张三"]]
    assert b"\xff\x00\x0a\x00" not in workbook
    assert struct.pack("<HH", other[0], 4) + other[1] in workbook
    index = workbook.index(struct.pack("<HH", 0x020B, 20))
    *_, dbcell = struct.unpack_from("<5I", workbook, index + 4)
    assert workbook[dbcell : dbcell + 4] == struct.pack("<HH", 0x00D7, 6)


def test_other_streams_stay_and_an_embedded_workbook_is_not_the_workbook() -> None:
    inner = write_stream(build_string_table(_pack_string(PLACEHOLDER), count=1), [build_label(0, 0, 0)])
    small, large = b"summary", bytes(range(256)) * 64
    data = xls_files.write_file(
        [("MBD0001/Workbook", inner), ("\5SummaryInformation", small), ("Workbook", inner), ("Book2", large)]
    )
    before, after = compound.read(data), compound.read(translate_ids(data, "xls", find_name))
    assert list(after.streams) == list(before.streams)
    assert [number for number in before.streams if before.streams[number] != after.streams[number]] == [
        before.find_stream("Workbook")
    ]


def test_what_follows_the_last_sheet_stays() -> None:
    workbook = write_stream(
        build_string_table(_pack_string(PLACEHOLDER), count=1), [build_label(0, 0, 0)], tail=b"\xff\xff\xff"
    )
    translated = translate_ids(xls_files.write_file([("Workbook", workbook)]), "xls", find_name)
    assert (read_stream_with_xlrd(translated) or b"").endswith(b"\xff\xff\xff")


def test_a_workbook_without_strings_is_handed_back() -> None:
    data = write_with_xlwt([(1, 2)])
    assert translate_ids(data, "xls", find_name) == data
    bare = xls_files.write_file([("Workbook", write_stream([], []))])
    assert translate_ids(bare, "xls", find_name) == bare


@pytest.mark.parametrize(
    ("data", "kind", "reason"),
    [
        (b"", "empty", "no bytes"),
        (b"<html><table>", "unreadable", "not an OLE2"),
        (write_with_openpyxl(ROWS), "unreadable", "not an OLE2"),
        (xls_files.write_file([("WordDocument", b"x")]), "unreadable", "no stream `Workbook`"),
        (xls_files.write_file([("Book", b"x")]), "unsupported", "BIFF5"),
        (
            xls_files.write_file([("Workbook", b"\x09\x08\x08\x00\x00\x05\x05\x00\0\0\0\0\x0a\0\0\0")]),
            "unsupported",
            "older",
        ),
        (xls_files.write_file([("Workbook", write_stream([(0x002F, bytes(6))], []))]), "unreadable", "password"),
        (xls_files.write_file([("Workbook", b"")]), "unreadable", "globals do not end"),
        (_write_workbook(_pack_string("abc")[:-1], count=1), "unreadable", "broken"),
        (_write_workbook(_pack_string("abc"), count=2), "unreadable", "broken"),
    ],
)
def test_what_is_no_xls_of_excel_97_says_what_it_is(data: bytes, kind: str, reason: str) -> None:
    with pytest.raises(ContentError, match=reason) as refused:
        translate_ids(data, "xls", find_name)
    assert refused.value.kind == kind


def test_a_sheet_that_lies_elsewhere_is_unreadable() -> None:
    workbook = bytearray(write_stream(build_string_table(_pack_string(PLACEHOLDER), count=1), [build_label(0, 0, 0)]))
    at = workbook.index(struct.pack("<HH", 0x0085, 9)) + 4
    for position in (0, len(workbook)):
        struct.pack_into("<I", workbook, at, position)
        with pytest.raises(ContentError, match="a sheet that lies elsewhere"):
            translate_ids(xls_files.write_file([("Workbook", bytes(workbook))]), "xls", find_name)


def test_a_cell_longer_than_an_xls_can_hold_is_too_large() -> None:
    longest = "x" * 65_535
    assert read_rows(translate_ids(write_with_xlwt([(PLACEHOLDER,)]), "xls", lambda _field, _id: longest)) == [
        [longest]
    ]
    with pytest.raises(ContentError, match="cell") as refused:
        translate_ids(write_with_xlwt([(PLACEHOLDER,)]), "xls", lambda _field, _id: "x" * 65_536)
    assert refused.value.kind == "too_large"


def test_an_error_of_the_directory_is_not_taken_for_a_broken_file() -> None:
    with pytest.raises(KeyError):
        translate_ids(XLS, "xls", lambda _field, _id: USERS["missing"])


def _translate_or_refuse(data: bytes) -> None:
    try:
        translated = translate_ids(data, "xls", find_name)
    except ContentError:
        return
    compound.read(translated)


@given(damage(XLS))
def test_any_bytes_as_xls_are_translated_or_unreadable(data: bytes) -> None:
    _translate_or_refuse(data)


@given(damage(read_stream_with_xlrd(XLS) or b""))
def test_any_bytes_as_workbook_stream_are_translated_or_unreadable(data: bytes) -> None:
    _translate_or_refuse(xls_files.write_file([("Workbook", data)]))


@given(damage(_pack_string("abc") + _pack_string(PLACEHOLDER) + struct.pack("<HBH", 1, 8, 2) + b"abcdefghi"))
def test_any_bytes_as_string_table_are_translated_or_unreadable(body: bytes) -> None:
    _translate_or_refuse(_write_workbook(body, count=3))


LIBREOFFICE = (Path(__file__).parent / "files" / "libreoffice.xls").read_bytes()


def test_names_stand_in_the_cells_of_a_workbook_by_libreoffice() -> None:
    translated = translate_ids(LIBREOFFICE, "xls", find_name)
    assert [tuple(row[:3]) for row in read_rows(translated)][:3] == TRANSLATED_ROWS[:3]
    book, before = (xlrd.open_workbook(file_contents=data, formatting_info=True) for data in (translated, LIBREOFFICE))
    assert book.sheet_names() == ["员工", "2"]
    assert book.sheet_by_index(1).col_values(0) == [f"张三 {number} 用户" for number in range(40)]
    assert book.sheet_by_index(1).col_values(1) == before.sheet_by_index(1).col_values(1)
    font = book.font_list[book.xf_list[book.sheet_by_index(0).cell_xf_index(1, 0)].font_index]
    assert font.weight == 700


@given(damage(LIBREOFFICE))
def test_any_bytes_as_a_workbook_by_libreoffice_are_translated_or_unreadable(data: bytes) -> None:
    try:
        translate_ids(data, "xls", find_name)
    except ContentError:
        return


def test_a_table_that_names_one_sector_again_and_again_is_refused() -> None:
    count = 200
    again = struct.pack("<127I", *[0] * 127)
    sectors = b"".join(again + struct.pack("<I", number + 1) for number in range(count))
    header = compound.HEADER.pack(
        *(compound.SIGNATURE, bytes(16), 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 0, 4096, 0, 0, 0, count, *[0] * 109)
    )
    with pytest.raises(ContentError, match="more sectors than there are"):
        compound.read(header + sectors)
