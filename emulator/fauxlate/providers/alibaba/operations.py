"""alimt's operations, one row each: methods, parameters, response, and the page that documents it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fauxlate.engine.service.events import Event
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.tables.evidence import Evidence
from fauxlate.engine.tables.lifecycles import Lifecycle
from fauxlate.engine.tables.parameters import Parameters
from fauxlate.providers.alibaba import account
from fauxlate.providers.alibaba.access.auth import (
    RESULTS_PATH,
    authenticate_signature,
    authenticate_signature_or_bearer,
)
from fauxlate.providers.alibaba.lifecycles import ASYNC_TRANSLATE, DOCUMENT, IMAGE_BATCH
from fauxlate.providers.alibaba.models import account as account_models
from fauxlate.providers.alibaba.models import documents as document_models
from fauxlate.providers.alibaba.models import images as image_models
from fauxlate.providers.alibaba.models import text as text_models
from fauxlate.providers.alibaba.models import titles as title_models
from fauxlate.providers.alibaba.translation import text, titles
from fauxlate.providers.alibaba.translation.documents import operations as documents
from fauxlate.providers.alibaba.translation.documents.callbacks import TASK_END
from fauxlate.providers.alibaba.translation.images import batches, certificates, results, single

POST = ("POST",)
GET = ("GET",)
EITHER = ("POST", "GET")
_RETIREMENT_NOTE = "该接口已计划下线，不建议继续调用: planned to be taken away."
_VPC_NOTE = "The SDK has it and no page does; it is taken to do what the operation without Vpc does."
_SDK_SOURCE = "alibabacloud_alimt20181012 1.5.2"


def _make_row(
    name: str,
    run: Callable[..., Awaitable[Any]],
    parameters: type[Parameters],
    response: type[Any],
    methods: tuple[str, ...] = EITHER,
    *,
    source: str = "",
    accepts_bearer: bool = False,
    lifecycle: Lifecycle | None = None,
    creates_job: bool = False,
    event: Event | None = None,
    read_job_id: Callable[[Any], str | None] | None = None,
    note: str = "",
    evidence: Evidence = Evidence.DOCUMENTED,
) -> Operation:
    """Return a row of the table; `accepts_bearer` says that the metadata let a bearer token call the operation."""
    return Operation(
        name=name,
        action=name,
        methods=methods,
        run=run,
        parameters=parameters,
        response=response,
        family="business",
        authenticate=authenticate_signature_or_bearer if accepts_bearer else authenticate_signature,
        lifecycle=lifecycle,
        creates_job=creates_job,
        event=event,
        read_job_id=read_job_id,
        source=source or f"api-alimt-2018-10-12-{name.lower()}",
        note=note,
        evidence=evidence,
    )


def _read_task_id(parameters: Any) -> str:
    return str(parameters.task_id)


_TRANSLATION_RESPONSE = text_models.TranslationResponse
_BATCH_PARAMETERS, _BATCH_RESPONSE = text_models.GetBatchTranslate, text_models.GetBatchTranslateResponse
_DETECT_PARAMETERS, _DETECT_RESPONSE = text_models.GetDetectLanguage, text_models.GetDetectLanguageResponse

OPERATIONS = (
    _make_row(
        "CreateAsyncTranslate",
        text.create_async_translate,
        text_models.CreateAsyncTranslate,
        text_models.CreateAsyncTranslateResponse,
        accepts_bearer=True,
        lifecycle=ASYNC_TRANSLATE,
        creates_job=True,
    ),
    _make_row(
        "GetAsyncTranslate",
        text.get_async_translate,
        text_models.GetAsyncTranslate,
        text_models.GetAsyncTranslateResponse,
        POST,
        source="seed 002",
        lifecycle=ASYNC_TRANSLATE,
        read_job_id=lambda parameters: parameters.job_id,
    ),
    _make_row(
        "TranslateGeneral", text.translate, text_models.TranslateGeneral, _TRANSLATION_RESPONSE, accepts_bearer=True
    ),
    _make_row("Translate", text.translate, text_models.Translate, _TRANSLATION_RESPONSE, accepts_bearer=True),
    _make_row(
        "TranslateECommerce",
        text.translate,
        text_models.Translate,
        _TRANSLATION_RESPONSE,
        accepts_bearer=True,
        note="Deprecated in the metadata; Translate is the same.",
    ),
    _make_row("GetBatchTranslate", text.get_batch_translate, _BATCH_PARAMETERS, _BATCH_RESPONSE),
    _make_row("GetDetectLanguage", text.get_detect_language, _DETECT_PARAMETERS, _DETECT_RESPONSE),
    _make_row(
        "TranslateSearch",
        text.translate_search,
        text_models.TranslateSearch,
        text_models.TranslateSearchResponse,
        POST,
        note="Its page lists no errors; what is wrong with a parameter is the gateway's to say, which is assumed.",
    ),
    _make_row(
        "TranslateGeneralVpc",
        text.translate,
        text_models.TranslateGeneral,
        _TRANSLATION_RESPONSE,
        POST,
        source=_SDK_SOURCE,
        note=_VPC_NOTE,
        evidence=Evidence.SDK,
    ),
    _make_row(
        "GetBatchTranslateByVPC",
        text.get_batch_translate,
        _BATCH_PARAMETERS,
        _BATCH_RESPONSE,
        POST,
        source=_SDK_SOURCE,
        note=_VPC_NOTE,
        evidence=Evidence.SDK,
    ),
    _make_row(
        "GetDetectLanguageVpc",
        text.get_detect_language,
        _DETECT_PARAMETERS,
        _DETECT_RESPONSE,
        POST,
        source=_SDK_SOURCE,
        note=_VPC_NOTE,
        evidence=Evidence.SDK,
    ),
    _make_row(
        "TranslateImage",
        single.translate_image,
        image_models.TranslateImage,
        image_models.TranslateImageResponse,
        POST,
        accepts_bearer=True,
    ),
    _make_row(
        "TranslateImageBatch",
        batches.translate_image_batch,
        image_models.TranslateImageBatch,
        image_models.ImageTaskResponse,
        lifecycle=IMAGE_BATCH,
        creates_job=True,
    ),
    _make_row(
        "GetTranslateImageBatchResult",
        batches.get_translate_image_batch_result,
        image_models.GetTranslateImageBatchResult,
        image_models.GetTranslateImageBatchResultResponse,
        source="seed 004",
        lifecycle=IMAGE_BATCH,
        read_job_id=_read_task_id,
    ),
    _make_row(
        "TranslateCertificate",
        certificates.translate_certificate,
        image_models.TranslateCertificate,
        image_models.TranslateCertificateResponse,
        POST,
        accepts_bearer=True,
        note="No page, and no SDK, shows what is answered for ResultType `image`; it gets the text too.",
    ),
    _make_row(
        "CreateDocTranslateTask",
        documents.create_doc_translate_task,
        document_models.CreateDocTranslateTask,
        document_models.CreateDocTranslateTaskResponse,
        POST,
        lifecycle=DOCUMENT,
        creates_job=True,
        event=TASK_END,
    ),
    _make_row(
        "GetDocTranslateTask",
        documents.get_doc_translate_task,
        document_models.GetDocTranslateTask,
        document_models.GetDocTranslateTaskResponse,
        GET,
        lifecycle=DOCUMENT,
        read_job_id=_read_task_id,
    ),
    _make_row(
        "OpenAlimtService",
        account.open_alimt_service,
        account_models.OpenAlimtService,
        account_models.OpenAlimtServiceResponse,
        accepts_bearer=True,
    ),
    _make_row(
        "GetTranslateReport",
        account.get_translate_report,
        account_models.GetTranslateReport,
        account_models.GetTranslateReportResponse,
    ),
    _make_row(
        "GetImageTranslate",
        single.get_image_translate,
        image_models.GetImageTranslate,
        image_models.GetImageTranslateResponse,
        note=_RETIREMENT_NOTE,
    ),
    _make_row(
        "CreateImageTranslateTask",
        batches.create_image_translate_task,
        image_models.CreateImageTranslateTask,
        image_models.ImageTaskResponse,
        lifecycle=IMAGE_BATCH,
        creates_job=True,
        note=_RETIREMENT_NOTE,
    ),
    _make_row(
        "GetImageTranslateTask",
        batches.get_image_translate_task,
        image_models.GetImageTranslateTask,
        image_models.GetImageTranslateTaskResponse,
        lifecycle=IMAGE_BATCH,
        read_job_id=_read_task_id,
        note=f"{_RETIREMENT_NOTE} Its states are not documented; those of TranslateImageBatch are assumed.",
    ),
    _make_row(
        "GetImageDiagnose",
        single.get_image_diagnose,
        image_models.GetImageDiagnose,
        image_models.GetImageDiagnoseResponse,
        note=_RETIREMENT_NOTE,
    ),
    _make_row(
        "GetTitleDiagnose",
        titles.get_title_diagnose,
        title_models.GetTitleDiagnose,
        title_models.GetTitleDiagnoseResponse,
        note=_RETIREMENT_NOTE,
    ),
    _make_row(
        "GetTitleGenerate",
        titles.get_title_generate,
        title_models.GetTitleGenerate,
        title_models.TitlesResponse,
        note=_RETIREMENT_NOTE,
    ),
    _make_row(
        "GetTitleIntelligence",
        titles.get_title_intelligence,
        title_models.GetTitleIntelligence,
        title_models.TitlesResponse,
        note=_RETIREMENT_NOTE,
    ),
    Operation(
        name="ImageResult",
        methods=GET,
        path=RESULTS_PATH + "{tag}/{task_id}/{index}/{name}",
        run=results.get_image_result,
        parameters=image_models.ImageResult,
        family="storage",
        lifecycle=IMAGE_BATCH,
        read_job_id=_read_task_id,
        source="seed 004 documents FinalImageUrl and InPaintingUrl as links; where they lead is ours",
        evidence=Evidence.ASSUMED,
    ),
    Operation(
        name="DocumentResult",
        methods=GET,
        path=RESULTS_PATH + "{tag}/{task_id}/{name}",
        run=documents.get_document_result,
        parameters=document_models.DocumentResult,
        family="storage",
        lifecycle=DOCUMENT,
        read_job_id=_read_task_id,
        source="TranslateFileUrl is documented as a link that is good for an hour; where it leads is ours",
        evidence=Evidence.ASSUMED,
    ),
)
