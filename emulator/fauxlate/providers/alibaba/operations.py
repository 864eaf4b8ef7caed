"""alimt's operations, one row each: which methods, what is asked, what is answered, and by which page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fauxlate.engine.service.events import Event
from fauxlate.engine.service.provider import Operation
from fauxlate.engine.tables.evidence import Evidence
from fauxlate.engine.tables.parameters import Parameters
from fauxlate.engine.timing.timeline import Lifecycle
from fauxlate.providers.alibaba import account
from fauxlate.providers.alibaba.access.auth import RESULTS, signed, signed_or_bearer
from fauxlate.providers.alibaba.lifecycles import ASYNC_TRANSLATE, DOCUMENT, IMAGE_BATCH
from fauxlate.providers.alibaba.models import account as account_models
from fauxlate.providers.alibaba.models import documents as document_models
from fauxlate.providers.alibaba.models import images as image_models
from fauxlate.providers.alibaba.models import text as text_models
from fauxlate.providers.alibaba.models import titles as title_models
from fauxlate.providers.alibaba.translation import documents, images, text, titles

POST = ("POST",)
GET = ("GET",)
EITHER = ("POST", "GET")
_RETIRING = "该接口已计划下线，不建议继续调用: planned to be taken away."
_VPC = "The SDK has it and no page does; it is taken to do what the operation without Vpc does."
_SDK = "alibabacloud_alimt20181012 1.5.2"


def _row(
    name: str,
    run: Callable[..., Awaitable[Any]],
    parameters: type[Parameters],
    response: type[Any],
    methods: tuple[str, ...] = EITHER,
    *,
    source: str = "",
    bearer: bool = False,
    lifecycle: Lifecycle | None = None,
    creates: bool = False,
    event: Event | None = None,
    names_job: Callable[[Any], str | None] | None = None,
    note: str = "",
    evidence: Evidence = Evidence.DOCUMENTED,
) -> Operation:
    """Return a row of the table; `bearer` says that the metadata let a bearer token call the operation."""
    return Operation(
        name=name,
        action=name,
        methods=methods,
        run=run,
        parameters=parameters,
        response=response,
        family="business",
        authenticate=signed_or_bearer if bearer else signed,
        lifecycle=lifecycle,
        creates_job=creates,
        event=event,
        read_job_id=names_job,
        source=source or f"api-alimt-2018-10-12-{name.lower()}",
        note=note,
        evidence=evidence,
    )


def _task_id(asked: Any) -> str:
    return str(asked.task_id)


_SYNC = text_models.TranslationResponse
_BATCH, _BATCHES = text_models.GetBatchTranslate, text_models.GetBatchTranslateResponse
_DETECT, _DETECTED = text_models.GetDetectLanguage, text_models.GetDetectLanguageResponse

OPERATIONS = (
    _row(
        "CreateAsyncTranslate",
        text.create_async_translate,
        text_models.CreateAsyncTranslate,
        text_models.CreateAsyncTranslateResponse,
        bearer=True,
        lifecycle=ASYNC_TRANSLATE,
        creates=True,
    ),
    _row(
        "GetAsyncTranslate",
        text.get_async_translate,
        text_models.GetAsyncTranslate,
        text_models.GetAsyncTranslateResponse,
        POST,
        source="seed 002",
        lifecycle=ASYNC_TRANSLATE,
        names_job=lambda asked: asked.job_id,
    ),
    _row("TranslateGeneral", text.translate, text_models.TranslateGeneral, _SYNC, bearer=True),
    _row("Translate", text.translate, text_models.Translate, _SYNC, bearer=True),
    _row(
        "TranslateECommerce",
        text.translate,
        text_models.Translate,
        _SYNC,
        bearer=True,
        note="Deprecated in the metadata; Translate is the same.",
    ),
    _row("GetBatchTranslate", text.get_batch_translate, _BATCH, _BATCHES),
    _row("GetDetectLanguage", text.get_detect_language, _DETECT, _DETECTED),
    _row(
        "TranslateSearch",
        text.translate_search,
        text_models.TranslateSearch,
        text_models.TranslateSearchResponse,
        POST,
        note="Its page lists no errors; what is wrong with a parameter is the gateway's to say, which is assumed.",
    ),
    _row(
        "TranslateGeneralVpc",
        text.translate,
        text_models.TranslateGeneral,
        _SYNC,
        POST,
        source=_SDK,
        note=_VPC,
        evidence=Evidence.SDK,
    ),
    _row(
        "GetBatchTranslateByVPC",
        text.get_batch_translate,
        _BATCH,
        _BATCHES,
        POST,
        source=_SDK,
        note=_VPC,
        evidence=Evidence.SDK,
    ),
    _row(
        "GetDetectLanguageVpc",
        text.get_detect_language,
        _DETECT,
        _DETECTED,
        POST,
        source=_SDK,
        note=_VPC,
        evidence=Evidence.SDK,
    ),
    _row(
        "TranslateImage",
        images.translate_image,
        image_models.TranslateImage,
        image_models.TranslateImageResponse,
        POST,
        bearer=True,
    ),
    _row(
        "TranslateImageBatch",
        images.translate_image_batch,
        image_models.TranslateImageBatch,
        image_models.ImageTaskResponse,
        lifecycle=IMAGE_BATCH,
        creates=True,
    ),
    _row(
        "GetTranslateImageBatchResult",
        images.get_translate_image_batch_result,
        image_models.GetTranslateImageBatchResult,
        image_models.GetTranslateImageBatchResultResponse,
        source="seed 004",
        lifecycle=IMAGE_BATCH,
        names_job=_task_id,
    ),
    _row(
        "TranslateCertificate",
        images.translate_certificate,
        image_models.TranslateCertificate,
        image_models.TranslateCertificateResponse,
        POST,
        bearer=True,
        note="No page, and no SDK, shows what is answered for ResultType `image`; it gets the text too.",
    ),
    _row(
        "CreateDocTranslateTask",
        documents.create_doc_translate_task,
        document_models.CreateDocTranslateTask,
        document_models.CreateDocTranslateTaskResponse,
        POST,
        lifecycle=DOCUMENT,
        creates=True,
        event=documents.TASK_ENDED,
    ),
    _row(
        "GetDocTranslateTask",
        documents.get_doc_translate_task,
        document_models.GetDocTranslateTask,
        document_models.GetDocTranslateTaskResponse,
        GET,
        lifecycle=DOCUMENT,
        names_job=_task_id,
    ),
    _row(
        "OpenAlimtService",
        account.open_alimt_service,
        account_models.OpenAlimtService,
        account_models.OpenAlimtServiceResponse,
        bearer=True,
    ),
    _row(
        "GetTranslateReport",
        account.get_translate_report,
        account_models.GetTranslateReport,
        account_models.GetTranslateReportResponse,
    ),
    _row(
        "GetImageTranslate",
        images.get_image_translate,
        image_models.GetImageTranslate,
        image_models.GetImageTranslateResponse,
        note=_RETIRING,
    ),
    _row(
        "CreateImageTranslateTask",
        images.create_image_translate_task,
        image_models.CreateImageTranslateTask,
        image_models.ImageTaskResponse,
        lifecycle=IMAGE_BATCH,
        creates=True,
        note=_RETIRING,
    ),
    _row(
        "GetImageTranslateTask",
        images.get_image_translate_task,
        image_models.GetImageTranslateTask,
        image_models.GetImageTranslateTaskResponse,
        lifecycle=IMAGE_BATCH,
        names_job=_task_id,
        note=f"{_RETIRING} Its states are not documented; those of TranslateImageBatch are assumed.",
    ),
    _row(
        "GetImageDiagnose",
        images.get_image_diagnose,
        image_models.GetImageDiagnose,
        image_models.GetImageDiagnoseResponse,
        note=_RETIRING,
    ),
    _row(
        "GetTitleDiagnose",
        titles.get_title_diagnose,
        title_models.GetTitleDiagnose,
        title_models.GetTitleDiagnoseResponse,
        note=_RETIRING,
    ),
    _row(
        "GetTitleGenerate",
        titles.get_title_generate,
        title_models.GetTitleGenerate,
        title_models.TitlesResponse,
        note=_RETIRING,
    ),
    _row(
        "GetTitleIntelligence",
        titles.get_title_intelligence,
        title_models.GetTitleIntelligence,
        title_models.TitlesResponse,
        note=_RETIRING,
    ),
    Operation(
        name="ImageResult",
        methods=GET,
        path=RESULTS + "{tag}/{task_id}/{index}/{name}",
        run=images.image_result,
        parameters=image_models.ImageResult,
        family="storage",
        lifecycle=IMAGE_BATCH,
        read_job_id=_task_id,
        source="seed 004 documents FinalImageUrl and InPaintingUrl as links; where they lead is ours",
        evidence=Evidence.ASSUMED,
    ),
    Operation(
        name="DocumentResult",
        methods=GET,
        path=RESULTS + "{tag}/{task_id}/{name}",
        run=documents.document_result,
        parameters=document_models.DocumentResult,
        family="storage",
        lifecycle=DOCUMENT,
        read_job_id=_task_id,
        source="TranslateFileUrl is documented as a link that is good for an hour; where it leads is ours",
        evidence=Evidence.ASSUMED,
    ),
)
