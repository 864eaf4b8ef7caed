"""An Office file: a zip of parts (Open Packaging Conventions), read without trust, written the same way always."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Final

from fauxlate.content.errors import ContentError
from fauxlate.content.office import markup

MAX_SIZE: Final = 64 * 1024 * 1024  # a second of parsing for each eight
MAX_PARTS: Final = 10_000
MAX_NAME_LENGTH: Final = 0xFFFF  # bytes of UTF-8; a zip has two bytes for the length
# Apache POI's ZipSecureFile refuses the same: an entry beyond 100 KiB that deflate made 100 times smaller.
MAX_RATIO: Final = 100
MIN_RATIO_SIZE: Final = 100 * 1024

EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can hold
COMPRESSION_METHODS: Final = frozenset(
    {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
)  # Open Packaging Conventions: no others
OLE_SIGNATURE: Final = bytes.fromhex("d0cf11e0a1b11ae1")

# The errors that zipfile raises where hostile headers mislead it.
ZIP_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ArithmeticError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
)

CONTENT_TYPES: Final = "[Content_Types].xml"
TYPES_PREFIX: Final = f"http://schemas.openxmlformats.org/package/2006/content-types{markup.SEPARATOR}"

Change = Callable[[bytes], bytes]


def read(data: bytes) -> dict[str, bytes]:
    """Return the parts of `data` by name, in the order in which they are stored.

    Raises `ContentError`: `empty`, `too_large` (beyond the limits above), `unreadable`.
    """
    if not data:
        raise ContentError("empty", "the file has no bytes")
    if data.startswith(OLE_SIGNATURE):
        raise ContentError("unreadable", "not a zip but an OLE2 file: an older format, or protected with a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_limits(archive.infolist())
            return {entry.filename: _unpack(archive, entry) for entry in archive.infolist()}
    except ContentError:
        raise
    except ZIP_ERRORS as error:
        raise ContentError("unreadable", f"not a sound zip: {error}") from error


def write(parts: Mapping[str, bytes], *, deflate: bool = True) -> bytes:
    """Return a zip of `parts` in their order, all dated 1980-01-01."""
    buffer = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = method
            entry.create_system = 3  # by default the platform on which this runs
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def rewrite(data: bytes, changes: Mapping[str, Change], *, main_types: frozenset[str]) -> bytes:
    """Apply to each part the change in `changes` for its content type; return `data` itself when nothing changes.

    Content types are lower case; `main_types` as in `read_content_types`. Raises `ContentError`.
    """
    parts = read(data)
    types = read_content_types(parts, main_types=main_types)
    new_parts = {
        name: changes[types[name]](content) if types[name] in changes else content for name, content in parts.items()
    }
    return data if new_parts == parts else write(new_parts)


def read_content_types(parts: Mapping[str, bytes], *, main_types: frozenset[str]) -> dict[str, str]:
    """Return the content type of each part, lower case, from `[Content_Types].xml` (Open Packaging Conventions).

    `main_types`: content types of which one must be among them. Raises `ContentError` for an Office file of another
    kind, and for a zip that is none.
    """
    if CONTENT_TYPES not in parts:
        raise ContentError("unreadable", f"a zip, but not an Office file: no {CONTENT_TYPES} in it")
    declared: dict[tuple[str, str], str] = {}

    def start(name: str, attributes: Mapping[str, str], _position: int) -> None:
        tag = name.removeprefix(TYPES_PREFIX)
        key = {"Override": "PartName", "Default": "Extension"}.get(tag, "")
        if key in attributes:
            declared[tag, attributes[key].lower()] = attributes.get("ContentType", "").lower()

    markup.parse(markup.decode(parts[CONTENT_TYPES]).body, start=start)
    types = {}
    for name in parts:
        path = f"/{name.lower()}"
        default = declared.get(("Default", path.rpartition(".")[2]), "")
        types[name] = declared.get(("Override", path), default)
    if main_types.isdisjoint(types.values()):
        raise ContentError("unreadable", f"an Office file of another kind: no part in it is {min(main_types)}")
    return types


def _check_limits(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_PARTS:
        raise ContentError("too_large", f"{len(entries)} parts in the zip, at most {MAX_PARTS} are read")
    if sum(entry.file_size for entry in entries) > MAX_SIZE:
        raise ContentError("too_large", f"the zip unpacks to more than {MAX_SIZE} bytes")
    if len({entry.filename for entry in entries}) < len(entries):
        raise ContentError("unreadable", "two parts of the zip have one name")
    for entry in entries:
        if not 0 < len(entry.filename.encode()) <= MAX_NAME_LENGTH:
            raise ContentError("unreadable", "a part of the zip has no name, or one that is too long")
        if entry.compress_type not in COMPRESSION_METHODS:
            raise ContentError("unreadable", f"{entry.filename} is packed with method {entry.compress_type}")
        if entry.file_size > max(MIN_RATIO_SIZE, MAX_RATIO * entry.compress_size):
            raise ContentError("too_large", f"{entry.filename} unpacks to more than {MAX_RATIO} times its size")


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as part:
        # Headers can lie, hence no more than the size in the header is read; beyond it the checksum fails.
        return part.read(entry.file_size + 1)
