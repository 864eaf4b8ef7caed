import io

import pytest
from fauxlate.content.errors import ContentError
from fauxlate.content.images import read_size, render
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.content.damage import damage


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_a_picture_has_the_size_and_the_encoding_asked_for() -> None:
    assert (_open(render("hello")).size, _open(render("hello")).format) == ((640, 480), "PNG")
    jpeg = render("hello", size=(321, 45), kind="jpeg")
    assert (_open(jpeg).size, _open(jpeg).format) == ((321, 45), "JPEG")


def test_a_text_is_drawn_black_on_white() -> None:
    drawn = _open(render("hello")).convert("L")
    assert drawn.getextrema() == (0, 255)
    assert _open(render("")).convert("L").getextrema() == (255, 255)


def test_two_texts_make_two_pictures_in_any_script() -> None:
    assert len({render(text) for text in ("hello", "你好", "再见", "\U0001f642", "a\nb", "a\n\nb")}) == 6


def test_the_same_text_gives_the_same_bytes() -> None:
    assert render("[en] 你好") == render("[en] 你好")


def test_a_long_text_is_broken_into_lines() -> None:
    drawn = _open(render("word" * 60)).convert("L")
    box = drawn.point(lambda value: 255 - value).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert left >= 16
    assert right <= 640
    assert bottom - top > 2 * 28


@given(st.text(st.characters()), st.integers(1, 200), st.integers(1, 200), st.sampled_from(["png", "jpeg"]))
@settings(deadline=None)
def test_any_text_is_drawn_at_any_size(text: str, width: int, height: int, kind: str) -> None:
    data = render(text, size=(width, height), kind="png" if kind == "png" else "jpeg")
    assert read_size(data) == (width, height)


@pytest.mark.parametrize("encoding", ["PNG", "JPEG", "BMP", "GIF", "WEBP"])
def test_the_size_is_read_from_every_format_the_service_takes(encoding: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20)).save(buffer, encoding)
    assert read_size(buffer.getvalue()) == (30, 20)


@pytest.mark.parametrize(("data", "kind"), [(b"", "empty"), (b"GIF", "unreadable"), (b"%PDF-1.7", "unreadable")])
def test_what_is_no_picture_is_unreadable(data: bytes, kind: str) -> None:
    with pytest.raises(ContentError) as refused:
        read_size(data)
    assert refused.value.kind == kind


def test_a_picture_of_another_format_is_unreadable() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20)).save(buffer, "TIFF")
    with pytest.raises(ContentError):
        read_size(buffer.getvalue())


@given(st.sampled_from(["PNG", "JPEG", "BMP", "GIF", "WEBP"]).flatmap(lambda encoding: damage(_encode_small(encoding))))
def test_any_bytes_have_a_size_or_are_unreadable(data: bytes) -> None:
    try:
        width, height = read_size(data)
    except ContentError:
        return
    assert width >= 0
    assert height >= 0


def _encode_small(encoding: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (3, 2)).save(buffer, encoding)
    return buffer.getvalue()
