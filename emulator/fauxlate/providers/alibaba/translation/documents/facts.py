"""The facts of a document task, and the types of documents that the service takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True)
class DocumentType:
    """What a type of document becomes: a `format` that `rendering` can make, under the file name `extension`."""

    format: str
    extension: str


DOCUMENT_TYPES: Mapping[str, DocumentType] = {
    **{name: DocumentType("docx", "docx") for name in ("docx", "doc", "pdf", "idml")},
    **{name: DocumentType("pptx", "pptx") for name in ("pptx", "ppt")},
    **{name: DocumentType("txt", name) for name in ("txt", "srt", "csv", "md", "markdown")},
    **{name: DocumentType("txt", "csv") for name in ("xls", "xlsx")},
    **{name: DocumentType("html", name) for name in ("html", "htm", "xhtml")},
    **{name: DocumentType("xml", name) for name in ("xml", "dita", "xliff", "tmx")},
    "json": DocumentType("json", "json"),
}
"""By the extension of the source, every type that the pages name. That a pdf becomes a docx is documented; doc, ppt,
idml, xls and xlsx become the nearest type that can be made here, where the service keeps the type."""


@dataclass(frozen=True, slots=True)
class DocumentTask:
    """Facts of a document task: link and type of its source, the two languages, and its CallbackUrl."""

    url: str
    source: str
    target: str
    type: DocumentType
    callback_url: str | None = None

    @property
    def file_name(self) -> str:
        """The file name of the source, the last segment of its link."""
        return get_file_name(self.url)

    @property
    def attributes(self) -> Mapping[str, str]:
        """The values that conditions of scenarios and the admin API read, by name."""
        return {"file": self.file_name, "source": self.source, "target": self.target}


def get_file_name(url: str) -> str:
    """Return the last segment of the path of a link, decoded."""
    return PurePosixPath(unquote(urlsplit(url).path)).name
