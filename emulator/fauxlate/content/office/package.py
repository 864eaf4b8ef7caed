"""An Office file: a zip of parts (Open Packaging Conventions), opened without trust, written alike always."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Final

from fauxlate.content.office import markup
from fauxlate.content.unreadable import Unreadable

MAX_BYTES: Final = 64 * 1024 * 1024  # a second of parsing for each eight
MAX_PARTS: Final = 10_000
MAX_NAME: Final = 0xFFFF  # bytes of UTF-8; a zip has two bytes for the length
# Apache POI's ZipSecureFile refuses the same: an entry beyond 100 KiB that deflate made 100 times smaller.
MAX_RATIO: Final = 100
RATIO_GRACE: Final = 100 * 1024

EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can hold
METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # Open Packaging Conventions: no others
OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")

# What zipfile lets through when hostile headers mislead it.
BROKEN: Final = (
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
TYPES: Final = f"http://schemas.openxmlformats.org/package/2006/content-types{markup.SEPARATOR}"

Change = Callable[[bytes], bytes]


def read(data: bytes) -> dict[str, bytes]:
    """Unpack `data` into parts by name, in the order in which they are stored.

    Raises `Unreadable`: `empty`, `too_large` (beyond the limits above), `unreadable`.
    """
    if not data:
        raise Unreadable("empty", "the file has no bytes")
    if data.startswith(OLE):
        raise Unreadable("unreadable", "not a zip but an OLE2 file: an older format, or protected with a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive.infolist())
            return {entry.filename: _unpack(archive, entry) for entry in archive.infolist()}
    except Unreadable:
        raise
    except BROKEN as error:
        raise Unreadable("unreadable", f"not a sound zip: {error}") from error


def write(parts: Mapping[str, bytes], *, deflate: bool = True) -> bytes:
    """Pack `parts` in their order, all dated 1980-01-01."""
    buffer = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = method
            entry.create_system = 3  # zipfile would tell the platform it runs on
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def rewrite(data: bytes, changes: Mapping[str, Change], *, main: frozenset[str]) -> bytes:
    """Put each part whose content type is in `changes` through its change; `data` itself when all stays.

    Content types are lower case; `main` as in `content_types`.
    """
    parts = read(data)
    types = content_types(parts, main=main)
    changed = {
        name: changes[types[name]](content) if types[name] in changes else content for name, content in parts.items()
    }
    return data if changed == parts else write(changed)


def content_types(parts: Mapping[str, bytes], *, main: frozenset[str]) -> dict[str, str]:
    """Name the content type of each part, lower case, from `[Content_Types].xml` (Open Packaging Conventions).

    `main`: content types of which one must be among them, else it is an Office file of another kind.
    """
    if CONTENT_TYPES not in parts:
        raise Unreadable("unreadable", f"a zip, but not an Office file: no {CONTENT_TYPES} in it")
    declared: dict[tuple[str, str], str] = {}

    def start(name: str, attributes: Mapping[str, str], _position: int) -> None:
        tag = name.removeprefix(TYPES)
        key = {"Override": "PartName", "Default": "Extension"}.get(tag, "")
        if key in attributes:
            declared[tag, attributes[key].lower()] = attributes.get("ContentType", "").lower()

    markup.read(markup.decoded(parts[CONTENT_TYPES]).body, start=start)
    types = {}
    for name in parts:
        path = f"/{name.lower()}"
        default = declared.get(("Default", path.rpartition(".")[2]), "")
        types[name] = declared.get(("Override", path), default)
    if main.isdisjoint(types.values()):
        raise Unreadable("unreadable", f"an Office file of another kind: no part in it is {min(main)}")
    return types


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_PARTS:
        raise Unreadable("too_large", f"{len(entries)} parts in the zip, at most {MAX_PARTS} are read")
    if sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise Unreadable("too_large", f"the zip unpacks to more than {MAX_BYTES} bytes")
    if len({entry.filename for entry in entries}) < len(entries):
        raise Unreadable("unreadable", "two parts of the zip have one name")
    for entry in entries:
        if not 0 < len(entry.filename.encode()) <= MAX_NAME:
            raise Unreadable("unreadable", "a part of the zip has no name, or one that is too long")
        if entry.compress_type not in METHODS:
            raise Unreadable("unreadable", f"{entry.filename} is packed with method {entry.compress_type}")
        if entry.file_size > max(RATIO_GRACE, MAX_RATIO * entry.compress_size):
            raise Unreadable("too_large", f"{entry.filename} unpacks to more than {MAX_RATIO} times its size")


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as part:
        # Headers can lie, hence no more than was declared and counted; beyond it the checksum fails.
        return part.read(entry.file_size + 1)
