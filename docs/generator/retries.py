"""Whether a call that got an error may succeed when it is tried again: read off the error's row, one rule after the other.

No table says it in a column of its own. Where the words of a row say it, that is documented; all else is our reading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from fauxlate.engine.tables.errors import ErrorRow
from fauxlate.engine.tables.evidence import Evidence


class Retry(StrEnum):
    """What a client can do that got an error."""

    LATER = "later"
    """The error is passing: the same call may succeed a while later."""
    RENEWED = "renewed"
    """The call may succeed with a token, a signature, a code or a link that is made anew."""
    NEVER = "no"
    """The error is final: it comes again until the request, the account or its rights are changed."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do, and whether the row's own words say so or we read it so."""

    retry: Retry
    evidence: Evidence


_SAID = re.compile(
    r"(try|retry|request)\b[^.]*\b(again|later)|please retry|reduce your request rate|稍后|重试|再试", re.IGNORECASE
)
_BUSY = re.compile(
    r"\bbusy|throttl|flow control|concurrency limit|too many (requests|calls)|too frequent|time-?d? ?out|overtime|temporary (failure|error)|temporarily|"
    r"繁忙|超时|限流|频率|频繁|并发|暂时|暂不可用",
    re.IGNORECASE,
)
_THROTTLING = re.compile(r"throttling|Qp[sm]Limit|SlowDown|OVER\.LIMIT|serviceBusy|systemBusy", re.IGNORECASE)
_BROKEN = re.compile(
    r"(system|unknown|internal) error|service failed|call the translation service|error occurred while (translating|invoking)|"
    r"系统错误|未知错误|内部错误|服务失败|调用失败",
    re.IGNORECASE,
)
_EXPIRED = re.compile(
    r"(token|code|ticket|credential|signature|link|time ?stamp|date value|request has)\b[^.;]{0,30}\bexpired|"
    r"(token|ticket)\b[^.;]{0,20}\b(invalid|updated)|(invalid|incorrect|expired|wrong) [^.;]{0,20}(token|ticket)\b|"
    r"new token|(verify|check|correct) the token|token\s?(过期|失效|不合法|无效)|"
    r"(过期|失效|不合法|无效)的?\s?(\w*_?token|授权码|ticket)",
    re.IGNORECASE,
)
_SERVER_ERROR, _TOO_MANY, _TIMED_OUT, _NOT_IMPLEMENTED = 500, 429, 408, 501

_READ = {
    "System.UrlDecodingError": Retry.NEVER,  # 500 in one table; the client has encoded wrongly
    "System.LanguageDetectError": Retry.NEVER,  # 500 in one table; the text decides
    "10006": Retry.NEVER,
    "NLP.3204": Retry.NEVER,
    "42001": Retry.RENEWED,  # 超时, a token's
    "40078": Retry.RENEWED,
    "NLP.0104": Retry.LATER,  # 401, but it is the service that cannot reach IAM
}
"""Rows that the rules below would read wrongly."""


def judge(row: ErrorRow) -> Verdict:
    """Return what a client can do that got `row`."""
    words = f"{row.message} {row.meaning} {' '.join(row.texts.values())}"
    if row.code in _READ:
        return Verdict(_READ[row.code], Evidence.ASSUMED)
    if _SAID.search(words):
        return Verdict(Retry.LATER, row.evidence)
    status = row.listed_status or row.status
    if _THROTTLING.search(row.code) or _BUSY.search(f"{words} {row.note}") or status in (_TIMED_OUT, _TOO_MANY):
        return Verdict(Retry.LATER, Evidence.ASSUMED)
    if _EXPIRED.search(f"{row.code} {words} {row.note}"):
        return Verdict(Retry.RENEWED, Evidence.ASSUMED)
    if (status >= _SERVER_ERROR and status != _NOT_IMPLEMENTED) or _BROKEN.search(words):
        return Verdict(Retry.LATER, Evidence.ASSUMED)
    return Verdict(Retry.NEVER, Evidence.ASSUMED)
