"""Where DingTalk's pages contradict each other or fall silent."""

from emulator.engine.evidence import Evidence
from emulator.engine.quirks import Choice, Quirk

QUIRKS = (
    Quirk(
        "dingtalk.busy_text",
        "The text of system.busy.",
        (
            Choice("page", "`System busy` in seed 001, `The system is busy.` in seed 000"),
            Choice("chinese", "the Chinese originals of both pages: 系统繁忙"),
        ),
    ),
    Quirk(
        "dingtalk.language",
        "The language of error texts that have been seen in both.",
        (
            Choice("chinese", "published logs of real calls", Evidence.REPORTED),
            Choice("english", "English error table; an English-locale caller", Evidence.REPORTED),
        ),
    ),
    Quirk(
        "dingtalk.unknown_job",
        "What the query answers for a jobId that it does not know, or that is another tenant's.",
        (
            Choice("param.invalid", "the page's own table has no other row that fits", Evidence.ASSUMED),
            Choice("failed", "status 2: the job processing failed", Evidence.ASSUMED),
        ),
    ),
    Quirk(
        "dingtalk.internal_app_token",
        "Whether the token of an internal app (accessToken) is accepted where the pages want a third-party one.",
        (
            Choice("accepted", "which refusal the service would send is not known", Evidence.ASSUMED),
            Choice("refused", "seeds 000 and 001: supported app type: third-party enterprise app"),
        ),
    ),
)
