"""Titles of goods: plain answers in the documented shape; these operations are planned to be taken away."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fauxlate.providers.alibaba.models import titles as models
from fauxlate.providers.alibaba.replies import format_code, new_request_id
from fauxlate.providers.alibaba.translation import validation

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_MAX_TITLE_LENGTH = 100
"""The OverLengthLimit of the page's example."""


async def get_title_diagnose(call: Call, parameters: models.GetTitleDiagnose) -> models.GetTitleDiagnoseResponse:
    """Diagnose a title by its words; the scores are those of the page's example."""
    validation.parse_json_object(call, "Extra", parameters.extra)
    words = parameters.title.split()
    duplicate = [word for word, count in Counter(words).items() if count > 1]
    data: models.TitleDiagnosis = {
        "AllUppercaseWords": ",".join(word for word in words if len(word) > 1 and word.isupper()),
        "ContainCoreClasses": "true",
        "DisableWords": "",
        "DuplicateWords": ",".join(duplicate),
        "LanguageQualityScore": "2",
        "NoFirstUppercaseList": ",".join(word for word in words if word[0].islower()),
        "OverLengthLimit": str(_MAX_TITLE_LENGTH),
        "TotalScore": "3",
        "WordCount": str(len(words)),
        "WordSpelledCorrectError": "",
    }
    return {"Code": format_code(call, 200), "Message": "ok", "RequestId": new_request_id(call), "Data": data}


async def get_title_generate(call: Call, parameters: models.GetTitleGenerate) -> models.TitlesResponse:
    """Return the title in title case, followed by the hot words."""
    validation.parse_json_object(call, "Extra", parameters.extra)
    titles = " ".join([parameters.title.title(), *(parameters.hot_words or "").split(",")]).strip()
    return {
        "Code": format_code(call, 200),
        "Message": "ok",
        "RequestId": new_request_id(call),
        "Data": {"Titles": titles},
    }


async def get_title_intelligence(call: Call, parameters: models.GetTitleIntelligence) -> models.TitlesResponse:
    """Return a title made of the keywords."""
    validation.parse_json_object(call, "Extra", parameters.extra)
    words = [word.strip().title() for word in parameters.keywords.split(",") if word.strip()]
    titles = " ".join(["Custom", *words, "for Home Garden"])
    return {
        "Code": format_code(call, 200),
        "Message": "success",
        "RequestId": new_request_id(call),
        "Data": {"Titles": titles},
    }
