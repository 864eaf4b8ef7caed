"""The official SDKs and asynchronous clients, with the credentials of a sandbox."""

from __future__ import annotations

import sys

import pytest
from tests.testing.conftest import RunPytest


def test_the_sdks_come_with_the_credentials_of_the_test(run_pytest: RunPytest) -> None:
    result = run_pytest(
        """
import asyncio
from alibabacloud_alimt20181012.models import GetDetectLanguageRequest
from alibabacloud_dingtalk.contact_1_0 import models as contact
from alibabacloud_dingtalk.oauth2_1_0.models import GetAccessTokenRequest
from alibabacloud_tea_util.models import RuntimeOptions
from huaweicloudsdknlp.v2 import (FileTranslationReq, RunFileTranslationRequest, RunGetFileTranslationResultRequest)

ASK = RunFileTranslationRequest(
    FileTranslationReq(url="https://b.obs.cn-north-4.myhuaweicloud.com/a.txt", _from="zh", to="en", type="txt"))

def test_alibaba(fauxlate):
    client = fauxlate.alibaba.client(read_timeout=5000)
    assert client.get_detect_language(GetDetectLanguageRequest(source_text="hello")).body.detected_language == "en"

async def test_alibaba_asynchronously(fauxlate):
    answer = await fauxlate.alibaba.client().get_detect_language_async(GetDetectLanguageRequest(source_text="hello"))
    assert answer.body.detected_language == "en"

def test_huawei(fauxlate):
    job = fauxlate.huawei.client(timeout=5).run_file_translation(ASK).job_id
    assert fauxlate.jobs[0].id == job

def test_huawei_asynchronously(fauxlate):
    job = fauxlate.huawei.async_client().run_file_translation_async(ASK).result().job_id
    assert fauxlate.jobs[0].id == job

def test_obs(fauxlate):
    client = fauxlate.huawei.obs_client()
    assert client.createBucket("mine").status == 200
    client.close()

def test_dingtalk(fauxlate):
    access = fauxlate.dingtalk
    request = GetAccessTokenRequest(app_key=access.app_key, app_secret=access["app_secret"])
    assert access.oauth2_client().get_access_token(request).body.access_token
    token = access.token()
    media = access.upload("staff.csv", b"$userName=user001$\\n", token)
    headers = contact.TranslateFileHeaders(x_acs_dingtalk_access_token=token)
    request = contact.TranslateFileRequest(medias={media: "staff.csv"}, union_id=access.union_id)
    job = access.client().translate_file_with_options(request, headers, RuntimeOptions()).body.job_id
    assert fauxlate.jobs[0].id == job
"""
    )
    result.assert_outcomes(passed=6)


def test_a_missing_sdk_and_a_missing_key_are_named(monkeypatch: pytest.MonkeyPatch, run_pytest: RunPytest) -> None:
    monkeypatch.setitem(sys.modules, "huaweicloudsdknlp.v2", None)
    result = run_pytest(
        """
import pytest

def test_it(fauxlate):
    with pytest.raises(ImportError, match="`pip install huaweicloudsdknlp` has it"):
        fauxlate.huawei.client()
    with pytest.raises(AttributeError, match="there is no `app_key`; there are base_url, endpoint"):
        fauxlate.huawei.app_key
    assert sorted(fauxlate.alibaba) == ["access_key_id", "access_key_secret", "bearer_token", "endpoint"]
    assert len(fauxlate.alibaba) == 4 and "secret" not in repr(fauxlate.alibaba).replace("access_key_secret", "")
"""
    )
    result.assert_outcomes(passed=1)


def test_asynchronous_tests_share_their_loop_with_nobody(run_pytest: RunPytest) -> None:
    result = run_pytest(
        """
import aiohttp, asyncio, pytest
from aiohttp import web

async def test_own_session(fauxlate):
    async with aiohttp.ClientSession() as session, session.get(f"{fauxlate.url}/__fauxlate/health") as answer:
        assert answer.status == 200

async def test_beside_an_application_of_pytest_aiohttp(fauxlate, aiohttp_client):
    async def proxy(request):
        async with aiohttp.ClientSession() as session, session.get(f"{fauxlate.url}/__fauxlate/health") as answer:
            return web.json_response(await answer.json())
    application = web.Application()
    application.router.add_get("/", proxy)
    client = await aiohttp_client(application)
    assert (await (await client.get("/")).json())["status"] == "ok"
    await fauxlate.clock.asleep(600)
"""
    )
    result.assert_outcomes(passed=2)
