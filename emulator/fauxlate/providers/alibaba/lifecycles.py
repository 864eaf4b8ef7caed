"""The states of alimt's jobs, as its pages name them."""

from fauxlate.engine.tables.evidence import Evidence
from fauxlate.engine.tables.lifecycles import Lifecycle, State

_DOCUMENT_FAMILY = (
    "help.aliyun.com document_detail/163814 (document translation: ready, translating, translated, error)"
)

ASYNC_TRANSLATE = Lifecycle(
    name="alibaba.async_translate",
    source="seed 002; " + _DOCUMENT_FAMILY,
    course=(
        State("ready", "1s", "created, waiting", "api-alimt-2018-10-12-createasynctranslate"),
        State("translating", "2s", "being translated", _DOCUMENT_FAMILY, Evidence.ASSUMED),
        State("translated", about="the text is there", source=_DOCUMENT_FAMILY, evidence=Evidence.ASSUMED),
    ),
    failed_state=State("error", about="no text will come", source=_DOCUMENT_FAMILY, evidence=Evidence.ASSUMED),
)

INVALID = State("invalid", about="传入的任务 ID 非法，或者任务的翻译结果已经过期被清理", source="seed 004")
"""The state of a batch that does not exist, or whose result is no longer kept."""
IMAGE_BATCH = Lifecycle(
    name="alibaba.image_batch",
    source="seed 004",
    course=(
        State("created", "1s", "批量翻译任务创建成功，等待运行", "seed 004"),
        State("running", "2s", "批量翻译任务正在运行中", "seed 004"),
        State("finished", about="批量翻译任务运行结束，图片均已翻译完毕", source="seed 004"),
    ),
    expired_state=INVALID,
    retention=3600,  # seed 004: 翻译完毕后，会保存 1 小时
)

DOCUMENT = Lifecycle(
    name="alibaba.document",
    source=_DOCUMENT_FAMILY,
    course=(
        State("ready", "1s", "created, waiting", _DOCUMENT_FAMILY),
        State("translating", "2s", "being translated", _DOCUMENT_FAMILY),
        State("translated", about="the link to the result is there", source=_DOCUMENT_FAMILY),
    ),
    failed_state=State("error", about="TranslateErrorCode tells why", source=_DOCUMENT_FAMILY),
    link_lifetime=3600,  # the same page: TranslateFileUrl is good for 1 hour
)
