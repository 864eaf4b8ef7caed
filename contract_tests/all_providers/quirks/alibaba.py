"""What the quirks of Alibaba do."""

from __future__ import annotations

from contract_tests.all_providers.quirks.sandbox import Check, QuirkSandbox


async def code_type(sandbox: QuirkSandbox, choice: str) -> None:
    _, body = await sandbox.call_alimt("GetTranslateImageBatchResult", TaskId="x")
    assert body["Code"] == {"int": 200, "str": "200"}[choice]


async def error_representation(sandbox: QuirkSandbox, choice: str) -> None:
    status, body = await sandbox.call_alimt(
        "TranslateImageBatch", ImageUrls="x", SourceLanguage="e", TargetLanguage="en"
    )
    expected = {"body_short": (200, 105), "body_long": (200, 10005), "gateway": (400, "System.LanguageNotSupported")}
    assert (status, body["Code"]) == expected[choice]


async def async_status(sandbox: QuirkSandbox, choice: str) -> None:
    job_id = await sandbox.create_text_job()
    statuses = []
    for duration in ("0s", "1500ms", "3s"):
        await sandbox.advance(duration)
        data = (await sandbox.call_alimt("GetAsyncTranslate", JobId=job_id))[1]["Data"]
        statuses.append(data["Status"])
    assert data["TranslatedText"] == "hello"
    assert (
        statuses
        == {
            "ready_when_done": ["translating", "translating", "ready"],
            "always_ready": ["ready", "ready", "ready"],
            "document_family": ["ready", "translating", "translated"],
        }[choice]
    )


async def success_message(sandbox: QuirkSandbox, choice: str) -> None:
    _, body = await sandbox.call_alimt("GetTranslateImageBatchResult", TaskId="x")
    assert body.get("Message") == {"present": "OK", "absent": None}[choice]


async def sub_account_spelling(sandbox: QuirkSandbox, choice: str) -> None:
    codes = []
    for code in ("System.SubNotPermission", "System.subNotPermission"):
        quirks = {"alibaba.sub_account_spelling": choice, "alibaba.error_representation": "gateway"}
        await sandbox.follow_rule(quirks, {"on": "alibaba.GetAsyncTranslate", "then": {"fail": code}})
        codes.append((await sandbox.call_alimt("GetAsyncTranslate", JobId="x"))[1]["Code"])
    upper, lower = "System.SubNotPermission", "System.subNotPermission"
    assert codes == {"as_printed": [upper, lower], "upper": [upper, upper], "lower": [lower, lower]}[choice]


async def unknown_access_key_status(sandbox: QuirkSandbox, choice: str) -> None:
    rule = {"on": "alibaba.GetAsyncTranslate", "then": {"fail": "InvalidAccessKeyId.NotFound"}}
    await sandbox.follow_rule({"alibaba.unknown_access_key_status": choice}, rule)
    assert (await sandbox.call_alimt("GetAsyncTranslate", JobId="x"))[0] == int(choice)


async def unknown_job(sandbox: QuirkSandbox, choice: str) -> None:
    assert (await sandbox.call_alimt("GetAsyncTranslate", JobId="x"))[1]["Code"] == choice


CHECKS: dict[str, Check] = {
    "alibaba.code_type": code_type,
    "alibaba.error_representation": error_representation,
    "alibaba.async_status": async_status,
    "alibaba.success_message": success_message,
    "alibaba.sub_account_spelling": sub_account_spelling,
    "alibaba.unknown_access_key_status": unknown_access_key_status,
    "alibaba.unknown_job": unknown_job,
}
