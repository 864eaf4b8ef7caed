"""The older SDK of Alibaba Cloud, which cannot live beside the newest, is made with the credentials of a sandbox too."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from fauxlate.serving.background import BackgroundServer

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv-rpc" / "bin" / "python"
CALL = """
import json, sys
sys.path.insert(0, sys.argv[1])
from aliyunsdkalimt.request.v20181012.TranslateImageBatchRequest import TranslateImageBatchRequest
from fauxlate.testing.clients import Alibaba

request = TranslateImageBatchRequest()
request.set_method("POST")
request.set_accept_format("JSON")
for name, value in {"ImageUrls": "https://a/b.png", "SourceLanguage": "zh", "TargetLanguage": "en"}.items():
    request.add_body_params(name, value)
print(Alibaba(sys.argv[2], json.loads(sys.argv[3])).acs_client().do_action_with_exception(request).decode())
"""


def test_a_call_by_the_older_sdk_arrives() -> None:
    if not PYTHON.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("`.venv-rpc` is missing, and CI has to have it")
        pytest.skip("`.venv-rpc`, which `make test` sets up, is missing")
    with BackgroundServer() as emulator:
        credentials = json.dumps(emulator.environment["alibaba"])
        result = subprocess.run(
            [str(PYTHON), "-c", CALL, str(ROOT / "emulator"), emulator.url, credentials],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        (job,) = emulator.run(emulator.engine_sandbox().store.jobs())
        assert json.loads(result.stdout)["Data"]["TaskId"] == job.id
