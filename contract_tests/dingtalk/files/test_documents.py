"""Files of contact ids, uploaded, translated and downloaded as any client does, whoever writes them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import xlrd

from contract_tests.clients.dingtalk.plain import DingTalkClient
from contract_tests.harness.machine import CLIENTS, ROOT, run_node
from contract_tests.harness.target import Target

pytestmark = pytest.mark.assumed(
    "the pages name four kinds of file, and not what is kept of each; whoever writes one may send it"
)

openpyxl: Any = import_module("openpyxl")
xlsxwriter: Any = import_module("xlsxwriter")
xlwt: Any = import_module("xlwt")

PLACEHOLDER = "$userName=user001$"
ROWS = [
    ["姓名", "部门", "说明"],
    [PLACEHOLDER, "$departmentName=1$", f"由 {PLACEHOLDER} 提交 & <完成>"],
    ["$userTitle=user001$", "$departmentName=x$", "nothing to replace"],
]


class JobRunner:
    """Runs jobs by plain calls at an emulator: token, upload, submission, query, login and download."""

    def __init__(self, emulator: Target) -> None:
        self.emulator = emulator
        self.client = DingTalkClient(emulator.environment["dingtalk"])
        self.token = self.client.corp_token()

    def run(self, files: dict[str, bytes], output: str | None = None) -> tuple[str, bytes | None]:
        """Run a job on files, given as data by name; return its last status, and the file that its link leads to."""
        medias = {self.upload(name, data): name for name, data in files.items()}
        members = {"outputFileName": output} if output else {}
        job_id = self.client.translate(self.token, medias, **members)[1]["jobId"]
        self.emulator.advance("1m")
        _, result = self.client.job_result(self.token, job_id)
        if result["status"] != "1":
            assert "url" not in result
            return result["status"], None
        return "1", self.client.download(result["url"])

    def upload(self, name: str, data: bytes) -> str:
        """Upload a file; return its media id."""
        answer = self.client.upload(self.token, name, data)
        assert answer["errcode"] == 0, answer
        return str(answer["media_id"])


@pytest.fixture
def runner(emulator: Target) -> JobRunner:
    return JobRunner(emulator)


@pytest.fixture(scope="module")
def exceljs_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the workbooks that exceljs itself writes."""
    folder = tmp_path_factory.mktemp("exceljs")
    names = run_node("exceljs", CLIENTS / "dingtalk" / "exceljs_files.js", folder, str(folder))
    assert len(names) == len(list(folder.iterdir()))
    return folder


def open_workbook(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def check_rows(data: bytes) -> None:
    """Check that names stand in the place of the ids of `ROWS`, and that nothing else has changed."""
    sheet = open_workbook(data).worksheets[0]
    head, ids, unknown = [list(row) for row in sheet.iter_rows(values_only=True, max_row=3)]
    assert (head, unknown) == (ROWS[0], ROWS[2])
    name = ids[0]
    assert "$" not in "".join(ids)
    assert name
    assert ids[2] == f"由 {name} 提交 & <完成>"


@pytest.mark.documented("seed 001: force-enable useSharedStrings; exceljs 4.4.0")
@pytest.mark.parametrize("name", ["memory", "memory-unshared", "stream-shared"])
def test_exceljs_with_shared_strings_is_translated(runner: JobRunner, exceljs_folder: Path, name: str) -> None:
    source = (exceljs_folder / f"{name}.xlsx").read_bytes()
    status, data = runner.run({"员工.xlsx": source})
    assert status == "1"
    assert data is not None
    check_rows(data)
    before, after = open_workbook(source), open_workbook(data)
    assert after.sheetnames == before.sheetnames == [f"员工 {PLACEHOLDER}", "2"]
    first = after.worksheets[0]
    assert first["A4"].value == f'=CONCATENATE("{PLACEHOLDER}",A2)'
    assert (first["A2"].font.b, first["A2"].font.color.rgb) == (True, "FFFF0000")
    assert first.column_dimensions["A"].width == 42
    assert "$" not in after.worksheets[1]["A1"].value


@pytest.mark.documented("seed 001: exceljs writes formula strings, which causes translation to fail; exceljs 4.4.0")
@pytest.mark.parametrize("name", ["stream", "stream-styled"])
def test_the_stream_writer_of_exceljs_fails_as_its_faq_says(runner: JobRunner, exceljs_folder: Path, name: str) -> None:
    source = (exceljs_folder / f"{name}.xlsx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        assert "xl/sharedStrings.xml" not in archive.namelist()
        assert f't="str"><v>{PLACEHOLDER}</v>' in archive.read("xl/worksheets/sheet1.xml").decode()
    assert runner.run({"员工.xlsx": source}) == ("2", None)


def test_the_stream_writers_file_may_come_back_untouched_instead(runner: JobRunner, exceljs_folder: Path) -> None:
    source = (exceljs_folder / "stream.xlsx").read_bytes()
    with runner.emulator.follow_scenario({"quirks": {"dingtalk.formula_strings": "untouched"}}):
        assert runner.run({"员工.xlsx": source}) == ("1", source)


@pytest.mark.parametrize(("choice", "is_left"), [("translated", False), ("untouched", True)])
def test_rich_text_that_exceljs_streams_is_an_inline_string(
    runner: JobRunner, exceljs_folder: Path, choice: str, *, is_left: bool
) -> None:
    with runner.emulator.follow_scenario({"quirks": {"dingtalk.inline_strings": choice}}):
        status, data = runner.run({"员工.xlsx": (exceljs_folder / "stream-rich.xlsx").read_bytes()})
    assert status == "1"
    assert data is not None
    text = open_workbook(data).worksheets[0]["A1"].value
    assert (PLACEHOLDER in text) is is_left
    assert text.endswith(" 提交")


def test_one_file_that_fails_fails_the_whole_job(runner: JobRunner, exceljs_folder: Path) -> None:
    files = {name: (exceljs_folder / name).read_bytes() for name in ("memory.xlsx", "stream.xlsx")}
    assert runner.run(files, "包") == ("2", None)


def save_workbook(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def write_by_openpyxl(*, write_only: bool) -> bytes:
    book = openpyxl.Workbook(write_only=write_only)
    sheet = book.create_sheet() if write_only else book.active
    for row in ROWS:
        sheet.append(row)
    return save_workbook(book)


def write_by_xlsxwriter(*, constant_memory: bool) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": constant_memory, "in_memory": not constant_memory})
    sheet = book.add_worksheet()
    for number, row in enumerate(ROWS):
        sheet.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


WRITERS: dict[str, Callable[[], bytes]] = {
    "openpyxl": partial(write_by_openpyxl, write_only=False),
    "openpyxl write_only": partial(write_by_openpyxl, write_only=True),
    "XlsxWriter": partial(write_by_xlsxwriter, constant_memory=False),
    "XlsxWriter constant_memory": partial(write_by_xlsxwriter, constant_memory=True),
}


@pytest.mark.parametrize("write_workbook", WRITERS.values(), ids=WRITERS)
def test_python_libraries_are_translated(runner: JobRunner, write_workbook: Callable[[], bytes]) -> None:
    status, data = runner.run({"员工.xlsx": write_workbook()})
    assert status == "1"
    assert data is not None
    check_rows(data)


@pytest.mark.parametrize("extension", ["xlsx", "xls"])
def test_libreoffice_is_translated(runner: JobRunner, extension: str) -> None:
    source = (ROOT / "emulator" / "tests" / "content" / "sheets" / "files" / f"libreoffice.{extension}").read_bytes()
    status, data = runner.run({f"员工.{extension}": source})
    assert status == "1"
    assert data is not None
    if extension == "xlsx":
        rows = [list(row) for row in open_workbook(data).worksheets[0].iter_rows(values_only=True)]
    else:
        sheet = xlrd.open_workbook(file_contents=data).sheet_by_index(0)
        rows = [sheet.row_values(number) for number in range(sheet.nrows)]
    assert rows[0] == ["姓名", "部门", "数"]
    assert "$" not in f"{rows[1]} {rows[2]}"
    assert rows[3][1] == "$departmentName=x$"


def test_an_xls_by_xlwt_is_translated(runner: JobRunner) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(PLACEHOLDER)
    for number, row in enumerate(ROWS):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    status, data = runner.run({"员工.xls": save_workbook(book)})
    assert status == "1"
    after = xlrd.open_workbook(file_contents=data)
    assert after.sheet_names() == [PLACEHOLDER]
    rows = [after.sheet_by_index(0).row_values(number) for number in range(3)]
    assert (rows[0], rows[2]) == (ROWS[0], ROWS[2])
    assert "$" not in "".join(rows[1])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_lists_keep_their_encoding_and_come_packed_under_one_name(runner: JobRunner, encoding: str) -> None:
    text = f"姓名,部门\r\n{PLACEHOLDER},$departmentName=x$\r\n"
    names = ["a.csv", "b.txt"]
    status, data = runner.run({name: text.encode(encoding) for name in names}, "八月 员工")
    assert status == "1"
    assert data is not None
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == names
        for name in names:
            lines = archive.read(name).decode(encoding).split("\r\n")
            assert (lines[0], lines[2]) == ("姓名,部门", "")
            assert lines[1].endswith(",$departmentName=x$")
            assert "$user" not in lines[1]


def with_strings(strings: bytes) -> bytes:
    """Return a workbook with these shared strings."""
    source = write_by_xlsxwriter(constant_memory=False)
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, strings if name == "xl/sharedStrings.xml" else old.read(name))
    return buffer.getvalue()


ENTITIES = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
HOSTILE_FILES: dict[str, Callable[[], bytes]] = {
    "no workbook": lambda: b"PK\x03\x04 and no more",
    "nothing of a zip": lambda: bytes(1000),
    "a zip bomb": lambda: with_strings(b" " * 128 * 1024 * 1024),
    "a billion laughs": lambda: with_strings(f'<!DOCTYPE sst [<!ENTITY l0 "ha">{ENTITIES}]><sst>&l12;</sst>'.encode()),
    "an outside entity": lambda: with_strings(
        b'<!DOCTYPE sst [<!ENTITY e SYSTEM "file:///etc/passwd">]><sst>&e;</sst>'
    ),
    "a deep nest": lambda: with_strings(b"<sst>" + b"<a>" * 1_000_000),
    "an attribute without end": lambda: with_strings(b'<sst a="' + b" !" * 1_000_000),
    "an archive in itself": lambda: with_strings(with_strings(b"<sst/>")),
}


@pytest.mark.parametrize("build_file", HOSTILE_FILES.values(), ids=HOSTILE_FILES)
def test_what_is_made_to_break_the_server_is_a_failed_job(runner: JobRunner, build_file: Callable[[], bytes]) -> None:
    assert runner.run({"a.xlsx": build_file()}) == ("2", None)
    assert runner.run({"b.csv": PLACEHOLDER.encode()})[0] == "1"


def test_any_damage_to_a_workbook_leaves_the_server_serving(runner: JobRunner, exceljs_folder: Path) -> None:
    """Twenty files a job, each cut or overwritten at another place."""
    source = (exceljs_folder / "memory.xlsx").read_bytes()
    for step in range(3):
        files = {}
        for number in range(20):
            position = (step * 20 + number) * len(source) // 60
            damaged = (
                source[:position] + bytes([255 - source[position]]) + source[position + 1 :]
                if number % 2
                else source[:position]
            )
            files[f"{number}.xlsx"] = damaged or b"x"
        assert runner.run(files, "包")[0] == "2"
    assert runner.run({"b.csv": PLACEHOLDER.encode()})[0] == "1"
