"""The official Alibaba SDK, unmodified: the release that signs ACS3, and the one that signs in RPC style."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import Any
from urllib.request import urlopen

import pytest
from alibabacloud_alimt20181012 import models
from alibabacloud_alimt20181012.client import Client
from alibabacloud_tea_openapi.models import Config
from PIL import Image

from contract_tests.harness.machine import CLIENTS
from contract_tests.harness.target import Target

pytestmark = pytest.mark.sdk("alibabacloud_alimt20181012 1.5.2 and 1.5.1")

SCRIPT = CLIENTS / "alibaba" / "jobs.py"


@pytest.fixture(params=["acs3", "rpc"])
def results(request: pytest.FixtureRequest, emulator: Target) -> dict[str, Any]:
    """What the SDK returns in a run of the whole flow."""
    python = sys.executable if request.param == "acs3" else request.getfixturevalue("rpc_python")
    process = subprocess.run(
        [python, str(SCRIPT), json.dumps(emulator.environment)], capture_output=True, text=True, timeout=60, check=False
    )
    assert process.returncode == 0, process.stderr
    results: dict[str, Any] = json.loads(process.stdout)
    assert results["sdk"] == {"acs3": "1.5.2", "rpc": "1.5.1"}[request.param]
    return results


def test_a_text_job_runs_from_start_to_finish(results: dict[str, Any]) -> None:
    text = results["text"]
    assert text["created"]["Data"]["Status"] == "ready"
    assert set(text["statuses"]) <= {"translating", "ready"}
    assert text["answer"]["Data"] == {
        "Status": "ready",
        "TranslatedText": "hello",
        "WordCount": "2",
        "DetectedLanguage": "zh",
    }
    assert (text["answer"]["Code"], text["answer"]["Message"]) == (200, "ok")
    assert results["async_job_id"]


def test_an_image_batch_runs_from_start_to_finish_and_its_links_lead_to_images(results: dict[str, Any]) -> None:
    image = results["image"]
    statuses = image["statuses"]
    assert statuses == sorted(statuses, key=["created", "running", "finished"].index)
    assert statuses[-1] == "finished"
    images = image["answer"]["Data"]["Result"]
    assert [result["SourceImageUrl"] for result in images] == ["https://example.com/a.jpg", "https://example.com/b.jpg"]
    for result in images:
        assert (result["Code"], result["Message"], result["Success"]) == (200, "OK", True)
        assert json.loads(result["TemplateJson"])
        for link in (result["FinalImageUrl"], result["InPaintingUrl"]):
            with urlopen(link) as response:
                assert Image.open(io.BytesIO(response.read())).size > (0, 0)


@pytest.mark.assumed(
    "a printed status of 105 cannot be HTTP; the body takes it, as other operations of alimt were seen to do"
)
def test_an_error_that_the_page_numbers_comes_in_the_body_and_raises_nothing(results: dict[str, Any]) -> None:
    error = results["in_body_error"]
    assert (error["Code"], error["Message"]) == (105, "The specified language pair is not supported.")
    assert "Data" not in error


def test_a_missing_parameter_is_the_gateways_error_and_raises(results: dict[str, Any]) -> None:
    assert results["gateway_error"]["code"] == "MissingSourceLanguage"
    assert results["gateway_error"]["status"] == 400


@pytest.mark.documented("seed 004: 翻译完毕后，会保存 1 小时，过期后会被清理")
def test_an_image_result_is_invalid_an_hour_after_its_batch_has_finished(emulator: Target) -> None:
    credentials = emulator.environment["alibaba"]
    keys = {"access_key_id": credentials["access_key_id"], "access_key_secret": credentials["access_key_secret"]}
    client = Client(Config(endpoint=credentials["endpoint"], protocol="http", **keys))
    batch = models.TranslateImageBatchRequest(
        image_urls="https://example.com/a.jpg", source_language="zh", target_language="en"
    )
    query = models.GetTranslateImageBatchResultRequest(task_id=client.translate_image_batch(batch).body.data.task_id)
    statuses = []
    for duration in ("1s", "59m58s", "2s"):
        emulator.advance(duration)
        data = client.get_translate_image_batch_result(query).body.data
        statuses.append((data.status, len(data.result)))
    assert statuses == [("finished", 1), ("finished", 1), ("invalid", 0)]
