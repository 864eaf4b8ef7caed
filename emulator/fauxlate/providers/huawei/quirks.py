"""Where Huawei's documents contradict themselves or each other."""

from fauxlate.engine.tables.evidence import Evidence
from fauxlate.engine.tables.quirks import Choice, Quirk

QUIRKS = (
    Quirk(
        "huawei.started_status",
        "How the status of a job that has started is spelled.",
        (Choice("BGEIN", "seed 003 (English page)"), Choice("BEGIN", "nlp_03_0074 (current Chinese page)")),
    ),
    Quirk(
        "huawei.failed_job",
        "How the query tells that a job has failed; no page shows one.",
        (
            Choice("error_status", "HTTP 200 with status ERROR beside error_code and error_msg: seed 003's field list"),
            Choice("query_error", "nlp_03_0021: the table prints an HTTP status, so the query itself fails with it"),
            Choice(
                "creation_error",
                "there is no job then: the error table prints HTTP statuses and names no operation",
                Evidence.ASSUMED,
            ),
        ),
    ),
    Quirk(
        "huawei.bad_token",
        "What a token that is unknown or expired gets.",
        (
            Choice("NLP.0101", "seed 003's failed example"),
            Choice("APIG.0301", "API gateway FAQ: Incorrect IAM authentication information: decrypt token fail"),
            Choice("ModelArts.0203", "nlp_03_0021: 403 Invalid token."),
            Choice("APIG.0307", "API gateway error codes: 401 The token must be updated.; IAM: an expired token"),
        ),
    ),
    Quirk(
        "huawei.missing_authentication",
        "What a call without token and signature gets.",
        (
            Choice("APIG.0301", "API gateway error codes: 401, wrong authentication information", Evidence.ASSUMED),
            Choice("NLP.0102", "nlp_03_0021: authentication info missing!"),
        ),
    ),
    Quirk(
        "huawei.other_project",
        "What a token gets whose scope is not the project in the path.",
        (
            Choice("APIG.0310", "API gateway error codes: 403 The project is unavailable.", Evidence.ASSUMED),
            Choice("NLP.0101", "nlp_03_0021: wrong token; the token has to be the project's", Evidence.ASSUMED),
            Choice("accepted", "no page says what happens", Evidence.ASSUMED),
        ),
    ),
    Quirk(
        "huawei.key_lock",
        "Whether an AK that has failed five times in a row is locked for five minutes.",
        (
            Choice("never", "ours: a test that provokes refusals would lock out the ones after it", Evidence.ASSUMED),
            Choice("five_failures", "signing guide: AK access failed to reach the limit,forbidden"),
        ),
    ),
    Quirk(
        "huawei.longest_text",
        "How many characters a text to translate, or to detect the language of, has at most.",
        (
            Choice("2000", "nlp_03_0024 (2025-07); huaweicloudsdknlp 3.1.219"),
            Choice("5000", "an older model of huaweicloud-sdk-go-v3", Evidence.SDK),
            Choice("1000", "the constraints page, as a search results page quotes it", Evidence.REPORTED),
        ),
    ),
    Quirk(
        "huawei.sample_path",
        "Whether the status query answers under the path of its page's sample request, which lacks `/jobs`.",
        (
            Choice("refused", "seed 003's URI and every SDK have /jobs/{job_id}"),
            Choice("accepted", "seed 003's example request"),
        ),
    ),
    Quirk(
        "huawei.wrong_method",
        "What a wrong HTTP method gets.",
        (
            Choice("NLP.0303", "nlp_03_0021: request method not support"),
            Choice("APIG.0101", "API gateway error codes: The API does not exist."),
        ),
    ),
    Quirk(
        "huawei.link_renewal",
        "What a query gives within the ten minutes of a link that an earlier one gave.",
        (
            Choice("fresh", "seed 003: call the API again to obtain a new URL", Evidence.ASSUMED),
            Choice("same", "seed 003: after the URL expires, call the API again", Evidence.ASSUMED),
        ),
    ),
    Quirk(
        "huawei.link_check_order",
        "What a link gets that has expired and is wrongly signed too.",
        (
            Choice("expiry_first", "the order that a sibling of the storage service documents", Evidence.ASSUMED),
            Choice("signature_first", "Object Storage API says nothing of an order", Evidence.ASSUMED),
        ),
    ),
    Quirk(
        "huawei.gateway_prefix",
        "The prefix of the gateway's error codes.",
        (Choice("APIG", "dedicated gateway, error codes"), Choice("APIGW", "shared gateway, signing guide")),
    ),
    Quirk(
        "huawei.authentication_failed_text",
        "The text of NLP.0101.",
        (
            Choice("failure_sample", "seed 003"),
            Choice("error_table", "nlp_03_0021 (Chinese)"),
            Choice("english_table", "nlp_03_0021 (English)"),
        ),
    ),
    Quirk(
        "huawei.task_not_found_text",
        "The text of NLP.6304, an unknown or expired job.",
        (Choice("error_table", "nlp_03_0021"), Choice("prose", "nlp_03_0073: task id is not found")),
    ),
)
