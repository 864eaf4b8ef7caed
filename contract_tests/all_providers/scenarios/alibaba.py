"""What the scenarios of Alibaba do to its reference clients."""

from __future__ import annotations

from contract_tests.all_providers.scenarios.checks import (
    IMAGES_STEPS,
    TEXT_STEPS,
    Check,
    all_of,
    check_steps,
    images_succeed,
    response_of,
    runs,
    stop_reason,
    text_succeeds,
)
from contract_tests.all_providers.scenarios.reference_client.alibaba import AlibabaImages, AlibabaText
from contract_tests.all_providers.scenarios.sandbox import ScenarioSandbox
from contract_tests.clients.callback_apps import AlibabaApp, serve_app


def each_image_fails(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(AlibabaImages)
    client.submit()
    results = client.poll()["Data"]["Result"]
    assert [(image["Code"], image["Success"], "FinalImageUrl" in image) for image in results] == [
        (106, False, False)
    ] * 2
    check_steps(client, IMAGES_STEPS)


def permission_has_two_spellings(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(AlibabaText)
    assert client.run().outcome == "refused"
    assert [stop_reason(client.query) for _ in range(2)] == ["refused"] * 2
    check_steps(client, "create 200 ready, query 200 109" + ", query 403 System.subNotPermission" * 2)


def five_queries_a_second(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(AlibabaImages)
    client.submit()
    for _ in range(10):
        client.query()
    five = ", query 200 {}" * 5
    check_steps(
        client, f"create 200{five.format(*['created'] * 5)}, query 400 Throttling.User{five.format(*['running'] * 5)}"
    )


def refusal_quotes_the_text(sandbox: ScenarioSandbox) -> None:
    runs(AlibabaText, "refused", "create 400 SignatureDoesNotMatch", jobs=0)(sandbox)
    assert ":" in response_of(sandbox, 0).json["Message"]


def jobs_take_half_an_hour(sandbox: ScenarioSandbox) -> None:
    for kind, running_state, last_state in (
        (AlibabaText, "translating", "ready"),
        (AlibabaImages, "running", "finished"),
    ):
        client = sandbox.client(kind, max_polls=3)
        assert client.run().outcome == "pending"
        sandbox.advance(1793)  # and six seconds of polling
        assert client.query()["Data"]["Status"] == running_state
        sandbox.advance(1)
        client.fetch(client.poll())
        assert f"query 200 {last_state}" in client.record.steps_as_text


def jobs_never_end(sandbox: ScenarioSandbox) -> None:
    for kind, state in ((AlibabaText, "translating"), (AlibabaImages, "running")):
        client = sandbox.client(kind, max_polls=3)
        assert client.run().outcome == "pending"
        sandbox.advance(7 * 86400)
        assert client.query()["Data"]["Status"] == state


def half_the_batch_fails(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(AlibabaImages)
    client.submit()
    first, second = client.poll()["Data"]["Result"]
    assert (first["Success"], first["Code"]) == (True, 200)
    assert first["FinalImageUrl"] == "https://example.com/example.jpg"
    assert (second["Success"], second["Code"], "FinalImageUrl" in second) == (False, 107, False)
    check_steps(client, IMAGES_STEPS)


def batch_is_kept_a_minute(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(AlibabaImages)
    client.submit()
    answer = client.poll()
    client.fetch(answer)
    sandbox.advance(60)
    assert stop_reason(client.poll) == "gone"
    assert stop_reason(lambda: client.fetch(answer)) == "refused"
    check_steps(client, f"{IMAGES_STEPS}, fetch 200, fetch 200, query 200 invalid, fetch 404 NoSuchKey")


def batch_is_created_once(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(AlibabaImages)
    assert client.run().outcome == "done"
    assert client.record.steps_as_text[:2] == ["create reset", "create 200"]
    first = client.record.job_id
    assert [job["id"] for job in sandbox.jobs] == [first]
    sandbox.advance(170 - sum(sandbox.pauses))
    assert client.submit() == first
    sandbox.advance(10)
    assert client.submit() != first
    assert len(sandbox.jobs) == 2


def text_is_created_twice(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(AlibabaText)
    assert client.run().outcome == "in doubt"
    assert len(sandbox.jobs) == 1
    assert client.submit() == sandbox.jobs[1]["id"]
    check_steps(client, "create empty, create 200 ready")


def answers_are_as_reported(sandbox: ScenarioSandbox) -> None:
    all_of(text_succeeds, images_succeed)(sandbox)
    for client in sandbox.clients:
        for step in client.record.steps:
            if step.response is not None and step.call != "fetch":
                assert (step.response.json["Code"], "Message" in step.response.json) == ("200", False)


def document_callbacks_arrive(count: int, between: tuple[float, float] = (3, 3)) -> Check:
    """Return a check that a document task ends, and that its app receives so many callbacks.

    They arrive `between` so many seconds from its creation.
    """

    def check(sandbox: ScenarioSandbox) -> None:
        client = sandbox.client(AlibabaText)
        with serve_app(AlibabaApp()) as app:
            form = {"SourceLanguage": "zh", "TargetLanguage": "en", "FileUrl": "https://e.example/a.txt"}
            task_id = client.send_signed("CreateDocTranslateTask", **form, CallbackUrl=app.url).json["TaskId"]
            sandbox.advance(between[0] - 0.1)
            assert app.event_count() == 0
            sandbox.advance(between[1] - between[0] + 0.2)
            assert [app.next_event()["task_id"] for _ in range(app.event_count())] == [task_id] * count
        assert [job["state"] for job in sandbox.jobs if job["id"] == task_id] == ["translated"]

    return check


CHECKS: dict[str, Check] = {
    "document-callback-lost": document_callbacks_arrive(0),
    "parameter-refused": runs(AlibabaText, "refused", "create 400 10021", jobs=0),
    "error-code-in-http-200": runs(AlibabaText, "refused", "create 200 10004", jobs=0),
    "language-pair-not-supported": all_of(
        runs(AlibabaText, "refused", "create 200 10005"), runs(AlibabaImages, "refused", "create 200 105", jobs=0)
    ),
    "source-language-refused-at-the-result": runs(
        AlibabaText, "refused", "create 200 ready, query 400 Parameter.SourceLangError", jobs=1
    ),
    "language-not-detected": each_image_fails,
    "text-too-long": runs(AlibabaText, "refused", "create 200 10008", jobs=0),
    "image-links-not-decoded": runs(AlibabaImages, "refused", "create 200 103", jobs=0),
    "account-in-arrears": all_of(
        runs(AlibabaText, "refused", "create 400 10013"), runs(AlibabaImages, "refused", "create 200 113", jobs=0)
    ),
    "service-not-activated": all_of(
        runs(AlibabaText, "refused", "create 400 10010"), runs(AlibabaImages, "refused", "create 200 110", jobs=0)
    ),
    "arrears-while-the-job-runs": runs(
        AlibabaText,
        "refused",
        "create 200 ready, query 200 translating, query 400 System.AccountNotActivatedOrInArrears",
    ),
    "sub-account-may-create-but-not-query": permission_has_two_spellings,
    "ram-user-not-authorized": all_of(
        runs(AlibabaText, "refused", "create 403 Forbidden.RAM"),
        runs(AlibabaImages, "refused", "create 403 Forbidden.RAM", jobs=0),
    ),
    "create-throttled-twice": runs(
        AlibabaImages, "done", f"{'create 400 Throttling.User, ' * 2}{IMAGES_STEPS}, fetch 200, fetch 200", jobs=1
    ),
    "status-query-limited-to-five-a-second": five_queries_a_second,
    "busy-twice-then-fine": runs(
        AlibabaImages, "done", f"create 200, {'query 200 102, ' * 2}query 200 finished, fetch 200, fetch 200"
    ),
    "busy-twice-in-long-codes": runs(
        AlibabaImages, "done", f"create 200, {'query 200 10002, ' * 2}query 200 finished, fetch 200, fetch 200"
    ),
    "busy-twice-as-gateway-errors": runs(
        AlibabaImages, "done", f"create 200, {'query 500 System.Error, ' * 2}query 200 finished, fetch 200, fetch 200"
    ),
    "create-times-out": runs(AlibabaText, "in doubt", "create 200 10001", jobs=0),
    "internal-error-then-unavailable-then-fine": runs(
        AlibabaText,
        "done",
        "create 200 ready, query 500 InternalError, query 503 ServiceUnavailable, query 200 ready",
    ),
    "translation-service-down": all_of(
        runs(AlibabaImages, "refused", ", ".join(["create 200 112"] * 4)),
        runs(AlibabaText, "in doubt", "create 500 10012", jobs=0),
    ),
    "access-key-disabled": all_of(
        runs(AlibabaText, "refused", "create 400 InvalidAccessKeyId.Inactive"),
        runs(AlibabaImages, "refused", "create 400 InvalidAccessKeyId.Inactive", jobs=0),
    ),
    "access-key-deleted-while-the-job-runs": runs(
        AlibabaText,
        "refused",
        "create 200 ready, query 200 translating, query 404 InvalidAccessKeyId.NotFound",
    ),
    "signature-refused": refusal_quotes_the_text,
    "clock-skew": all_of(
        runs(AlibabaText, "refused", "create 400 InvalidTimeStamp.Expired"),
        runs(AlibabaImages, "refused", "create 400 InvalidTimeStamp.Expired", jobs=0),
    ),
    "security-token-expires-mid-poll": runs(
        AlibabaImages, "refused", "create 200, query 200 created, query 400 InvalidSecurityToken.Expired"
    ),
    "slow-queue": jobs_take_half_an_hour,
    "never-ending-job": jobs_never_end,
    "text-job-fails": runs(
        AlibabaText,
        "refused",
        "create 200 ready, query 200 translating, query 200 translating" + ", query 500 System.TranslateError" * 4,
    ),
    "text-job-ends-with-status-error": runs(
        AlibabaText, "failed", "create 200 ready, query 200 ready, query 200 error"
    ),
    "half-of-the-batch-fails": half_the_batch_fails,
    "second-image-cannot-be-downloaded": runs(
        AlibabaImages, "refused", f"{IMAGES_STEPS}, fetch 200, fetch 404 NoSuchKey"
    ),
    "batch-result-expires": batch_is_kept_a_minute,
    "batch-result-lost-at-once": runs(AlibabaImages, "gone", IMAGES_STEPS.replace("finished", "invalid")),
    "image-link-expires-before-download": runs(AlibabaImages, "refused", f"{IMAGES_STEPS}, fetch 403 AccessDenied"),
    "batch-answer-lost-and-repeated": batch_is_created_once,
    "text-answer-lost-after-the-job-exists": text_is_created_twice,
    "answers-as-seen-live": answers_are_as_reported,
    "text-status-always-ready": runs(AlibabaText, "done", TEXT_STEPS.replace("translating", "ready")),
    "query-answers-malformed-json": runs(
        AlibabaText, "done", "create 200 ready, query 200 not JSON, query 200 translating, query 200 ready"
    ),
    "image-download-cut-off": runs(AlibabaImages, "done", f"{IMAGES_STEPS}, fetch truncated, fetch 200, fetch 200"),
}
