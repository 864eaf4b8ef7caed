"""The operations of alimt on images: one image, editor data, older tasks, certificates."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping

import pytest
from PIL import Image

from contract_tests.alibaba.operations.alimt_sandbox import LANGUAGES, AlimtSandbox

pytestmark = pytest.mark.documented(
    "help.aliyun.com api-alimt-2018-10-12-*: the page of each operation, and its API metadata"
)


def encode_image(size: tuple[int, int], format_name: str = "PNG") -> str:
    data = io.BytesIO()
    Image.new("RGB", size).save(data, format_name)
    return base64.b64encode(data.getvalue()).decode()


@pytest.mark.assumed("no page says what size a translated image has")
@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "BMP", "GIF", "WEBP"])
def test_a_translated_image_has_the_size_of_its_source(format_name: str, sandbox: AlimtSandbox) -> None:
    data = sandbox.call("TranslateImage", **LANGUAGES, ImageBase64=encode_image((123, 45), format_name))["Data"]
    assert data.keys() == {"FinalImageUrl", "InPaintingUrl"}
    for link in data.values():
        assert Image.open(io.BytesIO(sandbox.download(link).content)).size == (123, 45)
    sandbox.advance("1h")
    assert sandbox.download(data["FinalImageUrl"]).status_code == 404


@pytest.mark.parametrize(
    ("form", "code", "status"),
    [
        ({}, "System.ParameterError", 406),
        ({"ImageUrl": "ftp://e.example/a.png"}, "Parameter.ImageUrlError", 406),
        ({"ImageBase64": "!"}, "System.ParameterError", 406),
        ({"ImageBase64": base64.b64encode(b"no image").decode()}, "Parameter.ImageFormatError", 406),
        ({"ImageBase64": encode_image((14, 14))}, "Parameter.ImageSizeError", 406),
        ({"ImageBase64": encode_image((15, 8193))}, "Parameter.ImageSizeError", 406),
        ({"ImageBase64": encode_image((20, 200))}, "Parameter.ImageSizeError", 406),
        ({"ImageBase64": base64.b64encode(bytes(10 * 2**20 + 1)).decode()}, "Parameter.ImageFileSizeError", 406),
        ({"ImageUrl": "https://e.example/a.png", "SourceLanguage": "??"}, "Parameter.SourceLangError", 400),
        ({"ImageUrl": "https://e.example/a.png", "TargetLanguage": "zh"}, "Parameter.TargetLangError", 400),
        ({"ImageUrl": "https://e.example/a.png", "TargetLanguage": ""}, "System.ParameterError", 406),
        ({"ImageUrl": "https://e.example/a.png", "Ext": "["}, "System.ParameterError", 406),
    ],
)
def test_an_image_has_its_limits(form: Mapping[str, str], code: str, status: int, sandbox: AlimtSandbox) -> None:
    answer = sandbox.call("TranslateImage", **{**LANGUAGES, **form})
    assert (answer["status"], answer["Code"]) == (status, code)


@pytest.mark.parametrize("choice", ["true", "false"])
def test_editor_data_comes_where_it_is_asked_for(choice: str, sandbox: AlimtSandbox) -> None:
    ext = json.dumps({"needEditorData": choice})
    single = sandbox.call("TranslateImage", **LANGUAGES, ImageUrl="https://e.example/a.png", Ext=ext)["Data"]
    task_id = sandbox.call("TranslateImageBatch", **LANGUAGES, ImageUrls="https://e.example/a.png", Ext=ext)["Data"][
        "TaskId"
    ]
    sandbox.advance("1m")
    (result,) = sandbox.call("GetTranslateImageBatchResult", TaskId=task_id)["Data"]["Result"]
    assert ("TemplateJson" in single, "TemplateJson" in result) == (choice == "true", choice == "true")


def test_an_older_task_gives_its_images_as_json_in_a_string(sandbox: AlimtSandbox) -> None:
    task_id = sandbox.call("CreateImageTranslateTask", **LANGUAGES, UrlList="https://e.example/a.png,b")["Data"][
        "TaskId"
    ]
    assert sandbox.call("GetImageTranslateTask", TaskId=task_id)["Data"] == {"ImageData": "[]"}
    sandbox.advance("1m")
    images = json.loads(sandbox.call("GetImageTranslateTask", TaskId=task_id)["Data"]["ImageData"])
    assert [(image["errorCode"], image["success"], image["sourceUrl"]) for image in images] == [
        ("200", True, "https://e.example/a.png"),
        ("104", False, "b"),
    ]
    assert sandbox.download(images[0]["url"]).headers["Content-Type"] == "image/png"


@pytest.mark.parametrize("certificate_type", ["idcard", "driving_license"])
def test_a_certificate_is_translated_line_by_line(certificate_type: str, sandbox: AlimtSandbox) -> None:
    answer = sandbox.call(
        "TranslateCertificate", **LANGUAGES, ImageUrl="https://e.example/a.png", CertificateType=certificate_type
    )
    assert answer.keys() == {"RequestId", "Data", "status"}
    first = answer["Data"]["TranslatedValues"][0]
    assert (first["Key"], first["KeyTranslation"]) == ("姓名", "name")


@pytest.mark.sdk("alibabacloud_alimt20181012 1.5.2, models; the operations are being retired")
def test_older_image_operations_answer(sandbox: AlimtSandbox) -> None:
    extra = json.dumps({"have_ocr": "true", "have_psd": "false"})
    data = sandbox.call("GetImageTranslate", **LANGUAGES, Url="https://e.example/a.png", Extra=extra)["Data"]
    assert data.keys() == {"Url", "Orc"}
    assert sandbox.download(data["Url"]).status_code == 200
    assert sandbox.call("GetImageDiagnose", Url="https://e.example/a.png")["Data"] == {"Language": "zh"}
