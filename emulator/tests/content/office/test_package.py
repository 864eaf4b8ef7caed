import io
import tracemalloc
import zipfile

import pytest
from fauxlate.content.errors import ContentError
from fauxlate.content.office import package
from hypothesis import given
from hypothesis import strategies as st
from tests.content.office_files import pack


def _patch(data: bytes, marker: bytes, offset: int, value: bytes) -> bytes:
    """Write `value` at `offset` behind each `marker` (the signature of a zip's header)."""
    patched = bytearray(data)
    at = patched.find(marker)
    while at >= 0:
        patched[at + offset : at + offset + len(value)] = value
        at = patched.find(marker, at + 1)
    return bytes(patched)


LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"


def test_parts_come_out_as_they_went_in_and_in_order() -> None:
    parts = {"b": b"2" * 1000, "a/c.xml": b"", "目录/x": b"\0\xff"}
    assert list(package.read(package.write(parts)).items()) == list(parts.items())


def test_what_is_written_says_nothing_of_time_and_machine() -> None:
    with zipfile.ZipFile(io.BytesIO(package.write({"a": b"1"}))) as archive:
        entry = archive.infolist()[0]
    assert entry.compress_type == zipfile.ZIP_DEFLATED
    assert entry.date_time == (1980, 1, 1, 0, 0, 0)
    assert entry.create_system == 3
    assert entry.external_attr >> 16 == 0o644


def test_no_bytes_are_empty() -> None:
    with pytest.raises(ContentError) as refused:
        package.read(b"")
    assert refused.value.kind == "empty"


@pytest.mark.parametrize("data", [b"x", b"PK\x05\x06", pack({"a": b"1" * 100})[:-4]])
def test_what_is_no_zip_is_unreadable(data: bytes) -> None:
    with pytest.raises(ContentError, match="not a sound zip") as refused:
        package.read(data)
    assert refused.value.kind == "unreadable"


def test_a_protected_office_file_is_named_as_such() -> None:
    with pytest.raises(ContentError, match="password"):
        package.read(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))


def test_an_encrypted_part_is_unreadable() -> None:
    encrypted = _patch(_patch(pack({"a": b"1"}), CENTRAL, 8, b"\1"), LOCAL, 6, b"\1")
    with pytest.raises(ContentError, match="encrypted"):
        package.read(encrypted)


def test_a_part_with_a_wrong_checksum_is_unreadable() -> None:
    with pytest.raises(ContentError, match="CRC"):
        package.read(_patch(pack({"a": b"1"}), CENTRAL, 16, b"\0\0\0\0"))


def test_a_packing_that_office_does_not_use_is_unreadable() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", b"1")
    with pytest.raises(ContentError, match="method 14"):
        package.read(buffer.getvalue())


def test_two_parts_of_one_name_are_unreadable() -> None:
    with pytest.raises(ContentError, match="one name"):
        package.read(_patch(pack({"ab": b"1", "ac": b"2"}), CENTRAL, 46, b"aa"))


@pytest.mark.parametrize("limit", ["MAX_SIZE", "MAX_PARTS"])
def test_a_zip_beyond_a_limit_is_too_large(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = pack({"a": b"1", "b": b"2", "c": b"3"})
    monkeypatch.setattr(package, limit, 3)
    assert len(package.read(data)) == 3
    monkeypatch.setattr(package, limit, 2)
    with pytest.raises(ContentError) as refused:
        package.read(data)
    assert refused.value.kind == "too_large"


def test_a_part_that_unpacks_to_far_more_than_its_size_is_too_large() -> None:
    with pytest.raises(ContentError, match="100 times") as refused:
        package.read(pack({"bomb": bytes(10 * 1024 * 1024)}))
    assert refused.value.kind == "too_large"
    small = {"mostly zero": bytes(100 * 1024)}
    assert package.read(pack(small)) == small
    with pytest.raises(ContentError, match="100 times"):
        package.read(pack({"mostly zero": bytes(100 * 1024 + 1)}))


@pytest.mark.parametrize("size", [0, 1000])
def test_a_bomb_that_lies_about_its_size_is_not_unpacked(size: int) -> None:
    bomb = pack({"bomb": bytes(64 * 1024 * 1024)})
    lying = _patch(bomb, CENTRAL, 24, size.to_bytes(4, "little"))
    tracemalloc.start()
    try:
        with pytest.raises(ContentError, match="CRC"):
            package.read(lying)
        assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
    finally:
        tracemalloc.stop()


def test_a_part_without_a_name_is_unreadable() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("x")
        entry.filename = ""
        archive.writestr(entry, b"1")
    with pytest.raises(ContentError, match="no name"):
        package.read(buffer.getvalue())


def test_a_name_that_grows_too_long_as_utf_8_is_unreadable() -> None:
    data = pack({"é" * 20_000: b"1"})
    as_cp437 = _patch(_patch(data, CENTRAL, 8, b"\0\0"), LOCAL, 6, b"\0\0")
    with pytest.raises(ContentError, match="too long"):
        package.read(as_cp437)


def test_a_sum_of_honest_parts_beyond_the_limit_is_too_large() -> None:
    half = (package.MAX_SIZE // 2 + 1).to_bytes(4, "little")
    declared = _patch(_patch(pack({"a": b"1", "b": b"2"}), CENTRAL, 24, half), CENTRAL, 20, half)
    with pytest.raises(ContentError, match=f"more than {64 * 1024 * 1024} bytes"):
        package.read(declared)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,5}(/[a-z]{1,5})?", fullmatch=True), st.binary(max_size=2000)))
def test_what_is_written_can_be_read(parts: dict[str, bytes]) -> None:
    assert package.read(package.write(parts)) == parts
    assert package.write(parts) == package.write(dict(parts))
