"""Pictures that show a text: black on white, what an image translation hands back."""

import io
from collections.abc import Iterator
from typing import Final, Literal

from fauxlate.content.unreadable import Unreadable

MARGIN: Final = 16  # pixels
FONT_SIZE: Final = 20
LINE_HEIGHT: Final = 28
LETTER_WIDTH: Final = 11

# "jpg jpeg png bmp gif webp" (TranslateImageBatch); Pillow's other decoders have no business with a
# stranger's bytes.
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
    for line in _wrapped(text, letters):
        if height >= size[1]:
            break
        draw.text((MARGIN, height), line, fill="black", font=font)
        height += LINE_HEIGHT
    encoded = io.BytesIO()
    picture.save(encoded, kind)
    return encoded.getvalue()


def size_of(data: bytes) -> tuple[int, int]:
    """Read width and height in pixels from a picture's header; raises `Unreadable`."""
    from PIL import Image

    if not data:
        raise Unreadable("empty", "the file has no bytes")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            return picture.size
    except Exception as error:  # Pillow's decoders raise whatever a broken header leads them to
        raise Unreadable("unreadable", f"not a picture in {', '.join(FORMATS)}: {error}") from error


def _wrapped(text: str, width: int) -> Iterator[str]:
    for line in text.splitlines():
        drawable = line.encode("ascii", "backslashreplace").decode()
        drawable = "".join(letter if letter.isprintable() else "?" for letter in drawable)
        for start in range(0, max(len(drawable), 1), width):
            yield drawable[start : start + width]
