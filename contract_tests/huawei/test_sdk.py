"""The official Huawei Cloud SDK, unmodified, and clients that carry an IAM token."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from xml.etree import ElementTree

import docx
import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdknlp.v2 import (
    FileTranslationReq,
    NlpAsyncClient,
    NlpClient,
    RunFileTranslationRequest,
    RunGetFileTranslationResultRequest,
)
from huaweicloudsdknlp.v2.region.nlp_region import NlpRegion

from contract_tests.harness.target import Target
from contract_tests.huawei.sdk import build_client, build_credentials

pytestmark = pytest.mark.sdk("huaweicloudsdkcore 3.1.219, huaweicloudsdknlp 3.1.219")

SOURCE = "https://bucket.obs.cn-north-4.myhuaweicloud.com/reports/year.{}"


def document_request(kind: str = "docx", source: str = "zh", target: str = "en") -> RunFileTranslationRequest:
    body = FileTranslationReq(url=SOURCE.format(kind), _from=source, to=target, type=kind)
    return RunFileTranslationRequest(body=body)


def run_to_end(nlp: Any, job_id: str) -> tuple[list[str], Any]:
    """Poll a job to its end; return the statuses seen and the last answer."""
    statuses: list[str] = []
    while True:
        answer = nlp.run_get_file_translation_result(RunGetFileTranslationResultRequest(job_id=job_id))
        if answer.status not in statuses:
            statuses.append(answer.status)
        if answer.status in ("FINISHED", "ERROR"):
            return statuses, answer
        time.sleep(0.01)


def download(link: str) -> bytes:
    with urlopen(link) as response:
        data: bytes = response.read()
    return data


def test_a_document_runs_from_start_to_finish_and_comes_back_translated(emulator: Target, tmp_path: Any) -> None:
    nlp = build_client(emulator)
    statuses, answer = run_to_end(nlp, nlp.run_file_translation(document_request()).job_id)
    assert statuses == [state for state in ("WAITING", "BGEIN", "FINISHED") if state in statuses]
    assert (answer.error_code, answer.error_msg) == (None, None)
    path = tmp_path / "result.docx"
    path.write_bytes(download(answer.url))
    texts = [paragraph.text for paragraph in docx.Document(str(path)).paragraphs if paragraph.text]
    assert texts
    assert all(text.startswith("[en] ") for text in texts)


@pytest.mark.parametrize("kind", ["txt", "pptx"])
def test_other_documents_come_back_too(emulator: Target, kind: str) -> None:
    nlp = build_client(emulator)
    _, answer = run_to_end(nlp, nlp.run_file_translation(document_request(kind)).job_id)
    data = download(answer.url)
    assert data.startswith(b"PK") if kind == "pptx" else "[en] " in data.decode()


def test_the_asynchronous_client_gets_the_same_answers(emulator: Target) -> None:
    nlp = build_client(emulator, NlpAsyncClient)
    job_id = nlp.run_file_translation_async(document_request()).result().job_id
    request = RunGetFileTranslationResultRequest(job_id=job_id)
    assert nlp.run_get_file_translation_result_async(request).result().status in ("WAITING", "BGEIN", "FINISHED")


def test_a_client_without_a_project_id_finds_it_at_iam(emulator: Target) -> None:
    environment = emulator.environment["huawei"]
    nlp = (
        NlpClient.new_builder()
        .with_credentials(build_credentials(emulator, project=False).with_iam_endpoint(environment["iam_endpoint"]))
        .with_region(Region("cn-north-4", environment["endpoint"]))
        .build()
    )
    assert run_to_end(nlp, nlp.run_file_translation(document_request()).job_id)[0][-1] == "FINISHED"


def test_a_client_is_brought_here_by_environment_variables_alone(
    emulator: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = emulator.environment["huawei"]
    from fauxlate.providers.huawei.environment import EXPORTS

    for variable, name in EXPORTS.items():
        monkeypatch.setenv(variable, environment[name])
    nlp = NlpClient.new_builder().with_region(NlpRegion.value_of("cn-north-4")).build()
    assert run_to_end(nlp, nlp.run_file_translation(document_request()).job_id)[0][-1] == "FINISHED"


@pytest.mark.documented("seed 003: The URL keeps valid for 10 minutes; call the API again to obtain a new one")
def test_the_link_expires_after_ten_minutes_and_asking_again_renews_it(emulator: Target) -> None:
    nlp = build_client(emulator)
    job_id = nlp.run_file_translation(document_request()).job_id
    _, answer = run_to_end(nlp, job_id)
    emulator.advance("9m50s")
    assert download(answer.url)
    emulator.advance("11s")
    with pytest.raises(HTTPError) as refusal:
        download(answer.url)
    assert refusal.value.code == 403
    assert refusal.value.headers["Content-Type"] == "application/xml"
    error = ElementTree.fromstring(refusal.value.read())
    assert (error.findtext("Code"), error.findtext("Message")) == ("AccessDenied", "Request has expired")
    assert error.findtext("RequestId") == refusal.value.headers["x-obs-request-id"]
    assert download(run_to_end(nlp, job_id)[1].url)


def test_a_link_with_another_signature_is_refused(emulator: Target) -> None:
    nlp = build_client(emulator)
    link: str = run_to_end(nlp, nlp.run_file_translation(document_request()).job_id)[1].url
    for wrong_link in (link.replace("Signature=", "Signature=A"), link.replace("Expires=1", "Expires=2")):
        with pytest.raises(HTTPError) as refusal:
            download(wrong_link)
        assert ElementTree.fromstring(refusal.value.read()).findtext("Code") == "SignatureDoesNotMatch"


@pytest.mark.documented("nlp_03_0073: the result is kept for 24 hours")
def test_a_result_is_gone_a_day_after_the_job_has_ended(emulator: Target) -> None:
    nlp = build_client(emulator)
    job_id = nlp.run_file_translation(document_request()).job_id
    run_to_end(nlp, job_id)
    emulator.advance("24h")
    with pytest.raises(ClientRequestException) as refusal:
        run_to_end(nlp, job_id)
    assert (refusal.value.status_code, refusal.value.error_code) == (400, "NLP.6304")


def test_errors_reach_the_sdk_with_code_message_and_request_id(emulator: Target) -> None:
    nlp = build_client(emulator)
    with pytest.raises(ClientRequestException) as refusal:
        nlp.run_file_translation(document_request("pdf"))
    assert (refusal.value.status_code, refusal.value.error_code) == (400, "NLP.6305")
    assert len(refusal.value.request_id) == 32
    with pytest.raises(ClientRequestException) as refusal:
        nlp.run_file_translation(RunFileTranslationRequest())
    assert (refusal.value.status_code, refusal.value.error_code) == (400, "NLP.0304")


@pytest.mark.parametrize("job_id", ["x", "a b/c%d~é", "100%", "{1}"])
def test_any_job_id_is_signed_and_read_alike(emulator: Target, job_id: str) -> None:
    with pytest.raises(ClientRequestException) as refusal:
        build_client(emulator).run_get_file_translation_result(RunGetFileTranslationResultRequest(job_id=job_id))
    assert (refusal.value.status_code, refusal.value.error_code) == (400, "NLP.6304")


def test_a_client_with_an_endpoint_and_no_project_is_told_so(emulator: Target) -> None:
    keys = build_credentials(emulator, project=False)
    nlp = NlpClient.new_builder().with_credentials(keys).with_endpoint(emulator.url).build()
    with pytest.raises(ClientRequestException) as refusal:
        nlp.run_file_translation(document_request())
    assert (refusal.value.status_code, refusal.value.error_code) == (404, "APIG.0101")
    assert "the client has no project id" in refusal.value.error_msg


@pytest.mark.documented("apig-faq-0003")
def test_a_client_with_a_wrong_secret_reads_the_gateways_canonical_request(emulator: Target) -> None:
    environment = emulator.environment["huawei"]
    keys = BasicCredentials(environment["access_key"], "wrong", environment["project_id"])
    nlp = NlpClient.new_builder().with_credentials(keys).with_endpoint(emulator.url).build()
    with pytest.raises(ClientRequestException) as refusal:
        nlp.run_file_translation(document_request())
    assert (refusal.value.status_code, refusal.value.error_code) == (401, "APIG.0301")
    assert f"canonicalRequest:POST|/v1/{environment['project_id']}/machine-translation" in refusal.value.error_msg


def test_a_client_with_temporary_keys_is_let_in(emulator: Target) -> None:
    keys = build_credentials(emulator).with_security_token("temporary")
    nlp = NlpClient.new_builder().with_credentials(keys).with_endpoint(emulator.url).build()
    assert run_to_end(nlp, nlp.run_file_translation(document_request()).job_id)[0][-1] == "FINISHED"


def test_the_sdk_with_a_token_forced_into_it_is_let_in(emulator: Target) -> None:
    nlp = build_client(emulator)
    token = request_iam_token(emulator.environment["huawei"])
    nlp.preset_headers = {"X-Auth-Token": token, "Authorization": "none"}
    assert run_to_end(nlp, nlp.run_file_translation(document_request()).job_id)[0][-1] == "FINISHED"


@pytest.mark.documented("IAM API reference, obtaining a user token by password: 24 hours; seed 003")
def test_a_token_client_gets_a_token_and_uses_it(emulator: Target) -> None:
    environment = emulator.environment["huawei"]
    token = request_iam_token(environment)
    request = Request(
        f"{environment['endpoint']}/v1/{environment['project_id']}/machine-translation/file-translation/jobs",
        json.dumps({"url": SOURCE.format("txt"), "from": "en", "to": "zh", "type": "txt"}).encode(),
        {"X-Auth-Token": token, "Content-Type": "application/json"},
    )
    with urlopen(request) as response:
        assert json.load(response)["job_id"]
    emulator.advance("24h")
    with pytest.raises(HTTPError) as refusal:
        urlopen(request)
    assert refusal.value.code == 401
    assert json.load(refusal.value) == {
        "error_code": "NLP.0101",
        "error_msg": "Authentication failed. Verify the token.",
    }


def request_iam_token(environment: Any, password: str | None = None) -> str:
    user = {
        "domain": {"name": environment["domain"]},
        "name": environment["user"],
        "password": password or environment["password"],
    }
    auth = {
        "identity": {"methods": ["password"], "password": {"user": user}},
        "scope": {"project": {"name": "cn-north-4"}},
    }
    request = Request(
        f"{environment['iam_endpoint']}/v3/auth/tokens?nocatalog=true",
        json.dumps({"auth": auth}).encode(),
        {"Content-Type": "application/json;charset=utf8"},
    )
    with urlopen(request) as response:
        assert response.status == 201
        assert json.load(response)["token"]["project"]["name"] == "cn-north-4"
        return str(response.headers["X-Subject-Token"])


@pytest.mark.documented("IAM API reference, obtaining a user token by password")
def test_a_wrong_password_gets_keystones_error(emulator: Target) -> None:
    with pytest.raises(HTTPError) as refusal:
        request_iam_token(emulator.environment["huawei"], "wrong")
    assert refusal.value.code == 401
    assert json.load(refusal.value) == {
        "error": {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}
    }
