"""Titles of goods: plain answers in the documented shape; these operations will be taken away."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fauxlate.providers.alibaba.models import titles as models
from fauxlate.providers.alibaba.replies import code, request_id
from fauxlate.providers.alibaba.translation import checks

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_LONGEST_TITLE = 100
"""The OverLengthLimit of the page's example."""


async def get_title_diagnose(call: Call, asked: models.GetTitleDiagnose) -> models.GetTitleDiagnoseResponse:
    """Count and list what the title itself tells; the scores are those of the page's example."""
    checks.extras(call, "Extra", asked.extra)
    words = asked.title.split()
    duplicate = [word for word, count in Counter(words).items() if count > 1]
    data: models.TitleDiagnosis = {
        "AllUppercaseWords": ",".join(word for word in words if len(word) > 1 and word.isupper()),
        "ContainCoreClasses": "true",
        "DisableWords": "",
        "DuplicateWords": ",".join(duplicate),
        "LanguageQualityScore": "2",
        "NoFirstUppercaseList": ",".join(word for word in words if word[0].islower()),
        "OverLengthLimit": str(_LONGEST_TITLE),
        "TotalScore": "3",
        "WordCount": str(len(words)),
        "WordSpelledCorrectError": "",
    }
    return {"Code": code(call, 200), "Message": "ok", "RequestId": request_id(call), "Data": data}


async def get_title_generate(call: Call, asked: models.GetTitleGenerate) -> models.TitlesResponse:
    """Return the title, its first letters in upper case and the hot words behind it."""
    checks.extras(call, "Extra", asked.extra)
    titles = " ".join([asked.title.title(), *(asked.hot_words or "").split(",")]).strip()
    return {"Code": code(call, 200), "Message": "ok", "RequestId": request_id(call), "Data": {"Titles": titles}}


async def get_title_intelligence(call: Call, asked: models.GetTitleIntelligence) -> models.TitlesResponse:
    """Return a title that is made of the keywords."""
    checks.extras(call, "Extra", asked.extra)
    words = [word.strip().title() for word in asked.keywords.split(",") if word.strip()]
    titles = " ".join(["Custom", *words, "for Home Garden"])
    return {"Code": code(call, 200), "Message": "success", "RequestId": request_id(call), "Data": {"Titles": titles}}
