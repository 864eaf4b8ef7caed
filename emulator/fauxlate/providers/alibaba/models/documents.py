"""Documents: a task, its state, and its result."""

from __future__ import annotations

from typing import Literal, NotRequired

from fauxlate.engine.tables.parameters import Parameters, form, path, query, query_or_form
from fauxlate.providers.alibaba.models.envelope import FlatResponse


class CreateDocTranslateTask(Parameters):
    """Called by POST alone. FileUrl names a host by its domain and has no spaces."""

    source_language: str = form("SourceLanguage", min_length=1)
    target_language: str = form("TargetLanguage", min_length=1)
    file_url: str = form("FileUrl", min_length=1)
    scene: Literal["general", "title", "description", "message", "medical", "social", "tech"] = form("Scene", "general")
    callback_url: str | None = form("CallbackUrl", None)
    client_token: str | None = form("ClientToken", None)


class GetDocTranslateTask(Parameters):
    """Called by GET alone."""

    task_id: str = query_or_form("TaskId", min_length=1)


class DocumentResult(Parameters):
    """The link to a translated document: `/alimt-results/{tag}/{task_id}/{name}`, signed, good for an hour."""

    task_id: str = path("task_id")
    name: str = path("name")
    expires: str | None = query("Expires", None)
    signature: str | None = query("Signature", None)


class CreateDocTranslateTaskResponse(FlatResponse):
    """Response of CreateDocTranslateTask."""

    TaskId: str
    Status: str


class GetDocTranslateTaskResponse(FlatResponse):
    """Response of GetDocTranslateTask: pages and link once it is translated, code and message where it failed."""

    TaskId: str
    Status: str
    PageCount: NotRequired[int]
    TranslateFileUrl: NotRequired[str]
    TranslateErrorCode: NotRequired[str]
    TranslateErrorMessage: NotRequired[str]
