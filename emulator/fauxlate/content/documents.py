"""Documents that Huawei translates (docx, pptx, txt): text translated by paragraph, the rest kept.

That a txt is in UTF-8 and that at most 250 pages are taken is documented (nlp_03_0073, NLP.6307); how pages
are counted is not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from fauxlate.content import pseudo
from fauxlate.content.office import markup, package, passages
from fauxlate.content.office.passages import Grammar, Passage, Run
from fauxlate.content.unreadable import Unreadable

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
    """An Office format: the content types of its main part and of those with text, and how these write it."""

    main: frozenset[str]
    texts: frozenset[str]
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
            passage=frozenset({"p"}),
            run=frozenset({"t"}),
            breaks=frozenset({"br", "cr", "tab"}),
            keeps_space=True,
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
            passage=frozenset({"p"}),
            run=frozenset({"t"}),
            breaks=frozenset({"br"}),
            skipped=frozenset({"fld"}),  # the number of a slide, the date
        ),
    ),
}


def translate(data: bytes, kind: str, source: str, target: str) -> bytes:
    """Translate the document `data` of the type `kind` (`docx`, `pptx`, `txt`) as `pseudo.translate` does.

    A paragraph's translation stands in its first run, in the format of that run. Raises `Unreadable`.
    """
    into = partial(pseudo.translate, source=source, target=target)
    if kind == "txt":
        text = _text(data)
        start = len(text) - len(text.removeprefix(BYTE_ORDER_MARK))
        return (text[:start] + into(text[start:])).encode()
    form = _format(kind)

    def paragraph(passage: Passage) -> Iterator[tuple[Run, str]]:
        for line in passage.lines:
            runs = [run for run in line if run.text]
            text = "".join(run.text for run in runs)
            translated = into(text)
            if translated != text:
                yield runs[0], translated
                yield from ((run, "") for run in runs[1:])

    rewrite = partial(passages.rewrite, grammar=form.grammar, change=paragraph)
    return package.rewrite(data, dict.fromkeys(form.texts, rewrite), main=form.main)


def pages(data: bytes, kind: str) -> int:
    """Estimate the pages of a document, at least 1; raises `Unreadable`.

    docx: what Word last counted (`docProps/app.xml`) or laid out, its page breaks, or its length, whichever
    is most. pptx: slides. txt: 3000 characters to a page.
    """
    if kind == "txt":
        return _filled(len(_text(data)))
    form = _format(kind)
    parts = package.read(data)
    types = package.content_types(parts, main=form.main)
    if kind == "pptx":
        return max(1, list(types.values()).count(SLIDE))
    laid_out = [_word_pages(part, form.grammar.namespaces) for name, part in parts.items() if types[name] == DOCUMENT]
    counted = [_counted_pages(part) for name, part in parts.items() if types[name] == PROPERTIES]
    return max(laid_out + counted)


def _text(data: bytes) -> str:
    if not data:
        raise Unreadable("empty", "the file has no bytes")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Unreadable("unreadable", f"the text is not UTF-8: {error}") from error


def _format(kind: str) -> Format:
    if kind not in FORMATS:
        raise Unreadable("unsupported", f"`{kind}` is not one of {', '.join(FORMATS)}, txt")
    return FORMATS[kind]


def _filled(characters: int) -> int:
    return max(1, -(-characters // CHARACTERS_ON_A_PAGE))


def _word_pages(part: bytes, namespaces: frozenset[str]) -> int:
    breaks = rendered = characters = 0

    def start(name: str, attributes: Mapping[str, str], _position: int) -> None:
        nonlocal breaks, rendered
        uri, _, tag = name.rpartition(markup.SEPARATOR)
        if uri in namespaces:
            breaks += tag == "br" and attributes.get(f"{uri}{markup.SEPARATOR}type") == "page"
            rendered += tag == "lastRenderedPageBreak"

    def text(data: str) -> None:
        nonlocal characters
        characters += len(data)

    markup.read(markup.decoded(part).body, start=start, text=text)
    return max(1 + breaks, 1 + rendered, _filled(characters))


def _counted_pages(part: bytes) -> int:
    inside = False
    counted: list[str] = []

    def start(name: str, _attributes: Mapping[str, str], _position: int) -> None:
        nonlocal inside
        inside = name.rpartition(markup.SEPARATOR)[2] == "Pages"

    def text(data: str) -> None:
        if inside:
            counted.append(data)

    def end(_name: str, _position: int) -> None:
        nonlocal inside
        inside = False

    markup.read(markup.decoded(part).body, start=start, end=end, text=text)
    number = "".join(counted).strip()
    return int(number[:9]) if number.isdecimal() else 1
