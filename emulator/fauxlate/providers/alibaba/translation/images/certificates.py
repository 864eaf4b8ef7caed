"""Certificates: identity cards and driving licenses, translated line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fauxlate.content import pseudo
from fauxlate.providers.alibaba.models import images as models
from fauxlate.providers.alibaba.replies import new_request_id
from fauxlate.providers.alibaba.translation import validation

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_CERTIFICATES = {
    "idcard": (("姓名", "name", "庄严", "Solemn"), ("性别", "sex", "男", "male"), ("民族", "ethnicity", "汉", "Han")),
    "driving_license": (
        ("姓名", "name", "黄佳", "Huang Jia"),
        ("有效起始日期", "effective start date", "2019-07-05", "2019-07-05"),
        ("证号", "certificate number", "331021190", "331021190"),
        ("出生日期", "date of birth", "1999-11-04", "1999-11-04"),
    ),
}
"""The lines of a certificate (title, title in English, value, value in English), since no link is fetched: those of the
page's examples, and two more for the first."""


async def translate_certificate(
    call: Call, parameters: models.TranslateCertificate
) -> models.TranslateCertificateResponse:
    """Translate a certificate, line by line; with ResultType `image` too, as the SDK knows no other answer."""
    validation.check_languages(call, parameters.source_language, parameters.target_language)
    validation.check_link(call, "ImageUrl", parameters.image_url)
    languages = (parameters.source_language, parameters.target_language)
    is_english = parameters.target_language == "en"
    values: list[models.CertificateValue] = [
        {
            "Key": key,
            "KeyTranslation": key_in_english if is_english else pseudo.translate(key, *languages),
            "Value": value,
            "ValueTranslation": value_in_english if is_english else pseudo.translate(value, *languages),
        }
        for key, key_in_english, value, value_in_english in _CERTIFICATES[parameters.certificate_type]
    ]
    return {"RequestId": new_request_id(call), "Data": {"TranslatedValues": values}}
