"""The snippets that `fauxlate serve` prints for pasting: pasted into a shell, they work."""

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

from contract_tests.harness.target import QUICK_SCENARIO

pytestmark = pytest.mark.sdk(
    "alibabacloud_alimt20181012 1.5.2, huaweicloudsdknlp 3.1.219, alibabacloud_dingtalk 2.2.65"
)

SNIPPET = re.compile(r"^# (?P<provider>\w+), .*?^PY$", re.MULTILINE | re.DOTALL)
# The vendors' SDKs would ask a proxy for 127.0.0.1, whatever NO_PROXY says; the README tells so.
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("FAUXLATE_") and not name.lower().endswith("_proxy")
}


@pytest.fixture(scope="module")
def snippets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The snippets that the command prints before it is ready, by provider; its server runs meanwhile."""
    scenario: Path = tmp_path_factory.mktemp("scenario") / "quick.yaml"
    scenario.write_text(QUICK_SCENARIO, "utf-8")
    command = [sys.executable, "-m", "fauxlate", "serve", "--port", "0", "--scenario", str(scenario)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=ENVIRONMENT) as process:
        timer = threading.Timer(120, process.kill)
        timer.start()
        try:
            assert process.stdout is not None
            lines: list[str] = []
            for line in process.stdout:
                lines.append(line)
                if line.startswith("ready "):
                    break
            assert lines
            assert re.fullmatch(r"ready http://127\.0\.0\.1:\d+\n", lines[-1]), lines
            yield {snippet["provider"]: snippet[0] for snippet in SNIPPET.finditer("".join(lines))}
        finally:
            process.terminate()
            code = process.wait()
            timer.cancel()
    assert code == 0


def run_snippet(command: str) -> str:
    """Run a command as a shell runs what is pasted into it; return its output."""
    process = subprocess.run(
        ["bash", "-c", command],  # noqa: S607
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=60,
        check=False,
        env=ENVIRONMENT,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout.strip()


def test_every_provider_has_a_snippet(snippets: dict[str, str]) -> None:
    assert list(snippets) == list(PACKAGES) == ["alibaba", "huawei", "dingtalk"]
    for provider, package in PACKAGES.items():
        install, start, *_ = snippets[provider].splitlines()
        python = start.removesuffix(" - <<'PY'")  # what is installed is for the Python that runs the snippet
        assert install == f"# {provider}, once: {python} -m pip install {package}"


def test_the_snippet_of_alibaba_prints_the_translated_text(snippets: dict[str, str]) -> None:
    assert run_snippet(snippets["alibaba"]) == "ready hello"


def test_the_snippet_of_huawei_prints_the_translated_document(snippets: dict[str, str]) -> None:
    document = documents.translate(samples.build_document("txt", "zh"), "txt", "zh", "en").decode()
    assert run_snippet(snippets["huawei"]) == f"FINISHED {document}".strip()


def test_the_snippet_of_dingtalk_prints_the_file_with_names_for_ids(snippets: dict[str, str]) -> None:
    data = b"$userName=user001$,$departmentName=1$\n"
    result = workbooks.translate_ids(data, "csv", Directory(0)).decode()
    assert "$" not in result
    assert run_snippet(snippets["dingtalk"]) == f"1 {result}".strip()
