"""The translation of documents (docx, pptx, txt): text is translated by paragraph, the rest is kept.

That a txt is in UTF-8 and that at most 250 pages are taken is documented (nlp_03_0073, NLP.6307); how pages
are counted is not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from fauxlate.content import pseudo
from fauxlate.content.errors import ContentError
from fauxlate.content.office import markup, package, passages
from fauxlate.content.office.passages import Grammar, Passage, Run

CHARACTERS_ON_A_PAGE: Final = 3000
BYTE_ORDER_MARK: Final = "\ufeff"

OFFICE: Final = "application/vnd.openxmlformats-officedocument"
WORD: Final = f"{OFFICE}.wordprocessingml"
SLIDES: Final = f"{OFFICE}.presentationml"
DOCUMENT: Final = f"{WORD}.document.main+xml"
SLIDE: Final = f"{SLIDES}.slide+xml"
PROPERTIES: Final = f"{OFFICE}.extended-properties+xml"


@dataclass(frozen=True, slots=True)
class Format:
    """An Office format: the content types of its main part and of the parts with text, and the grammar of these."""

    main_types: frozenset[str]
    text_types: frozenset[str]
    grammar: Grammar


FORMATS: Final = {
    "docx": Format(
        frozenset({DOCUMENT}),
        frozenset({DOCUMENT, *(f"{WORD}.{part}+xml" for part in ("header", "footer", "footnotes", "endnotes"))}),
        Grammar(
            frozenset(
                {
                    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                    "http://purl.oclc.org/ooxml/wordprocessingml/main",  # strict
                }
            ),
            passage_elements=frozenset({"p"}),
            run_elements=frozenset({"t"}),
            break_elements=frozenset({"br", "cr", "tab"}),
            needs_space_attribute=True,
        ),
    ),
    "pptx": Format(
        frozenset({f"{SLIDES}.presentation.main+xml", f"{SLIDES}.slideshow.main+xml"}),
        frozenset({SLIDE, f"{SLIDES}.notesslide+xml"}),
        Grammar(
            frozenset(
                {
                    "http://schemas.openxmlformats.org/drawingml/2006/main",
                    "http://purl.oclc.org/ooxml/drawingml/main",  # strict
                }
            ),
            passage_elements=frozenset({"p"}),
            run_elements=frozenset({"t"}),
            break_elements=frozenset({"br"}),
            ignored_elements=frozenset({"fld"}),  # the number of a slide, the date
        ),
    ),
}


def translate(data: bytes, kind: str, source: str, target: str) -> bytes:
    """Translate the document `data` of the type `kind` (`docx`, `pptx`, `txt`) as `pseudo.translate` does.

    A paragraph's translation is in its first run, in the format of that run. Raises `ContentError`.
    """
    translate_text = partial(pseudo.translate, source=source, target=target)
    if kind == "txt":
        text = _decode_text(data)
        start = len(text) - len(text.removeprefix(BYTE_ORDER_MARK))
        return (text[:start] + translate_text(text[start:])).encode()
    office_format = _find_format(kind)

    def translate_paragraph(passage: Passage) -> Iterator[tuple[Run, str]]:
        for line in passage.lines:
            runs = [run for run in line if run.text]
            text = "".join(run.text for run in runs)
            translation = translate_text(text)
            if translation != text:
                yield runs[0], translation
                yield from ((run, "") for run in runs[1:])

    rewrite = partial(passages.rewrite, grammar=office_format.grammar, change=translate_paragraph)
    return package.rewrite(data, dict.fromkeys(office_format.text_types, rewrite), main_types=office_format.main_types)


def count_pages(data: bytes, kind: str) -> int:
    """Estimate the pages of a document, at least 1. Raises `ContentError`.

    docx: the most of what Word last counted (`docProps/app.xml`), what it last laid out, the page breaks, and the
    length. pptx: slides. txt: 3000 characters to a page.
    """
    if kind == "txt":
        return _count_text_pages(len(_decode_text(data)))
    office_format = _find_format(kind)
    parts = package.read(data)
    types = package.read_content_types(parts, main_types=office_format.main_types)
    if kind == "pptx":
        return max(1, list(types.values()).count(SLIDE))
    layout_counts = [
        _count_word_pages(part, office_format.grammar.namespaces)
        for name, part in parts.items()
        if types[name] == DOCUMENT
    ]
    property_counts = [_read_page_count(part) for name, part in parts.items() if types[name] == PROPERTIES]
    return max(layout_counts + property_counts)


def _decode_text(data: bytes) -> str:
    if not data:
        raise ContentError("empty", "the file has no bytes")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ContentError("unreadable", f"the text is not UTF-8: {error}") from error


def _find_format(kind: str) -> Format:
    if kind not in FORMATS:
        raise ContentError("unsupported", f"`{kind}` is not one of {', '.join(FORMATS)}, txt")
    return FORMATS[kind]


def _count_text_pages(characters: int) -> int:
    return max(1, -(-characters // CHARACTERS_ON_A_PAGE))


def _count_word_pages(part: bytes, namespaces: frozenset[str]) -> int:
    breaks = rendered_breaks = characters = 0

    def start(name: str, attributes: Mapping[str, str], _position: int) -> None:
        nonlocal breaks, rendered_breaks
        uri, _, tag = name.rpartition(markup.SEPARATOR)
        if uri in namespaces:
            breaks += tag == "br" and attributes.get(f"{uri}{markup.SEPARATOR}type") == "page"
            rendered_breaks += tag == "lastRenderedPageBreak"

    def text(data: str) -> None:
        nonlocal characters
        characters += len(data)

    markup.parse(markup.decode(part).body, start=start, text=text)
    return max(1 + breaks, 1 + rendered_breaks, _count_text_pages(characters))


def _read_page_count(part: bytes) -> int:
    is_pages = False
    pieces: list[str] = []

    def start(name: str, _attributes: Mapping[str, str], _position: int) -> None:
        nonlocal is_pages
        is_pages = name.rpartition(markup.SEPARATOR)[2] == "Pages"

    def text(data: str) -> None:
        if is_pages:
            pieces.append(data)

    def end(_name: str, _position: int) -> None:
        nonlocal is_pages
        is_pages = False

    markup.parse(markup.decode(part).body, start=start, end=end, text=text)
    number = "".join(pieces).strip()
    return int(number[:9]) if number.isdecimal() else 1
