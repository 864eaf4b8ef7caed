"""DingTalk's documents, uploaded, translated and downloaded as any client would, whoever wrote the file."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import requests
import xlrd

from contract_tests.clients.dingtalk.plain import login_url
from contract_tests.harness.machine import ROOT, skip_without
from contract_tests.harness.target import Target

pytestmark = pytest.mark.assumed(
    "the pages name four kinds of file, and not what is kept of each; whoever writes one may send it"
)

openpyxl: Any = import_module("openpyxl")
xlsxwriter: Any = import_module("xlsxwriter")
xlwt: Any = import_module("xlwt")

WRITER = ROOT / "contract_tests" / "clients" / "exceljs_files.js"
MODULES = ROOT / "contract_tests" / "node" / "exceljs" / "node_modules"
PLACEHOLDER = "$userName=user001$"
ROWS = [
    ["姓名", "部门", "说明"],
    [PLACEHOLDER, "$departmentName=1$", f"由 {PLACEHOLDER} 提交 & <完成>"],
    ["$userTitle=user001$", "$departmentName=x$", "nothing to replace"],
]


class Flow:
    """Token, upload, submission, query and download by plain HTTP; the browser's part follows redirects."""

    def __init__(self, emulator: Target) -> None:
        self.emulator = emulator
        self.session = requests.Session()
        self.session.trust_env = False
        told = emulator.environment["dingtalk"]
        self.union_id = told["union_id"]
        asked = {
            "suiteKey": told["suite_key"],
            "suiteSecret": told["suite_secret"],
            "authCorpId": told["corp_id"],
            "suiteTicket": "any",
        }
        self.token = self.session.post(f"{emulator.url}/v1.0/oauth2/corpAccessToken", json=asked).json()["accessToken"]
        self.headers = {"x-acs-dingtalk-access-token": self.token}

    def uploaded(self, name: str, data: bytes) -> str:
        parts = {"file": (name, data)}
        url = f"{self.emulator.url}/file/upload/single"
        asked = {"access_token": self.token, "agent_id": "1", "file_size": str(len(data))}
        said = self.session.post(url, params=asked, files=parts).json()
        assert said["errcode"] == 0, said
        return str(said["media_id"])

    def outcome(self, files: dict[str, bytes], output: str | None = None) -> tuple[str, bytes | None]:
        """Return the status in which the job ends, and the file that its link leads to."""
        medias = {self.uploaded(name, data): name for name, data in files.items()}
        body: Any = {"medias": medias, "unionId": self.union_id} | ({"outputFileName": output} if output else {})
        at = f"{self.emulator.url}/v1.0/contact/files"
        job = self.session.post(f"{at}/translate", json=body, headers=self.headers).json()["jobId"]
        self.emulator.advance("1m")
        asked = {"jobId": job}
        result = self.session.get(f"{at}/translateResults", params=asked, headers=self.headers).json()
        if result["status"] != "1":
            assert "url" not in result
            return result["status"], None
        answer = self.session.get(login_url(self.emulator.environment["dingtalk"], result["url"]))
        assert answer.status_code == 200
        return "1", answer.content


@pytest.fixture
def flow(emulator: Target) -> Flow:
    return Flow(emulator)


@pytest.fixture(scope="module")
def exceljs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the workbooks that exceljs itself wrote."""
    node = shutil.which("node")
    if node is None:
        skip_without("node")
    if not (MODULES / "exceljs").is_dir():
        skip_without("`contract_tests/node/exceljs/node_modules`, which `npm install` in that folder sets up,")
    folder = tmp_path_factory.mktemp("exceljs")
    environment = {"NODE_PATH": str(MODULES), "HOME": str(folder), "PATH": os.environ["PATH"]}
    command = [str(node), str(WRITER), str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert len(json.loads(done.stdout)) == len(list(folder.iterdir()))
    return folder


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def translated_rows(data: bytes) -> None:
    """Assert that names stand in the place of the ids of `ROWS`, and that nothing else has changed."""
    sheet = opened(data).worksheets[0]
    head, ids, unknown = [list(row) for row in sheet.iter_rows(values_only=True, max_row=3)]
    assert (head, unknown) == (ROWS[0], ROWS[2])
    name = ids[0]
    assert "$" not in "".join(ids)
    assert name
    assert ids[2] == f"由 {name} 提交 & <完成>"


@pytest.mark.documented("seed 001: force-enable useSharedStrings; exceljs 4.4.0")
@pytest.mark.parametrize("name", ["memory", "memory-unshared", "stream-shared"])
def test_exceljs_with_shared_strings_is_translated(flow: Flow, exceljs: Path, name: str) -> None:
    source = (exceljs / f"{name}.xlsx").read_bytes()
    status, data = flow.outcome({"员工.xlsx": source})
    assert status == "1"
    assert data is not None
    translated_rows(data)
    before, after = opened(source), opened(data)
    assert after.sheetnames == before.sheetnames == [f"员工 {PLACEHOLDER}", "2"]
    first = after.worksheets[0]
    assert first["A4"].value == f'=CONCATENATE("{PLACEHOLDER}",A2)'
    assert (first["A2"].font.b, first["A2"].font.color.rgb) == (True, "FFFF0000")
    assert first.column_dimensions["A"].width == 42
    assert "$" not in after.worksheets[1]["A1"].value


@pytest.mark.documented("seed 001: exceljs writes formula strings, which causes translation to fail; exceljs 4.4.0")
@pytest.mark.parametrize("name", ["stream", "stream-styled"])
def test_the_stream_writer_of_exceljs_fails_as_its_faq_says(flow: Flow, exceljs: Path, name: str) -> None:
    source = (exceljs / f"{name}.xlsx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(source)) as parts:
        assert "xl/sharedStrings.xml" not in parts.namelist()
        assert f't="str"><v>{PLACEHOLDER}</v>' in parts.read("xl/worksheets/sheet1.xml").decode()
    assert flow.outcome({"员工.xlsx": source}) == ("2", None)


def test_the_stream_writers_file_may_come_back_untouched_instead(flow: Flow, exceljs: Path) -> None:
    source = (exceljs / "stream.xlsx").read_bytes()
    with flow.emulator.follow_scenario({"quirks": {"dingtalk.formula_strings": "untouched"}}):
        assert flow.outcome({"员工.xlsx": source}) == ("1", source)


@pytest.mark.parametrize(("choice", "left"), [("translated", False), ("untouched", True)])
def test_rich_text_that_exceljs_streams_is_an_inline_string(
    flow: Flow, exceljs: Path, choice: str, *, left: bool
) -> None:
    with flow.emulator.follow_scenario({"quirks": {"dingtalk.inline_strings": choice}}):
        status, data = flow.outcome({"员工.xlsx": (exceljs / "stream-rich.xlsx").read_bytes()})
    assert status == "1"
    assert data is not None
    text = opened(data).worksheets[0]["A1"].value
    assert (PLACEHOLDER in text) is left
    assert text.endswith(" 提交")


def test_one_file_that_fails_fails_the_whole_job(flow: Flow, exceljs: Path) -> None:
    files = {name: (exceljs / name).read_bytes() for name in ("memory.xlsx", "stream.xlsx")}
    assert flow.outcome(files, "包") == ("2", None)


def saved(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def by_openpyxl(*, write_only: bool) -> bytes:
    book = openpyxl.Workbook(write_only=write_only)
    sheet = book.create_sheet() if write_only else book.active
    for row in ROWS:
        sheet.append(row)
    return saved(book)


def by_xlsxwriter(*, constant_memory: bool) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": constant_memory, "in_memory": not constant_memory})
    sheet = book.add_worksheet()
    for number, row in enumerate(ROWS):
        sheet.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


WRITERS: dict[str, Callable[[], bytes]] = {
    "openpyxl": partial(by_openpyxl, write_only=False),
    "openpyxl write_only": partial(by_openpyxl, write_only=True),
    "XlsxWriter": partial(by_xlsxwriter, constant_memory=False),
    "XlsxWriter constant_memory": partial(by_xlsxwriter, constant_memory=True),
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_python_libraries_are_translated(flow: Flow, write: Callable[[], bytes]) -> None:
    status, data = flow.outcome({"员工.xlsx": write()})
    assert status == "1"
    assert data is not None
    translated_rows(data)


@pytest.mark.parametrize("extension", ["xlsx", "xls"])
def test_libreoffice_is_translated(flow: Flow, extension: str) -> None:
    source = (ROOT / "emulator" / "tests" / "content" / "files" / f"libreoffice.{extension}").read_bytes()
    status, data = flow.outcome({f"员工.{extension}": source})
    assert status == "1"
    assert data is not None
    if extension == "xlsx":
        rows = [list(row) for row in opened(data).worksheets[0].iter_rows(values_only=True)]
    else:
        sheet = xlrd.open_workbook(file_contents=data).sheet_by_index(0)
        rows = [sheet.row_values(number) for number in range(sheet.nrows)]
    assert rows[0] == ["姓名", "部门", "数"]
    assert "$" not in f"{rows[1]} {rows[2]}"
    assert rows[3][1] == "$departmentName=x$"


def test_an_xls_by_xlwt_is_translated(flow: Flow) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(PLACEHOLDER)
    for number, row in enumerate(ROWS):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    status, data = flow.outcome({"员工.xls": saved(book)})
    assert status == "1"
    after = xlrd.open_workbook(file_contents=data)
    assert after.sheet_names() == [PLACEHOLDER]
    rows = [after.sheet_by_index(0).row_values(number) for number in range(3)]
    assert (rows[0], rows[2]) == (ROWS[0], ROWS[2])
    assert "$" not in "".join(rows[1])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_lists_keep_their_encoding_and_come_packed_under_one_name(flow: Flow, encoding: str) -> None:
    text = f"姓名,部门\r\n{PLACEHOLDER},$departmentName=x$\r\n"
    names = ["a.csv", "b.txt"]
    status, data = flow.outcome({name: text.encode(encoding) for name in names}, "八月 员工")
    assert status == "1"
    assert data is not None
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == names
        for name in names:
            lines = archive.read(name).decode(encoding).split("\r\n")
            assert (lines[0], lines[2]) == ("姓名,部门", "")
            assert lines[1].endswith(",$departmentName=x$")
            assert "$user" not in lines[1]


def bomb(part: bytes) -> bytes:
    """Return a workbook whose strings are `part`."""
    source = by_xlsxwriter(constant_memory=False)
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, part if name == "xl/sharedStrings.xml" else old.read(name))
    return buffer.getvalue()


LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
MISCHIEF: dict[str, Callable[[], bytes]] = {
    "no workbook": lambda: b"PK\x03\x04 and no more",
    "nothing of a zip": lambda: bytes(1000),
    "a zip bomb": lambda: bomb(b" " * 128 * 1024 * 1024),
    "a billion laughs": lambda: bomb(f'<!DOCTYPE sst [<!ENTITY l0 "ha">{LAUGHS}]><sst>&l12;</sst>'.encode()),
    "an outside entity": lambda: bomb(b'<!DOCTYPE sst [<!ENTITY e SYSTEM "file:///etc/passwd">]><sst>&e;</sst>'),
    "a deep nest": lambda: bomb(b"<sst>" + b"<a>" * 1_000_000),
    "an attribute without end": lambda: bomb(b'<sst a="' + b" !" * 1_000_000),
    "an archive in itself": lambda: bomb(bomb(b"<sst/>")),
}


@pytest.mark.parametrize("made", MISCHIEF.values(), ids=MISCHIEF)
def test_what_is_made_to_break_the_server_is_a_failed_job(flow: Flow, made: Callable[[], bytes]) -> None:
    assert flow.outcome({"a.xlsx": made()}) == ("2", None)
    assert flow.outcome({"b.csv": PLACEHOLDER.encode()})[0] == "1"


def test_any_damage_to_a_workbook_leaves_the_server_serving(flow: Flow, exceljs: Path) -> None:
    """Twenty files a job, each cut or overwritten at another place."""
    source = (exceljs / "memory.xlsx").read_bytes()
    for step in range(3):
        files = {}
        for number in range(20):
            at = (step * 20 + number) * len(source) // 60
            spoilt = source[:at] + bytes([255 - source[at]]) + source[at + 1 :] if number % 2 else source[:at]
            files[f"{number}.xlsx"] = spoilt or b"x"
        assert flow.outcome(files, "包")[0] == "2"
    assert flow.outcome({"b.csv": PLACEHOLDER.encode()})[0] == "1"
