import io
from collections.abc import Callable, Iterator
from typing import Any

import docx
import pptx
import pytest
from docx.enum.text import WD_BREAK
from fauxlate.content import documents
from fauxlate.content.documents import count_pages
from fauxlate.content.errors import ContentError
from fauxlate.content.pseudo import translate
from hypothesis import given
from hypothesis import strategies as st
from pptx.util import Inches
from tests.content.damage import damage
from tests.content.office_files import pack, unpack, write_with_openpyxl

WORD = "word/document.xml"


def _write_docx(write: Callable[[Any], object]) -> bytes:
    document = docx.Document()
    write(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _fill_report(document: Any) -> None:
    """A document of everything that holds text, with formats and a picture."""
    document.add_heading("标题", 1)
    paragraph = document.add_paragraph("普通 ")
    paragraph.add_run("粗体").bold = True
    paragraph.add_run(" 斜体 ").italic = True
    document.add_paragraph("你好")
    document.add_paragraph("")
    document.add_paragraph("第一行\n第二行\t列")
    table = document.add_table(2, 2)
    table.cell(1, 1).text = "单元格"
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.sections[0].footer.paragraphs[0].text = "页脚"
    document.add_picture(io.BytesIO(_draw_png()))


def _draw_png() -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "PNG")
    return buffer.getvalue()


def _translate_and_open(data: bytes, source: str = "zh", target: str = "en") -> Any:
    return docx.Document(io.BytesIO(documents.translate(data, "docx", source, target)))


def test_every_paragraph_of_a_docx_is_translated() -> None:
    document = _translate_and_open(_write_docx(_fill_report))
    assert [paragraph.text for paragraph in document.paragraphs] == [
        "[en] 标题",
        "[en] 普通 粗体 斜体 ",
        "hello",
        "",
        "[en] 第一行\n[en] 第二行\t[en] 列",
        "",
    ]
    assert document.tables[0].cell(1, 1).text == "[en] 单元格"
    assert document.sections[0].header.paragraphs[0].text == "[en] 页眉"
    assert document.sections[0].footer.paragraphs[0].text == "[en] 页脚"


def test_the_first_run_takes_the_translation_and_formats_stay() -> None:
    paragraph = _translate_and_open(_write_docx(_fill_report)).paragraphs[1]
    assert [(run.text, run.bold, run.italic) for run in paragraph.runs] == [
        ("[en] 普通 粗体 斜体 ", None, None),
        ("", True, None),
        ("", None, True),
    ]
    assert _translate_and_open(_write_docx(_fill_report)).paragraphs[0].style.name == "Heading 1"


def test_white_space_of_a_later_run_is_kept_in_the_first() -> None:
    parts = unpack(_write_docx(lambda document: document.add_paragraph("甲")))
    later = '</w:t></w:r><w:r><w:t xml:space="preserve"> 乙 </w:t>'
    parts[WORD] = parts[WORD].replace("甲</w:t>".encode(), f"甲{later}".encode())
    after = unpack(documents.translate(pack(parts), "docx", "zh", "en"))[WORD].decode()
    assert '<w:t xml:space="preserve">[en] 甲 乙 </w:t></w:r><w:r><w:t xml:space="preserve"></w:t>' in after


def test_other_parts_of_a_docx_stay_byte_for_byte() -> None:
    data = _write_docx(_fill_report)
    before, after = unpack(data), unpack(documents.translate(data, "docx", "zh", "en"))
    assert list(after) == list(before)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {WORD, "word/header1.xml", "word/footer1.xml"}
    assert any(name.endswith(".png") for name in after)


def test_notes_are_translated_and_deleted_text_is_not() -> None:
    data = unpack(_write_docx(_fill_report))
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    data["[Content_Types].xml"] = data["[Content_Types].xml"].replace(
        b"</Types>",
        f'<Override PartName="/word/footnotes.xml" ContentType="{main}.footnotes+xml"/></Types>'.encode(),
    )
    note = '<w:footnotes xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:p>{}</w:p></w:footnotes>'
    runs = "<w:r><w:t>注</w:t></w:r><w:r><w:delText>删</w:delText><w:instrText>PAGE</w:instrText></w:r>"
    data["word/footnotes.xml"] = note.format(runs).encode()
    after = unpack(documents.translate(pack(data), "docx", "zh", "en"))["word/footnotes.xml"].decode()
    assert after == note.format(runs.replace("注", "[en] 注"))


def test_a_text_box_in_a_paragraph_has_paragraphs_of_its_own() -> None:
    data = unpack(_write_docx(lambda document: document.add_paragraph("外")))
    box = "<w:r><w:txbxContent><w:p><w:r><w:t>内</w:t></w:r></w:p></w:txbxContent></w:r>"
    data[WORD] = data[WORD].replace("<w:r><w:t>外".encode(), f"{box}<w:r><w:t>外".encode())
    after = unpack(documents.translate(pack(data), "docx", "zh", "en"))[WORD].decode()
    assert "<w:t>[en] 内</w:t>" in after
    assert "<w:t>[en] 外</w:t>" in after


def _write_deck() -> bytes:
    deck = pptx.Presentation()
    for title in ("一", "二"):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "要点\v续\n另一点"
        slide.notes_slide.notes_text_frame.text = "备注"
        table = slide.shapes.add_table(1, 1, Inches(1), Inches(5), Inches(2), Inches(1)).table
        table.cell(0, 0).text = "格"
        slide.shapes.add_picture(io.BytesIO(_draw_png()), 0, 0)
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


def _find_texts(slide: Any) -> Iterator[str]:
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield shape.text_frame.text
        if shape.has_table:
            yield shape.table.cell(0, 0).text
    yield slide.notes_slide.notes_text_frame.text


def test_every_paragraph_of_a_pptx_is_translated() -> None:
    deck = pptx.Presentation(io.BytesIO(documents.translate(_write_deck(), "pptx", "zh", "en")))
    for slide, title in zip(deck.slides, ("一", "二"), strict=True):
        assert list(_find_texts(slide)) == [
            f"[en] {title}",
            "[en] 要点\v[en] 续\n[en] 另一点",
            "[en] 格",
            "[en] 备注",
        ]


def test_other_parts_of_a_pptx_stay_byte_for_byte() -> None:
    before, after = unpack(_write_deck()), unpack(documents.translate(_write_deck(), "pptx", "zh", "en"))
    assert list(after) == list(before)
    changed = {name.rstrip("12.xml") for name in before if before[name] != after[name]}
    assert changed == {"ppt/slides/slide", "ppt/notesSlides/notesSlide"}


def test_a_field_of_a_slide_is_not_text() -> None:
    parts = unpack(_write_deck())
    name = "ppt/slides/slide1.xml"
    field = '<a:fld id="{0}" type="slidenum"><a:t>1</a:t></a:fld>'
    parts[name] = parts[name].replace("<a:t>一</a:t></a:r>".encode(), f"<a:t>一 </a:t></a:r>{field}".encode())
    after = unpack(documents.translate(pack(parts), "pptx", "zh", "en"))[name].decode()
    assert f"<a:t>[en] 一 </a:t></a:r>{field}" in after
    assert "xml:space" not in after


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_txt_is_translated_line_by_line_behind_its_byte_order_mark(mark: str) -> None:
    data = f"{mark}第一行\r\n\r\n你好\n".encode()
    assert documents.translate(data, "txt", "zh", "en") == f"{mark}[en] 第一行\r\n\r\nhello\n".encode()


def test_a_language_to_detect_is_detected_for_each_paragraph() -> None:
    assert documents.translate("你好\nhello".encode(), "txt", "auto", "en") == b"hello\n[en] hello"


@pytest.mark.parametrize("make", [lambda: _write_docx(_fill_report), _write_deck], ids=["docx", "pptx"])
def test_the_same_document_gives_the_same_bytes(make: Callable[[], bytes]) -> None:
    data = make()
    kind = "docx" if WORD in unpack(data) else "pptx"
    assert documents.translate(data, kind, "zh", "en") == documents.translate(data, kind, "zh", "en")


def test_a_document_without_text_is_handed_back() -> None:
    data = _write_docx(lambda document: document.add_paragraph("  "))
    assert documents.translate(data, "docx", "zh", "en") == data


@pytest.mark.parametrize("kind", ["docx", "pptx", "txt"])
def test_a_document_of_no_bytes_is_empty(kind: str) -> None:
    for refuse in (lambda: documents.translate(b"", kind, "zh", "en"), lambda: count_pages(b"", kind)):
        with pytest.raises(ContentError) as refused:
            refuse()
        assert refused.value.kind == "empty"


@pytest.mark.parametrize(
    ("data", "kind", "expected"),
    [
        ("文".encode("gbk"), "txt", "unreadable"),
        (b"not a zip", "docx", "unreadable"),
        (write_with_openpyxl([]), "docx", "unreadable"),
        (_write_deck(), "docx", "unreadable"),
        (pack({"a": b"1"}), "pptx", "unreadable"),
        (b"data", "pdf", "unsupported"),
    ],
)
def test_a_document_of_another_type_says_so(data: bytes, kind: str, expected: str) -> None:
    for refuse in (lambda: documents.translate(data, kind, "zh", "en"), lambda: count_pages(data, kind)):
        with pytest.raises(ContentError) as refused:
            refuse()
        assert refused.value.kind == expected


def _fill_pages(document: Any) -> None:
    for kind in [WD_BREAK.PAGE] * 4 + [WD_BREAK.LINE, WD_BREAK.COLUMN] * 3:
        document.add_paragraph("文").add_run().add_break(kind)


def test_pages_of_a_docx_are_its_page_breaks() -> None:
    assert count_pages(_write_docx(lambda document: document.add_paragraph("一页")), "docx") == 1
    assert count_pages(_write_docx(_fill_pages), "docx") == 5


def test_pages_of_a_docx_are_those_word_laid_out() -> None:
    parts = unpack(_write_docx(lambda document: document.add_paragraph("页")))
    parts[WORD] = parts[WORD].replace(b"<w:t>", b"<w:lastRenderedPageBreak/><w:t>")
    assert count_pages(pack(parts), "docx") == 2


@pytest.mark.parametrize(
    ("text", "expected"), [("251", 251), ("", 1), ("many", 1), ("9" * 5000, 999_999_999), ("-3", 1)]
)
def test_pages_of_a_docx_are_those_word_counted(text: str, expected: int) -> None:
    parts = unpack(_write_docx(lambda document: document.add_paragraph("页")))
    namespace = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    app = f'<Properties xmlns="{namespace}"><Words>7</Words><Pages>{text}</Pages><Lines>9</Lines></Properties>'
    parts["docProps/app.xml"] = app.encode()
    assert count_pages(pack(parts), "docx") == expected


def test_pages_of_a_docx_are_as_many_as_its_text_fills() -> None:
    assert count_pages(_write_docx(lambda document: document.add_paragraph("文" * 6001)), "docx") == 3


def test_pages_of_a_pptx_are_its_slides() -> None:
    buffer = io.BytesIO()
    pptx.Presentation().save(buffer)
    assert count_pages(buffer.getvalue(), "pptx") == 1
    assert count_pages(_write_deck(), "pptx") == 2


@pytest.mark.parametrize(("length", "expected"), [(1, 1), (3000, 1), (3001, 2), (750_000, 250), (750_001, 251)])
def test_pages_of_a_txt_are_of_three_thousand_characters(length: int, expected: int) -> None:
    assert count_pages(("文" * length).encode(), "txt") == expected


def _translate_or_refuse(data: bytes, kind: str) -> None:
    try:
        documents.translate(data, kind, "zh", "en")
        assert count_pages(data, kind) >= 1
    except ContentError:
        return


@given(damage(_write_docx(_fill_report)))
def test_any_bytes_as_docx_are_translated_or_unreadable(data: bytes) -> None:
    _translate_or_refuse(data, "docx")


@given(damage(unpack(_write_docx(_fill_report))[WORD]))
def test_any_bytes_as_a_part_of_a_docx_are_translated_or_unreadable(part: bytes) -> None:
    _translate_or_refuse(pack(unpack(_write_docx(_fill_report)) | {WORD: part}), "docx")


@given(damage(_write_deck()))
def test_any_bytes_as_pptx_are_translated_or_unreadable(data: bytes) -> None:
    _translate_or_refuse(data, "pptx")


@given(st.binary())
def test_any_bytes_as_txt_are_translated_or_unreadable(data: bytes) -> None:
    _translate_or_refuse(data, "txt")


RUN = st.text(st.characters(exclude_categories=["C"], exclude_characters="\x85\u2028\u2029"), max_size=8)


@given(st.lists(st.lists(RUN, max_size=4), max_size=4))
def test_a_paragraph_is_translated_as_one_text_wherever_its_runs_end(paragraphs: list[list[str]]) -> None:
    document = docx.Document()
    for runs in paragraphs:
        paragraph = document.add_paragraph()
        for run in runs:
            paragraph.add_run(run)
    buffer = io.BytesIO()
    document.save(buffer)
    after = _translate_and_open(buffer.getvalue())
    assert [paragraph.text for paragraph in after.paragraphs] == [
        translate("".join(runs), "zh", "en") for runs in paragraphs
    ]
