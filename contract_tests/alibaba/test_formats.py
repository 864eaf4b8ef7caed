"""The format of alimt's answers: XML unless JSON is asked for."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from contract_tests.alibaba.signed_sandbox import SignedSandbox

pytestmark = pytest.mark.documented(
    "alibabacloud.com, V3 request structure and signature; RPC signature; common errors of the gateway"
)


@pytest.mark.parametrize("format_name", ["XML", None])
def test_rpc_answers_are_xml_unless_json_is_asked_for(format_name: str | None, sandbox: SignedSandbox) -> None:
    response = sandbox.call_rpc(before={"Format": format_name})
    assert response.headers["Content-Type"] == "application/xml;charset=utf-8"
    element = ElementTree.fromstring(response.content)
    assert (element.tag, element.findtext("DetectedLanguage")) == ("GetDetectLanguageResponse", "zh")
    refusal = sandbox.call_rpc(before={"Format": format_name}, secret="wrong")
    element = ElementTree.fromstring(refusal.content)
    assert (refusal.status_code, element.tag, element.findtext("Code")) == (400, "Error", "SignatureDoesNotMatch")
    assert [child.tag for child in element] == ["RequestId", "Message", "Recommend", "HostId", "Code"]


@pytest.mark.assumed("no page shows an error of alimt in XML")
def test_an_error_in_the_body_is_xml_too(sandbox: SignedSandbox) -> None:
    form = {"SourceText": "x" * 5001}
    element = ElementTree.fromstring(sandbox.call_rpc(before={"Format": "xml"}, form=form).content)
    assert (element.tag, element.findtext("Code")) == ("GetDetectLanguageResponse", "10008")


def test_another_format_is_refused(sandbox: SignedSandbox) -> None:
    element = ElementTree.fromstring(sandbox.call_rpc(before={"Format": "YAML"}).content)
    assert element.findtext("Code") == "InvalidParameter.Format"


@pytest.mark.assumed("no page shows a list of alimt in XML")
def test_lists_in_xml_are_one_element_an_item_and_letters_that_xml_has_not_are_replaced(sandbox: SignedSandbox) -> None:
    sandbox.call_sandbox(
        "PUT", "scenario", json={"lifecycles": {"alibaba.image_batch": {"created": "0s", "running": "0s"}}}
    )
    form = {
        "ImageUrls": "https://e.example/<a>\u0001,https://e.example/b",
        "SourceLanguage": "zh",
        "TargetLanguage": "en",
    }
    creation = sandbox.call_rpc(before={"Format": None, "Action": "TranslateImageBatch"}, form=form)
    task_id = ElementTree.fromstring(creation.content).findtext("Data/TaskId") or ""
    action: dict[str, str | None] = {"Format": None, "Action": "GetTranslateImageBatchResult"}
    element = ElementTree.fromstring(sandbox.call_rpc(before=action, form={"TaskId": task_id}).content)
    urls = [item.findtext("SourceImageUrl") for item in element.findall("Data/Result")]
    assert urls == ["https://e.example/<a>\ufffd", "https://e.example/b"]
    assert [item.findtext("Success") for item in element.findall("Data/Result")] == ["true", "true"]
