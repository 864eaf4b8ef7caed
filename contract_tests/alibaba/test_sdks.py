"""The official Alibaba SDK, unmodified, of both signature families."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from alibabacloud_alimt20181012 import models
from alibabacloud_alimt20181012.client import Client
from alibabacloud_tea_openapi.models import Config
from PIL import Image

from contract_tests.conftest import advance
from contract_tests.target import Target

pytestmark = pytest.mark.sdk("alibabacloud_alimt20181012 1.5.2 and 1.5.1")

CLIENT = Path(__file__).parent / "clients" / "alimt_text.py"


@pytest.fixture(params=["acs3", "rpc"])
def said(request: pytest.FixtureRequest, emulator: Target) -> dict[str, Any]:
    """What a run of the whole flow by the SDK brought back."""
    python = sys.executable if request.param == "acs3" else request.getfixturevalue("rpc_python")
    ran = subprocess.run(
        [python, str(CLIENT), json.dumps(emulator.environment)], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    told: dict[str, Any] = json.loads(ran.stdout)
    assert told["sdk"] == {"acs3": "1.5.2", "rpc": "1.5.1"}[request.param]
    return told


def test_a_text_job_runs_from_start_to_finish(said: dict[str, Any]) -> None:
    text = said["text"]
    assert text["created"]["Data"]["Status"] == "ready"
    assert set(text["statuses"]) <= {"translating", "ready"}
    assert text["answer"]["Data"] == {
        "Status": "ready",
        "TranslatedText": "hello",
        "WordCount": "2",
        "DetectedLanguage": "zh",
    }
    assert (text["answer"]["Code"], text["answer"]["Message"]) == (200, "ok")
    assert said["async_job_id"]


def test_an_image_batch_runs_from_start_to_finish_and_its_links_lead_to_images(said: dict[str, Any]) -> None:
    image = said["image"]
    statuses = image["statuses"]
    assert statuses == sorted(statuses, key=["created", "running", "finished"].index)
    assert statuses[-1] == "finished"
    results = image["answer"]["Data"]["Result"]
    assert [one["SourceImageUrl"] for one in results] == ["https://example.com/a.jpg", "https://example.com/b.jpg"]
    for one in results:
        assert (one["Code"], one["Message"], one["Success"]) == (200, "OK", True)
        assert json.loads(one["TemplateJson"])
        for link in (one["FinalImageUrl"], one["InPaintingUrl"]):
            with urlopen(link) as answer:
                assert Image.open(io.BytesIO(answer.read())).size > (0, 0)


@pytest.mark.assumed(
    "a printed status of 105 cannot be HTTP; the body takes it, as other operations of alimt were seen to do"
)
def test_an_error_that_the_page_numbers_comes_in_the_body_and_raises_nothing(said: dict[str, Any]) -> None:
    wrong = said["in_body_error"]
    assert (wrong["Code"], wrong["Message"]) == (105, "The specified language pair is not supported.")
    assert "Data" not in wrong


def test_a_missing_parameter_is_the_gateways_error_and_raises(said: dict[str, Any]) -> None:
    assert said["gateway_error"]["code"] == "MissingSourceLanguage"
    assert said["gateway_error"]["status"] == 400


@pytest.mark.documented("seed 004: 翻译完毕后，会保存 1 小时，过期后会被清理")
def test_an_image_result_is_invalid_an_hour_after_its_batch_has_finished(emulator: Target) -> None:
    told = emulator.environment["alibaba"]
    key = {"access_key_id": told["access_key_id"], "access_key_secret": told["access_key_secret"]}
    client = Client(Config(endpoint=told["endpoint"], protocol="http", **key))
    asked = models.TranslateImageBatchRequest(
        image_urls="https://example.com/a.jpg", source_language="zh", target_language="en"
    )
    ask = models.GetTranslateImageBatchResultRequest(task_id=client.translate_image_batch(asked).body.data.task_id)
    seen = []
    for by in ("1s", "59m58s", "2s"):
        advance(emulator, by)
        data = client.get_translate_image_batch_result(ask).body.data
        seen.append((data.status, len(data.result)))
    assert seen == [("finished", 1), ("finished", 1), ("invalid", 0)]
