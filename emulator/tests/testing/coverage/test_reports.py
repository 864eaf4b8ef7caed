"""Coverage of documented behaviour: what is counted, what is report of it, and when it fails the run."""

from __future__ import annotations

import json
import re

import pytest
from fauxlate.engine.service.inventory import documented_items
from fauxlate.serving.composition import PROVIDERS
from fauxlate.testing.coverage.rows import KINDS, select_rows
from tests.testing.client_code import HUAWEI_CLIENT
from tests.testing.conftest import RunPytest

TEXT = (
    HUAWEI_CLIENT
    + """
@pytest.mark.fauxlate({"rules": [{"on": "huawei.RunFileTranslation", "times": 1, "then": {"fail": "NLP.6302"}}]})
def test_busy(fauxlate):
    assert submit(fauxlate).status_code == 400
    submit(fauxlate)
    fauxlate.covers("huawei", "NLP.6302")

@pytest.mark.fauxlate({"rules": [{"on": "huawei.RunFileTranslation", "then": {"body": "html"}}]})
def test_page(fauxlate):
    assert submit(fauxlate).status_code == 502
    fauxlate.covers("huawei", "body html")

def test_expired(fauxlate):
    job = submit(fauxlate).json()["job_id"]
    fauxlate.clock.advance("2d")
    assert query(fauxlate, job).json()["error_code"] == "NLP.6304"
"""
)


FAILED = (
    HUAWEI_CLIENT
    + """
from alibabacloud_alimt20181012 import models

@pytest.mark.fauxlate({"rules": [
    {"on": "huawei.RunFileTranslation", "then": {"timeline": ["ERROR NLP.6308"]}},
    {"on": "alibaba.CreateDocTranslateTask", "then": {"timeline": ["error 19999"]}},
]})
def test_failed(fauxlate):
    job = submit(fauxlate).json()["job_id"]
    assert query(fauxlate, job).json()["error_code"] == "NLP.6308"
    fauxlate.covers("huawei", "NLP.6308")
    alimt = fauxlate.alibaba.client()
    request = models.CreateDocTranslateTaskRequest(
        file_url="https://example.com/a.docx", source_language="zh", target_language="en")
    task = alimt.create_doc_translate_task(request).body.task_id
    answer = alimt.get_doc_translate_task(models.GetDocTranslateTaskRequest(task_id=task)).body
    assert answer.translate_error_code == "19999"
    fauxlate.covers("alibaba", "19999")
"""
)


def test_an_error_by_which_a_job_has_failed_is_served_when_a_query_tells_of_it(run_pytest: RunPytest) -> None:
    run_pytest(FAILED).assert_outcomes(passed=1)


def rows_of(report: dict[str, object]) -> dict[tuple[str, str, str], dict[str, object]]:
    rows = report["rows"]
    assert isinstance(rows, list)
    return {(row["of"], row["kind"], row["name"]): row for row in rows}


def test_the_json_report_has_a_row_for_everything_of_the_operations_that_were_called(
    run_pytest: RunPytest, pytester: pytest.Pytester
) -> None:
    run_pytest(TEXT, "--fauxlate-coverage=json:out/coverage.json")
    report = json.loads((pytester.path / "out" / "coverage.json").read_text("utf-8"))
    rows = rows_of(report)
    assert {row["of"] for row in report["rows"] if row["kind"] == "operation"} == {
        "huawei.KeystoneCreateUserTokenByPassword",
        "huawei.RunFileTranslation",
        "huawei.RunGetFileTranslationResult",
    }
    busy = rows["huawei.RunFileTranslation", "error", "NLP.6302"]
    assert (busy["served"], busy["asserted"], busy["provider"], bool(busy["source"])) == (1, 1, "huawei", True)
    missed = rows["huawei.RunFileTranslation", "error", "NLP.6303"]
    assert (missed["served"], missed["asserted"]) == (0, 0)
    page = rows["huawei.RunFileTranslation", "fault", "body html"]
    assert (page["served"], page["asserted"]) == (1, 1)
    assert report["summary"]["operation"] == {
        "rows": 3, "served": 3, "asserted": 0, "excluded": 0, "percent": 100.0
    }  # fmt: skip
    assert {row["kind"] for row in report["rows"]} == set(KINDS)


def test_everything_in_the_tables_has_one_row() -> None:
    rows = select_rows({}, {}, ["*"])
    labels = [(row.kind, row.label) for row in rows]
    assert len(set(labels)) == len(labels)
    tables = [name for kind, name, _, _ in documented_items(PROVIDERS)]
    assert len([row for row in rows if row.kind != "fault"]) == len(tables)
    assert {row.name for row in rows if row.kind == "expiry"} == {"invalid", "(gone)"}


def test_the_table_in_the_terminal_sums_up_and_names_what_is_missing(run_pytest: RunPytest) -> None:
    result = run_pytest(TEXT, "--fauxlate-coverage=missing", "--fauxlate-coverage-of=huawei.RunFileTranslation")
    result.stdout.fnmatch_lines(
        [
            "*coverage of documented behaviour*",
            "*what *served *asserted *%",
            "huawei.RunFileTranslation *called *1/1 *0 *100",
            "huawei.RunFileTranslation *errors *1/* 1 *",
            "*not served: *NLP.6303*",
            "huawei.RunFileTranslation *faults *2/14 *1 *14",
            "documented*",
        ]
    )
    assert "KeystoneCreate" not in "".join(line for line in result.outlines if "called" in line)


def test_the_page_is_one_file_that_shows_every_row(run_pytest: RunPytest, pytester: pytest.Pytester) -> None:
    run_pytest(TEXT, "--fauxlate-coverage=html:coverage.html", "--fauxlate-coverage-of=huawei.*")
    page = (pytester.path / "coverage.html").read_text("utf-8")
    assert not re.search(r"<(script|link|img)|https?://[^<]*\"", page)
    rows = select_rows({}, {}, ["huawei.*"])
    assert page.count("<tr class=") == len(rows)
    assert re.search(r"<tr class=asserted><td>error<td><code>NLP.6302</code>", page)


@pytest.mark.parametrize(("minimum", "code"), [(0.5, 0), (99, 1)])
def test_too_little_coverage_fails_the_run(run_pytest: RunPytest, minimum: float, code: int) -> None:
    result = run_pytest(TEXT, f"--fauxlate-fail-under={minimum}", "-k", "busy or page")
    assert result.ret == code
    result.stdout.fnmatch_lines([f"*--fauxlate-fail-under {minimum:g} is {'missed' if code else 'reached'}*"])


def test_what_is_left_out_with_a_reason_is_not_asked_for(run_pytest: RunPytest, pytester: pytest.Pytester) -> None:
    result = run_pytest(
        TEXT,
        "-o",
        "fauxlate_exclude=huawei.RunFileTranslation *: somebody else answers these\nhuawei.Run* NLP.6303: never sent",
        "--fauxlate-coverage=json:coverage.json",
        "--fauxlate-coverage-of=huawei.RunFileTranslation",
    )
    result.assert_outcomes(passed=3)
    report = json.loads((pytester.path / "coverage.json").read_text("utf-8"))
    row = rows_of(report)["huawei.RunFileTranslation", "error", "NLP.6303"]
    assert row["excluded"] == "somebody else answers these"
    assert report["summary"]["error"]["rows"] == 0
    assert report["summary"]["error"]["excluded"] == 100
    assert report["summary"]["operation"]["rows"] == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("huawei.RunFileTranslation NLP.6302", "*has no reason*"),
        ("huawei.RunFileTranslation NLP.99: never", "*fits nothing that can be served*"),
    ],
)
def test_an_exclusion_without_a_reason_or_a_row_is_refused(run_pytest: RunPytest, line: str, message: str) -> None:
    result = run_pytest(TEXT, "-o", f"fauxlate_exclude={line}", "--fauxlate-coverage")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: fauxlate_exclude: {message}"])


def test_a_report_that_there_is_not_is_refused(run_pytest: RunPytest) -> None:
    result = run_pytest(TEXT, "--fauxlate-coverage=xml")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --fauxlate-coverage=xml is no report; there are term, *"])


def test_the_counts_of_workers_are_added_up(run_pytest: RunPytest, pytester: pytest.Pytester) -> None:
    run_pytest(TEXT, "--fauxlate-coverage=json:alone.json")
    run_pytest(TEXT, "--fauxlate-coverage=json:together.json", "-n2", in_subprocess=True)
    alone, together = (
        json.loads((pytester.path / name).read_text("utf-8")) for name in ("alone.json", "together.json")
    )
    assert alone == together


def test_what_a_failed_test_claims_is_not_asserted(run_pytest: RunPytest, pytester: pytest.Pytester) -> None:
    failing = TEXT.replace('fauxlate.covers("huawei", "NLP.6302")', 'fauxlate.covers("huawei", "NLP.6302"); assert 0')
    run_pytest(failing, "--fauxlate-coverage=json:coverage.json", "-k", "busy").assert_outcomes(failed=1, deselected=2)
    row = rows_of(json.loads((pytester.path / "coverage.json").read_text("utf-8")))
    assert row["huawei.RunFileTranslation", "error", "NLP.6302"]["asserted"] == 0
    assert row["huawei.RunFileTranslation", "error", "NLP.6302"]["served"] == 1


def test_a_reset_does_not_take_back_what_was_served(run_pytest: RunPytest, pytester: pytest.Pytester) -> None:
    run_pytest(
        HUAWEI_CLIENT + "\ndef test_it(fauxlate):\n    submit(fauxlate)\n    fauxlate.reset()\n",
        "--fauxlate-coverage=json:coverage.json",
    ).assert_outcomes(passed=1)
    rows = rows_of(json.loads((pytester.path / "coverage.json").read_text("utf-8")))
    assert rows["huawei.RunFileTranslation", "operation", "RunFileTranslation"]["served"] == 1
