import io
import zipfile

from fauxlate.content.archives import pack
from hypothesis import given
from hypothesis import strategies as st


def _read_names(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def test_files_come_in_the_order_given_under_their_own_names() -> None:
    data = pack({"用户.xlsx": b"1", "a.csv": b"2"})
    assert _read_names(data) == ["用户.xlsx", "a.csv"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.read("用户.xlsx") == b"1"
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        assert archive.infolist()[0].flag_bits & 0x800  # "names are UTF-8"


def test_a_name_that_is_taken_gets_a_number() -> None:
    files = [("a.csv", b"1"), ("a.csv", b"2"), ("A.CSV", b"3"), ("a (2).csv", b"4")]
    data = pack(files)
    assert _read_names(data) == ["a.csv", "a (2).csv", "A (3).CSV", "a (2) (2).csv"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert [archive.read(name) for name in archive.namelist()] == [b"1", b"2", b"3", b"4"]


def test_a_name_is_never_a_path() -> None:
    assert _read_names(pack({"../../etc/passwd": b"", "a\\b": b"", "..": b"", "c\0d\n": b""})) == [
        ".._.._etc_passwd",
        "a_b",
        "_",
        "c_d_",
    ]


def test_a_long_name_keeps_its_extension() -> None:
    assert _read_names(pack({"a" * 500 + ".numbers": b""})) == ["a" * 72 + ".numbers"]
    assert _read_names(pack({"名" * 500 + ".xlsx": b"", "名" * 501 + ".xlsx": b""})) == [
        "名" * 72 + ".xlsx",
        "名" * 72 + " (2).xlsx",
    ]


@given(st.lists(st.tuples(st.text(st.characters(), max_size=6), st.binary(max_size=20)), max_size=8))
def test_every_file_comes_out_whatever_its_name(files: list[tuple[str, bytes]]) -> None:
    data = pack(files)
    assert data == pack(files)
    assert len({name.casefold() for name in _read_names(data)}) == len(files)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert [archive.read(entry) for entry in archive.infolist()] == [content for _, content in files]
