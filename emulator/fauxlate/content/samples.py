"""Sample files: the source of a translation where a client's own file is not fetched."""

from collections.abc import Callable, Mapping
from typing import Final

from fauxlate.content.errors import ContentError
from fauxlate.content.office import package

Texts = tuple[str, ...]
Rows = tuple[tuple[str, str], ...]

PARAGRAPHS: Final = {
    "zh": ("翻译样例", "这是一个用于测试的文档。", "它不来自客户端的地址。"),
    "en": ("Translation sample", "This is a document for tests.", "It does not come from the client's URL."),
}
# $userName=…$ and $departmentName=…$: the placeholders of DingTalk's contact-ID translation.
ROWS: Final = (
    ("姓名", "部门"),
    ("$userName=user001$", "$departmentName=1$"),
    ("审批人 $userName=user002$", "$departmentName=2$"),
)

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE: Final = "application/vnd.openxmlformats-officedocument"
SCHEMAS: Final = "http://schemas.openxmlformats.org"
PACKAGE: Final = f"{SCHEMAS}/package/2006"
RELATION: Final = f"{SCHEMAS}/officeDocument/2006/relationships"
WORD: Final = f'xmlns:w="{SCHEMAS}/wordprocessingml/2006/main"'
SHEET: Final = f'xmlns="{SCHEMAS}/spreadsheetml/2006/main" xmlns:r="{RELATION}"'
DRAWING: Final = f'xmlns:a="{SCHEMAS}/drawingml/2006/main"'
SLIDE: Final = f'xmlns:p="{SCHEMAS}/presentationml/2006/main" {DRAWING} xmlns:r="{RELATION}"'


def build_document(kind: str, source: str) -> bytes:
    """Return a `docx`, `pptx` or `txt` of three paragraphs, Chinese when `source` is `zh…`, else English.

    Raises `ContentError` for another `kind`.
    """
    if kind not in DOCUMENT_BUILDERS:
        raise ContentError("unsupported", f"no sample of the type `{kind}`; there are {', '.join(DOCUMENT_BUILDERS)}")
    return DOCUMENT_BUILDERS[kind](PARAGRAPHS["zh" if source.startswith("zh") else "en"])


def build_sheet(kind: str) -> bytes:
    """Return an `xlsx`, `csv` or `txt` with placeholders: users user001 and user002, departments 1 and 2.

    Raises `ContentError` for another `kind`.
    """
    if kind not in SHEET_BUILDERS:
        raise ContentError("unsupported", f"no sample of the type `{kind}`; there are {', '.join(SHEET_BUILDERS)}")
    return SHEET_BUILDERS[kind](ROWS)


def _build_package(parts: Mapping[str, tuple[str, str]], relations: Mapping[str, tuple[tuple[str, str], ...]]) -> bytes:
    """Return a package: parts as name to (content type below OFFICE, XML), relations as name to (type below RELATION, target).

    Relation ids are rId1, rId2 … in order; the source "" is the package.
    """
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{OFFICE}.{kind}+xml"/>' for name, (kind, _) in parts.items()
    )
    files = {
        package.CONTENT_TYPES: f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>'
    }
    for source, targets in relations.items():
        folder, _, name = source.rpartition("/")
        links = "".join(
            f'<Relationship Id="rId{number}" Type="{RELATION}/{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(targets, 1)
        )
        path = f"{folder}/_rels/{name}.rels".removeprefix("/")
        files[path] = f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'
    files |= {name: xml for name, (_, xml) in parts.items()}
    return package.write({name: f"{DECLARATION}{xml}".encode() for name, xml in files.items()})


def _build_docx(paragraphs: Texts) -> bytes:
    bold = "<w:rPr><w:b/></w:rPr>"
    body = "".join(
        f"<w:p><w:r>{'' if number else bold}<w:t>{text}</w:t></w:r></w:p>" for number, text in enumerate(paragraphs)
    )
    page = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr>'  # A4
    main = f"<w:document {WORD}><w:body>{body}{page}</w:body></w:document>"
    return _build_package(
        {"word/document.xml": ("wordprocessingml.document.main", main)},
        {"": (("officeDocument", "word/document.xml"),)},
    )


def _build_xlsx(table: Rows) -> bytes:
    texts = [text for row in table for text in row]
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><v>{row * 2 - 2}</v></c><c r="B{row}" t="s"><v>{row * 2 - 1}</v></c></row>'
        for row in range(1, len(table) + 1)
    )
    workbook = '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets>'
    return _build_package(
        {
            "xl/workbook.xml": ("spreadsheetml.sheet.main", f"<workbook {SHEET}>{workbook}</workbook>"),
            "xl/worksheets/sheet1.xml": (
                "spreadsheetml.worksheet",
                f"<worksheet {SHEET}><sheetData>{rows}</sheetData></worksheet>",
            ),
            "xl/sharedStrings.xml": (
                "spreadsheetml.sharedStrings",
                f'<sst {SHEET} count="{len(texts)}" uniqueCount="{len(texts)}">{items}</sst>',
            ),
        },
        {
            "": (("officeDocument", "xl/workbook.xml"),),
            "xl/workbook.xml": (
                ("worksheet", "worksheets/sheet1.xml"),
                ("sharedStrings", "sharedStrings.xml"),
            ),
        },
    )


def _build_pptx(paragraphs: Texts) -> bytes:
    empty = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
    lines = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in paragraphs)
    box = (
        '<p:sp><p:nvSpPr><p:cNvPr id="2" name="Text"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr>'
        '<p:spPr><a:xfrm><a:off x="914400" y="914400"/><a:ext cx="7315200" cy="3200400"/></a:xfrm><a:prstGeom prst="rect">'
        f"<a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr/>{lines}</p:txBody></p:sp>"
    )
    accents = "".join(f' accent{number}="accent{number}"' for number in range(1, 7))
    colours = f'bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2"{accents} hlink="hlink" folHlink="folHlink"'

    def build_slide(name: str, shapes: str, rest: str) -> str:
        return f"<p:{name} {SLIDE}><p:cSld><p:spTree>{empty}{shapes}</p:spTree></p:cSld>{rest}</p:{name}>"

    inherit = "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr>"
    layout = build_slide("sldLayout", "", inherit)
    layouts = '<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst>'
    master = build_slide("sldMaster", "", f"<p:clrMap {colours}/>{layouts}")
    presentation = (
        '<p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst><p:sldIdLst>'
        '<p:sldId id="256" r:id="rId2"/></p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/>'
        '<p:notesSz cx="6858000" cy="9144000"/>'
    )
    return _build_package(
        {
            "ppt/presentation.xml": (
                "presentationml.presentation.main",
                f"<p:presentation {SLIDE}>{presentation}</p:presentation>",
            ),
            "ppt/slides/slide1.xml": ("presentationml.slide", build_slide("sld", box, inherit)),
            "ppt/slideLayouts/slideLayout1.xml": ("presentationml.slideLayout", layout),
            "ppt/slideMasters/slideMaster1.xml": ("presentationml.slideMaster", master),
            "ppt/theme/theme1.xml": ("theme", _build_theme()),
        },
        {
            "": (("officeDocument", "ppt/presentation.xml"),),
            "ppt/presentation.xml": (
                ("slideMaster", "slideMasters/slideMaster1.xml"),
                ("slide", "slides/slide1.xml"),
                ("theme", "theme/theme1.xml"),
            ),
            "ppt/slides/slide1.xml": (("slideLayout", "../slideLayouts/slideLayout1.xml"),),
            "ppt/slideLayouts/slideLayout1.xml": (("slideMaster", "../slideMasters/slideMaster1.xml"),),
            "ppt/slideMasters/slideMaster1.xml": (
                ("slideLayout", "../slideLayouts/slideLayout1.xml"),
                ("theme", "../theme/theme1.xml"),
            ),
        },
    )


def _build_theme() -> str:
    """Return a theme with no more than its schema requires: twelve colours, two fonts, three of each format."""
    names = ("dk1", "lt1", "dk2", "lt2", *(f"accent{number}" for number in range(1, 7)), "hlink", "folHlink")
    colours = "".join(
        f'<a:{name}><a:srgbClr val="{"FFFFFF" if name.startswith("lt") else "203864"}"/></a:{name}>' for name in names
    )
    font = '<a:latin typeface="Arial"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>' * 3
    line = '<a:ln><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:ln>' * 3
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>" * 3
    return (
        f'<a:theme {DRAWING} name="Sample"><a:themeElements>'
        f'<a:clrScheme name="Sample">{colours}</a:clrScheme><a:fontScheme name="Sample"><a:majorFont>{font}'
        f'</a:majorFont><a:minorFont>{font}</a:minorFont></a:fontScheme><a:fmtScheme name="Sample">'
        f"<a:fillStyleLst>{fill}</a:fillStyleLst><a:lnStyleLst>{line}</a:lnStyleLst><a:effectStyleLst>{effect}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{fill}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )


def _build_txt(paragraphs: Texts) -> bytes:
    return "".join(f"{text}\n" for text in paragraphs).encode()


DOCUMENT_BUILDERS: Final[dict[str, Callable[[Texts], bytes]]] = {
    "docx": _build_docx,
    "pptx": _build_pptx,
    "txt": _build_txt,
}
SHEET_BUILDERS: Final[dict[str, Callable[[Rows], bytes]]] = {
    "xlsx": _build_xlsx,
    "csv": lambda rows: "".join(",".join(row) + "\r\n" for row in rows).encode(),
    "txt": lambda rows: "".join("\t".join(row) + "\n" for row in rows).encode(),
}
