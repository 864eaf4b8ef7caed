"""Where DingTalk's pages contradict each other or fall silent."""

from fauxlate.engine.tables.evidence import Evidence
from fauxlate.engine.tables.quirks import Choice, Quirk

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
        "dingtalk.unknown_media",
        "When a media id that nobody uploaded is noticed.",
        (
            Choice("param.invalid", "on submission; the only row of seed 001 that fits", Evidence.ASSUMED),
            Choice("failed", "by the job, which fails", Evidence.ASSUMED),
        ),
    ),
    Quirk(
        "dingtalk.unknown_union_id",
        "What a job gets whose unionId is nobody's in the corp.",
        (
            Choice("accepted", "no page says that it is checked", Evidence.ASSUMED),
            Choice("param.invalid", "on submission; the only row of seed 001 that fits", Evidence.ASSUMED),
        ),
    ),
    Quirk(
        "dingtalk.formula_strings",
        'What comes of a workbook whose texts are written as formula strings (`t="str"`), as exceljs\'s stream writer does.',
        (
            Choice("failed", "seed 001: this behaviour is non-standard and causes translation to fail"),
            Choice("untouched", "the Chinese original: the translation is without success", Evidence.ASSUMED),
        ),
    ),
    Quirk(
        "dingtalk.inline_strings",
        'What comes of ids in cells with inline strings (`t="inlineStr"`), as openpyxl writes them.',
        (
            Choice("translated", "seed 001 names shared strings alone; a client's library decides", Evidence.ASSUMED),
            Choice("untouched", "seed 001: force-enable useSharedStrings", Evidence.ASSUMED),
        ),
    ),
    Quirk(
        "dingtalk.callback_when",
        "Which jobs' end is told by a callback.",
        (
            Choice("successful", "seeds 000 and 001: if the file is translated successfully"),
            Choice("ended", "the event's page: the job is completed (任务完成), and the event has a status"),
        ),
    ),
    Quirk(
        "dingtalk.package",
        "When results come packed.",
        (
            Choice("when_named", "outputFileName is the name of the packaged file (seed 001)"),
            Choice("when_several", "outputFileName is required if there is more than one file (seed 001)"),
        ),
    ),
    Quirk(
        "dingtalk.reissued_token",
        "What becomes of a corp token when another is given for the same corp.",
        (
            Choice("both_good", "the page says only that a repeated call gives a new one", Evidence.ASSUMED),
            Choice("old_void", "as the page of suite tickets has it for those", Evidence.ASSUMED),
        ),
    ),
    Quirk(
        "dingtalk.token_path",
        "Whether corpAccessToken answers under the path that its page prints without `/v1.0`.",
        (
            Choice("versioned", "corpAccessToken page (Chinese): its example; alibabacloud_dingtalk 2.2.65"),
            Choice("both", "corpAccessToken page (Chinese): its table has /oauth2/corpAccessToken"),
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
    Quirk(
        "dingtalk.result_login",
        "Who may open the url of a result.",
        (
            Choice("any_user", "seed 000: it must be opened on the user side after OAuth 2.0 authorization"),
            Choice("same_user", "the user of unionId alone, who exports the document", Evidence.ASSUMED),
            Choice("open", "for clients under test that have no user", Evidence.ASSUMED),
        ),
    ),
    Quirk(
        "dingtalk.login",
        "What comes of a login at /oauth2/auth.",
        (
            Choice("approved", "obtain-identity-credentials: back to redirect_uri with authCode and state"),
            Choice(
                "denied", "obtain-identity-credentials: back with error and state; access_denied is OAuth 2.0's word"
            ),
            Choice("other_user", "approved, by somebody else than the user of `fauxlate env`", Evidence.ASSUMED),
            Choice("expired", "approved, but no longer valid when a result is opened", Evidence.ASSUMED),
        ),
    ),
    Quirk(
        "dingtalk.unknown_corp",
        "What {corpId}/token answers for a corp in which the app is not authorised.",
        (
            Choice("unauthorized.client", "api-gettoken: 应用未被授权"),
            Choice("unknownError", "a published log of real calls: HTTP 500 for an invented corpId", Evidence.REPORTED),
        ),
    ),
    Quirk(
        "dingtalk.ip_throttle_page",
        "What a caller gets whose IP is blocked for too many calls.",
        (
            Choice("json", "call-frequency-limit: a body whose status is 1111"),
            Choice("html", "call-frequency-limit: a page of HTML"),
        ),
    ),
)
