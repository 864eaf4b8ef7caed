import io
from functools import partial
from typing import Any

import docx
import pptx
import pytest
from fauxlate.content import documents, samples
from fauxlate.content.errors import ContentError
from fauxlate.content.sheets.workbooks import translate_ids
from tests.content.office_files import find_name, read_cells


def _read_paragraphs(data: bytes, kind: str) -> list[str]:
    if kind == "docx":
        return [paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs]
    if kind == "pptx":
        slide = pptx.Presentation(io.BytesIO(data)).slides[0]
        return [paragraph.text for shape in slide.shapes for paragraph in shape.text_frame.paragraphs]
    return data.decode().splitlines()


@pytest.mark.parametrize("kind", ["docx", "pptx", "txt"])
@pytest.mark.parametrize("source", ["zh", "zh-tw", "en", "auto"])
def test_a_document_is_in_the_language_asked_for(kind: str, source: str) -> None:
    data = samples.build_document(kind, source)
    assert _read_paragraphs(data, kind) == list(samples.PARAGRAPHS["zh" if source.startswith("zh") else "en"])
    assert documents.count_pages(data, kind) == 1
    assert data == samples.build_document(kind, source)


def test_the_heading_of_a_docx_is_bold() -> None:
    heading, text, _ = docx.Document(io.BytesIO(samples.build_document("docx", "en"))).paragraphs
    assert (heading.runs[0].bold, text.runs[0].bold) == (True, None)


@pytest.mark.parametrize("kind", ["docx", "pptx", "txt"])
def test_a_document_can_be_translated(kind: str) -> None:
    translated = documents.translate(samples.build_document(kind, "zh"), kind, "zh", "en")
    assert _read_paragraphs(translated, kind)[0] == "[en] 翻译样例"


def test_a_pptx_has_a_slide_layout_a_master_and_a_theme() -> None:
    deck: Any = pptx.Presentation(io.BytesIO(samples.build_document("pptx", "en")))
    slide = deck.slides[0]
    assert slide.slide_layout.slide_master == deck.slide_master
    assert deck.slide_layouts.index(slide.slide_layout) == 0
    relations = deck.slide_master.part.rels.values()
    assert [relation.reltype.rpartition("/")[2] for relation in relations] == ["slideLayout", "theme"]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "txt"])
def test_a_sheet_has_placeholders_that_are_translated(kind: str) -> None:
    data = samples.build_sheet(kind)
    assert data == samples.build_sheet(kind)
    translated = translate_ids(data, kind, find_name)
    if kind == "xlsx":
        assert read_cells(data) == list(samples.ROWS)
        assert read_cells(translated)[:2] == [("姓名", "部门"), ("张三", "研发部")]
    else:
        separator = {"csv": ",", "txt": "\t"}[kind]
        assert f"$userName=user001${separator}$departmentName=1$" in data.decode()
        assert f"张三{separator}研发部" in translated.decode()


def test_another_type_has_no_sample() -> None:
    for make in (partial(samples.build_document, "pdf", "zh"), partial(samples.build_sheet, "docx")):
        with pytest.raises(ContentError) as refused:
            make()
        assert refused.value.kind == "unsupported"
