import struct

import pytest
from fauxlate.content.errors import ContentError
from fauxlate.content.sheets import compound
from hypothesis import given
from hypothesis import strategies as st
from tests.content.damage import damage
from tests.content.office_files import write_with_xlwt
from tests.content.sheets import xls_files
from tests.content.sheets.xls_files import read_stream_with_xlrd

SMALL, LARGE = b"small" * 20, bytes(range(256)) * 17
DATA = xls_files.write_file([("A", SMALL), ("Storage/Workbook", SMALL), ("Workbook", LARGE), ("Nothing", b"")])


def test_another_reader_finds_the_streams() -> None:
    assert read_stream_with_xlrd(DATA) == LARGE
    assert read_stream_with_xlrd(DATA, "A") == SMALL


def test_what_is_written_says_that_it_is_version_3() -> None:
    # Signature, no class, versions, byte order, sectors of 2**9 and 2**6 bytes; no directory sectors counted.
    assert DATA[:44].hex() == "d0cf11e0a1b11ae1" + "00" * 16 + "3e000300feff09000600" + "00" * 10
    assert struct.unpack_from("<2I", DATA, 52) == (0, 4096)


def test_the_table_marks_the_sectors_that_hold_it() -> None:
    data = xls_files.write_file([("Workbook", bytes(8 * 1024 * 1024))])
    (fat,), (difat,) = struct.unpack_from("<I", data, 76), struct.unpack_from("<I", data, 68)
    marks = [struct.unpack_from("<I", data, (fat + 1) * 512 + sector * 4)[0] for sector in (fat, difat)]
    assert marks == [0xFFFFFFFD, 0xFFFFFFFC]


def test_an_entry_that_points_behind_the_last_is_passed_over() -> None:
    file = compound.read(DATA)
    count = len(file.directory) // 128
    number = file.find_stream("A")
    assert number is not None
    directory = bytearray(file.directory)
    struct.pack_into("<I", directory, number * 128 + 68, count)
    assert compound.CompoundFile(bytes(directory), file.streams).find_stream("Workbook") == file.find_stream("Workbook")


def test_a_file_of_another_writer_is_read() -> None:
    data = write_with_xlwt([("文",)])
    file = compound.read(data)
    number = file.find_stream("workbook")
    assert number is not None
    assert file.streams[number] == read_stream_with_xlrd(data)


def test_streams_are_found_in_the_root_only_and_by_any_case() -> None:
    file = compound.read(DATA)
    number = file.find_stream("WORKBOOK")
    assert number is not None
    assert file.streams[number] == LARGE
    assert file.find_stream("Storage") is None
    assert file.find_stream("missing") is None


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 4095, 4096, 4097, 512 * 127, 512 * 128, 512 * 129])
def test_a_stream_of_any_length_comes_back(size: int) -> None:
    content = bytes(at % 251 for at in range(size))
    before = compound.read(DATA)
    number = before.find_stream("A")
    assert number is not None
    data = compound.write(before.replace_stream(number, content))
    after = compound.read(data)
    assert after.streams == {**before.streams, number: content}
    assert after.directory[:100] == before.directory[:100]
    assert read_stream_with_xlrd(data) == LARGE


@pytest.mark.parametrize("megabytes", [6, 8, 25])
def test_a_large_file_has_its_table_in_more_than_the_header(megabytes: int) -> None:
    content = bytes(range(256)) * (megabytes * 4096)
    data = xls_files.write_file([("Workbook", content)])
    assert compound.read(data).streams == {1: content}
    assert read_stream_with_xlrd(data) == content


def test_sectors_of_4096_bytes_are_read() -> None:
    workbook = bytes(range(256)) * 48  # three sectors
    directory = bytearray(compound.read(xls_files.write_file([("Workbook", workbook)])).directory.ljust(4096, b"\0"))
    struct.pack_into("<IQ", directory, 116, compound.END_OF_CHAIN, 0)
    struct.pack_into("<IQ", directory, 128 + 116, 2, len(workbook))
    fat = struct.pack(
        "<1024I",
        compound.FAT_SECTOR,
        compound.END_OF_CHAIN,
        3,
        4,
        compound.END_OF_CHAIN,
        *[compound.FREE_SECTOR] * 1019,
    )
    header = compound.HEADER.pack(
        *(compound.SIGNATURE, bytes(16), 0x3E, 4, 0xFFFE, 12, 6, 1, 1, 1, 0, 4096),
        *(compound.END_OF_CHAIN, 0, compound.END_OF_CHAIN, 0, 0, *[compound.FREE_SECTOR] * 108),
    )
    file = compound.read(header.ljust(4096, b"\0") + fat + bytes(directory) + workbook)
    assert file.streams == {1: workbook}


@pytest.mark.parametrize(
    ("at", "value", "reason"),
    [
        (30, b"\x07\x00", "2\\*\\*7"),
        (48, b"\xff\xff\xff\x00", "does not end"),
        (68, b"\x00\x00\x00\x00", "broken"),
        (76, b"\xff\xff\xff\x00", "beyond the end"),
    ],
)
def test_a_header_that_points_nowhere_is_unreadable(at: int, value: bytes, reason: str) -> None:
    data = DATA[:at] + value + DATA[at + len(value) :]
    with pytest.raises(ContentError, match=reason):
        compound.read(data)


def test_a_file_without_root_is_unreadable() -> None:
    root = DATA.index("Root".encode("utf-16-le"))
    with pytest.raises(ContentError, match="no root"):
        compound.read(DATA[: root + 66] + b"\1" + DATA[root + 67 :])


def test_a_stream_that_ends_early_is_unreadable() -> None:
    size = DATA.index(struct.pack("<Q", len(SMALL)))
    with pytest.raises(ContentError, match="stream A ends early"):
        compound.read(DATA[:size] + struct.pack("<Q", len(SMALL) + 64) + DATA[size + 8 :])


def test_a_list_of_tables_in_a_circle_is_unreadable() -> None:
    data = xls_files.write_file([("Workbook", bytes(8 * 1024 * 1024))])
    last = struct.pack("<I", compound.END_OF_CHAIN)
    first = struct.unpack_from("<I", data, 68)
    assert data.endswith(last)
    with pytest.raises(ContentError, match="DIFAT"):
        compound.read(data.removesuffix(last) + struct.pack("<I", *first))


def test_a_chain_in_a_circle_is_unreadable() -> None:
    (directory,), (fat,) = struct.unpack_from("<I", DATA, 48), struct.unpack_from("<I", DATA, 76)
    data = bytearray(DATA)
    struct.pack_into("<I", data, (fat + 1) * 512 + directory * 4, directory)
    with pytest.raises(ContentError, match="does not end"):
        compound.read(bytes(data))


def test_streams_that_share_sectors_to_grow_are_unreadable() -> None:
    data = bytearray(xls_files.write_file([("A", LARGE), ("B", b""), ("C", b"")]))
    at = bytes(data).index("A".encode("utf-16-le") + bytes(62)) + 128
    for entry in (at, at + 128):
        struct.pack_into("<IQ", data, entry + 116, 0, len(LARGE))
    with pytest.raises(ContentError, match="longer than the file"):
        compound.read(bytes(data))


@given(damage(DATA))
def test_any_bytes_are_read_or_unreadable(data: bytes) -> None:
    try:
        file = compound.read(data)
    except ContentError:
        return
    assert compound.read(compound.write(file)).streams == file.streams


@given(st.lists(st.binary(max_size=5000), min_size=1, max_size=6))
def test_what_is_written_can_be_read(contents: list[bytes]) -> None:
    data = xls_files.write_file((f"stream {number}", content) for number, content in enumerate(contents))
    assert list(compound.read(data).streams.values()) == contents
    for number, content in enumerate(contents):
        assert read_stream_with_xlrd(data, f"stream {number}") == content or not content
