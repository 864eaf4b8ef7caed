"""Where alimt's documents contradict themselves, or the live service has been seen to differ from them."""

from fauxlate.engine.tables.evidence import Evidence
from fauxlate.engine.tables.quirks import Choice, Quirk

QUIRKS = (
    Quirk(
        "alibaba.code_type",
        "Whether `Code` in a body is a number, as documented, or a string, as the live service sends it.",
        (
            Choice("int", "seeds 002 and 004: Code integer"),
            Choice("str", 'several client authors quote live bodies with "Code":"200"', Evidence.REPORTED),
        ),
    ),
    Quirk(
        "alibaba.error_representation",
        "How rows are sent whose printed `HTTP status code` is 101 to 113, which cannot be an HTTP status.",
        (
            Choice(
                "body_short",
                "seed 004: HTTP 200, Code 104, the printed number; a client of a sibling operation maps it so",
            ),
            Choice("body_long", "HTTP 200, Code 10004: what text operations send live", Evidence.REPORTED),
            Choice("gateway", "HTTP 400 or 500, Code System.ParameterError: as seed 002 prints the same codes"),
        ),
    ),
    Quirk(
        "alibaba.async_status",
        "What Data.Status of GetAsyncTranslate says; seed 002 documents `ready` alone, beside the translated text.",
        (
            Choice("ready_when_done", "seed 002's answer with the text says ready; before it, translating (assumed)"),
            Choice("always_ready", "seed 002: nothing but the documented word; done when TranslatedText is there"),
            Choice("document_family", "document_detail/163814: ready, translating, translated, error"),
        ),
    ),
    Quirk(
        "alibaba.success_message",
        "Whether an answer that went well has a `Message`.",
        (
            Choice("present", "seeds 002 and 004: ok, OK"),
            Choice("absent", "every live answer of a text operation that client authors quote", Evidence.REPORTED),
        ),
    ),
    Quirk(
        "alibaba.sub_account_spelling",
        "How the code for a sub-account without permission is spelled; seed 002 has two rows that differ in it.",
        (
            Choice("as_printed", "seed 002: System.SubNotPermission beside 109, System.subNotPermission beside 403"),
            Choice("upper", "seed 002: System.SubNotPermission"),
            Choice("lower", "seed 002, and the page of TranslateImage: System.subNotPermission"),
        ),
    ),
    Quirk(
        "alibaba.unknown_access_key_status",
        "The HTTP status of InvalidAccessKeyId.NotFound.",
        (
            Choice("404", "seen on the service's own host", Evidence.REPORTED),
            Choice("400", "help.aliyun.com document_detail/434846"),
        ),
    ),
    Quirk(
        "alibaba.unknown_job",
        "What GetAsyncTranslate answers for a JobId that it does not know; its table has no such row.",
        (
            Choice("System.ParameterError", "the nearest row of its own table (seed 002)", Evidence.ASSUMED),
            Choice("10025", "CreateAsyncTranslate's table: The specified task does not exist.", Evidence.ASSUMED),
        ),
    ),
)
