"""Coverage and metrics in the admin API: what was served, of all that could be."""

from __future__ import annotations

import re

from fauxlate.serving.composition import PROVIDERS
from tests.web.admin.conftest import Admin, Box


def test_coverage_counts_what_was_served_and_lists_all_that_could_be(busy: Box) -> None:
    told = busy.told("/coverage")
    rows = {(row["kind"], row["name"]): row for row in told["rows"]}
    assert len(rows) == len(told["rows"])
    assert rows["operation", "huawei.RunFileTranslation"]["served"] == 2
    assert rows["error", "huawei.RunFileTranslation NLP.6305"]["served"] == 1
    assert rows["state", "huawei.file_translation WAITING"]["served"] == 1
    fault = "huawei.RunFileTranslation fail"
    assert rows["fault", fault] == {"kind": "fault", "name": fault, "served": 1}
    missed = rows["state", "huawei.file_translation FINISHED"]
    assert missed["served"] == 0
    assert missed["source"]
    operations = sum(len(provider.operations) for provider in PROVIDERS)
    assert told["summary"]["operation"] == {"documented": operations, "served": 6}
    for kind, summed in told["summary"].items():
        of_kind = [row for row in told["rows"] if row["kind"] == kind and row.get("evidence") != "undocumented"]
        assert summed == {"documented": len(of_kind), "served": sum(row["served"] > 0 for row in of_kind)}


def test_coverage_is_asked_for_some_of_its_rows(busy: Box) -> None:
    every = busy.told("/coverage")
    served, missed = busy.told("/coverage?only=served"), busy.told("/coverage?only=missed")
    assert {row["served"] > 0 for row in served["rows"]} == {True}
    assert {row["served"] for row in missed["rows"]} == {0}
    assert len(served["rows"]) + len(missed["rows"]) == len(every["rows"])
    assert every["summary"] == served["summary"] == missed["summary"]
    assert {row["kind"] for row in busy.told("/coverage?kind=quirk")["rows"]} == {"quirk"}
    assert busy.ask("GET", "/coverage?kind=quirks").status == 400
    assert busy.ask("GET", "/coverage?only=all").status == 400


def test_what_no_document_has_is_counted_apart(admin: Admin) -> None:
    rule = {"on": "huawei.RunFileTranslation", "undocumented": True, "then": {"fail": "NLP.9999"}}
    box = admin.sandbox(scenario={"rules": [rule]})
    before = box.told("/coverage")["summary"]["error"]
    box.huawei.create()
    told = box.told("/coverage")
    row = next(row for row in told["rows"] if row["name"].endswith("NLP.9999"))
    assert (row["served"], row["evidence"]) == (1, "undocumented")
    assert told["summary"]["error"] == before


def test_the_whole_run_counts_sandboxes_that_are_gone_or_reset(admin: Admin) -> None:
    def made() -> int:
        rows = admin.told("coverage?kind=operation")["rows"]
        return next(int(row["served"]) for row in rows if row["name"] == "huawei.RunFileTranslation")

    before = made()
    boxes = [admin.sandbox() for _ in range(3)]
    for box in boxes:
        box.huawei.made()
    assert made() == before + 3
    assert boxes[0].ask("DELETE").status == 200
    assert boxes[1].ask("POST", "/reset", {}).status == 200
    assert boxes[1].ask("DELETE").status == 200
    assert made() == before + 3


_SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (\d+)')
_LABEL = re.compile(r'([a-z]+)="((?:[^"\\]|\\.)*)"')


def _plain(value: str) -> str:
    plain = {r"\\": "\\", r"\"": '"', r"\n": "\n"}
    return re.sub(r"\\.", lambda escape: plain[escape[0]], value)


def _metrics(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], int]:
    """Read Prometheus text, strictly."""
    found = {}
    typed = set()
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("#"):
            mark, what, name, _ = line.split(" ", 3)
            assert (mark, what in ("HELP", "TYPE")) == ("#", True)
            typed.add(name)
            continue
        sample = _SAMPLE.fullmatch(line)
        assert sample, line
        assert sample[1] in typed
        labels = [(name, _plain(value)) for name, value in _LABEL.findall(sample[2] or "")]
        found[sample[1], tuple(labels)] = int(sample[3])
    return found


def test_metrics_are_prometheus_text(admin: Admin) -> None:
    code = 'odd"code\\with\nall'
    rule = {"on": "huawei.RunFileTranslation", "undocumented": True, "times": 1, "then": {"fail": code}}
    box = admin.sandbox(scenario={"rules": [rule]})
    box.huawei.create()
    answer = admin.ask("GET", "metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    metrics = _metrics(answer.data)
    assert metrics["fauxlate_sandboxes", ()] == len(admin.told("sandboxes")["sandboxes"])
    name = f"huawei.RunFileTranslation {code}"
    assert metrics["fauxlate_served_total", (("kind", "error"), ("name", name))] == 1
    for row in admin.told("coverage?only=served")["rows"]:
        assert metrics["fauxlate_served_total", (("kind", row["kind"]), ("name", row["name"]))] == row["served"]
