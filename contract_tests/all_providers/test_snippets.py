"""What `fauxlate serve` prints for pasting, pasted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fauxlate.content import documents, samples
from fauxlate.content.directory import Directory
from fauxlate.content.sheets import workbooks
from fauxlate.snippets import PACKAGES

from contract_tests.conftest import QUICK

pytestmark = pytest.mark.sdk(
    "alibabacloud_alimt20181012 1.5.2, huaweicloudsdknlp 3.1.219, alibabacloud_dingtalk 2.2.65"
)

PASTED = re.compile(r"^# (?P<provider>\w+), .*?^PY$", re.MULTILINE | re.DOTALL)
# The vendors' SDKs would ask a proxy for 127.0.0.1, whatever NO_PROXY says; the README tells so.
PLAIN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("FAUXLATE_") and not name.lower().endswith("_proxy")
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What the command printed before it was ready, by provider, while its server goes on."""
    scenario: Path = tmp_path_factory.mktemp("scenario") / "quick.yaml"
    scenario.write_text(QUICK, "utf-8")
    command = [sys.executable, "-m", "fauxlate", "serve", "--port", "0", "--scenario", str(scenario)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=PLAIN) as process:
        overdue = threading.Timer(120, process.kill)
        overdue.start()
        try:
            assert process.stdout is not None
            lines: list[str] = []
            for line in process.stdout:
                lines.append(line)
                if line.startswith("ready "):
                    break
            assert lines
            assert re.fullmatch(r"ready http://127\.0\.0\.1:\d+\n", lines[-1]), lines
            yield {found["provider"]: found[0] for found in PASTED.finditer("".join(lines))}
        finally:
            process.terminate()
            code = process.wait()
            overdue.cancel()
    assert code == 0


def said(command: str) -> str:
    """Run a command as a shell runs what is pasted into it; return what it printed."""
    ran = subprocess.run(
        ["bash", "-c", command],  # noqa: S607
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=60,
        check=False,
        env=PLAIN,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def test_every_provider_has_a_snippet(printed: dict[str, str]) -> None:
    assert list(printed) == list(PACKAGES) == ["alibaba", "huawei", "dingtalk"]
    for provider, package in PACKAGES.items():
        assert f"pip install {package}\n" in printed[provider]


def test_the_snippet_of_alibaba_prints_the_translated_text(printed: dict[str, str]) -> None:
    assert said(printed["alibaba"]) == "ready hello"


def test_the_snippet_of_huawei_prints_the_translated_document(printed: dict[str, str]) -> None:
    document = documents.translate(samples.document("txt", "zh"), "txt", "zh", "en").decode()
    assert said(printed["huawei"]) == f"FINISHED {document}".strip()


def test_the_snippet_of_dingtalk_prints_the_file_with_names_for_ids(printed: dict[str, str]) -> None:
    sent = b"$userName=user001$,$departmentName=1$\n"
    file = workbooks.translate_ids(sent, "csv", Directory(0)).decode()
    assert "$" not in file
    assert said(printed["dingtalk"]) == f"1 {file}".strip()
