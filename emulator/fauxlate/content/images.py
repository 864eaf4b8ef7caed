"""Pictures that show a text, black on white: the results of image translation."""

import io
from collections.abc import Iterator
from typing import Final, Literal

from fauxlate.content.errors import ContentError

MARGIN: Final = 16  # pixels
FONT_SIZE: Final = 20
LINE_HEIGHT: Final = 28
LETTER_WIDTH: Final = 11

# "jpg jpeg png bmp gif webp" (TranslateImageBatch); Pillow's other decoders get no bytes of strangers.
FORMATS: Final = ("PNG", "JPEG", "BMP", "GIF", "WEBP")


def render(text: str, *, size: tuple[int, int] = (640, 480), kind: Literal["png", "jpeg"] = "png") -> bytes:
    """Draw `text` on a picture of `size` (width, height in pixels, each from 1) and encode it.

    The font that Pillow brings has Latin letters only. Others are drawn as their Python escapes, so that two
    pictures of different texts differ; what does not fit is cut off.
    """
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(FONT_SIZE)
    letters = max((size[0] - 2 * MARGIN) // LETTER_WIDTH, 1)
    height = MARGIN
    for line in _wrap(text, letters):
        if height >= size[1]:
            break
        draw.text((MARGIN, height), line, fill="black", font=font)
        height += LINE_HEIGHT
    buffer = io.BytesIO()
    picture.save(buffer, kind)
    return buffer.getvalue()


def read_size(data: bytes) -> tuple[int, int]:
    """Return width and height in pixels from a picture's header. Raises `ContentError`."""
    from PIL import Image

    if not data:
        raise ContentError("empty", "the file has no bytes")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            return picture.size
    except Exception as error:  # Pillow's decoders raise anything for a broken header
        raise ContentError("unreadable", f"not a picture in {', '.join(FORMATS)}: {error}") from error


def _wrap(text: str, width: int) -> Iterator[str]:
    for line in text.splitlines():
        drawable = line.encode("ascii", "backslashreplace").decode()
        drawable = "".join(letter if letter.isprintable() else "?" for letter in drawable)
        for start in range(0, max(len(drawable), 1), width):
            yield drawable[start : start + width]
