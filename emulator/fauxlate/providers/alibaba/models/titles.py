"""Titles of goods; all of these operations are planned to be taken away."""

from __future__ import annotations

from typing import Literal, TypedDict

from fauxlate.engine.tables.parameters import Parameters, form
from fauxlate.providers.alibaba.models.envelope import Envelope


class GetTitleDiagnose(Parameters):
    """CategoryId is 0 where there is none."""

    title: str = form("Title", min_length=1)
    language: str = form("Language", min_length=1)
    platform: Literal["ae", "icbu", "lazada"] = form("Platform")
    category_id: str = form("CategoryId", min_length=1)
    extra: str | None = form("Extra", None)


class GetTitleGenerate(Parameters):
    """CategoryId is 0 where there is none."""

    title: str = form("Title", min_length=1)
    language: str = form("Language", min_length=1)
    platform: Literal["ae", "icbu"] = form("Platform")
    category_id: str = form("CategoryId", min_length=1)
    hot_words: str | None = form("HotWords", None)
    attributes: str | None = form("Attributes", None)
    extra: str | None = form("Extra", None)


class GetTitleIntelligence(Parameters):
    """The categories are numbers, 0 where there is none; Keywords are separated by commas."""

    platform: Literal["ae", "icbu", "lazada"] = form("Platform")
    cat_level_two_id: str = form("CatLevelTwoId", pattern=r"^\d{1,18}$")
    cat_level_three_id: str = form("CatLevelThreeId", pattern=r"^\d{1,18}$")
    keywords: str = form("Keywords", "")
    extra: str | None = form("Extra", None)


class TitleDiagnosis(TypedDict):
    """`Data` of GetTitleDiagnose, all of it strings."""

    AllUppercaseWords: str
    ContainCoreClasses: str
    DisableWords: str
    DuplicateWords: str
    LanguageQualityScore: str
    NoFirstUppercaseList: str
    OverLengthLimit: str
    TotalScore: str
    WordCount: str
    WordSpelledCorrectError: str


class GetTitleDiagnoseResponse(Envelope):
    """Response of GetTitleDiagnose."""

    Data: TitleDiagnosis


class Titles(TypedDict):
    """`Data` of GetTitleGenerate and GetTitleIntelligence."""

    Titles: str


class TitlesResponse(Envelope):
    """Response of GetTitleGenerate and GetTitleIntelligence."""

    Data: Titles
