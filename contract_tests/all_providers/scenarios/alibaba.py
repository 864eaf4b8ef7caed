"""What the scenarios of Alibaba do."""

from __future__ import annotations

from contract_tests.clients.called_back import Plain, listening
from contract_tests.reference_client import AlibabaImages, AlibabaText
from contract_tests.scenario_checks.world import (
    IMAGES,
    TEXT,
    Check,
    World,
    all_of,
    images_well,
    runs,
    stopped,
    tells,
    text_well,
)


def each_image_fails(world: World) -> None:
    client = world.client(AlibabaImages)
    client.submit()
    results = client.poll()["Data"]["Result"]
    assert [(one["Code"], one["Success"], "FinalImageUrl" in one) for one in results] == [(106, False, False)] * 2
    tells(client, IMAGES)


def two_spellings(world: World) -> None:
    client = world.client(AlibabaText)
    assert client.run().outcome == "refused"
    assert [stopped(client.query) for _ in range(2)] == ["refused"] * 2
    tells(client, "create 200 ready, query 200 109" + ", query 403 System.subNotPermission" * 2)


def five_a_second(world: World) -> None:
    client = world.client(AlibabaImages)
    client.submit()
    for _ in range(10):
        client.query()
    five = ", query 200 {}" * 5
    tells(
        client, f"create 200{five.format(*['created'] * 5)}, query 400 Throttling.User{five.format(*['running'] * 5)}"
    )


def text_with_a_colon(world: World) -> None:
    runs(AlibabaText, "refused", "create 400 SignatureDoesNotMatch", jobs=0)(world)
    assert ":" in world.clients[0].record.steps[0].answer.json["Message"]  # type: ignore[union-attr]


def half_an_hour(world: World) -> None:
    for kind, passing, end in ((AlibabaText, "translating", "ready"), (AlibabaImages, "running", "finished")):
        client = world.client(kind, polls=3)
        assert client.run().outcome == "pending"
        world.advance(1793)  # and six seconds of polling
        assert client.query()["Data"]["Status"] == passing
        world.advance(1)
        client.fetch(client.poll())
        assert f"query 200 {end}" in client.record.story


def never(world: World) -> None:
    for kind, last in ((AlibabaText, "translating"), (AlibabaImages, "running")):
        client = world.client(kind, polls=3)
        assert client.run().outcome == "pending"
        world.advance(7 * 86400)
        assert client.query()["Data"]["Status"] == last


def half_the_batch(world: World) -> None:
    client = world.client(AlibabaImages)
    client.submit()
    first, second = client.poll()["Data"]["Result"]
    assert (first["Success"], first["Code"]) == (True, 200)
    assert first["FinalImageUrl"] == "https://example.com/example.jpg"
    assert (second["Success"], second["Code"], "FinalImageUrl" in second) == (False, 107, False)
    tells(client, IMAGES)


def batch_kept_a_minute(world: World) -> None:
    client = world.client(AlibabaImages)
    client.submit()
    said = client.poll()
    client.fetch(said)
    world.advance(60)
    assert stopped(client.poll) == "gone"
    assert stopped(lambda: client.fetch(said)) == "refused"
    tells(client, f"{IMAGES}, fetch 200, fetch 200, query 200 invalid, fetch 404 NoSuchKey")


def batch_created_once(world: World) -> None:
    client = world.client(AlibabaImages)
    assert client.run().outcome == "done"
    assert client.record.story[:2] == ["create reset", "create 200"]
    first = client.record.job
    assert [job["id"] for job in world.jobs] == [first]
    world.advance(170 - sum(world.pauses))
    assert client.submit() == first
    world.advance(10)
    assert client.submit() != first
    assert len(world.jobs) == 2


def text_created_twice(world: World) -> None:
    client = world.client(AlibabaText)
    assert client.run().outcome == "in doubt"
    assert len(world.jobs) == 1
    assert client.submit() == world.jobs[1]["id"]
    tells(client, "create empty, create 200 ready")


def as_seen_live(world: World) -> None:
    all_of(text_well, images_well)(world)
    for client in world.clients:
        for step in client.record.steps:
            if step.answer is not None and step.call != "fetch":
                assert (step.answer.json["Code"], "Message" in step.answer.json) == ("200", False)


def document_called_back(times: int, between: tuple[float, float] = (3, 3)) -> Check:
    """A document task ends, and its client is told so many times, so many seconds after it began."""

    def check(world: World) -> None:
        client = world.client(AlibabaText)
        with listening(Plain(world.credentials["dingtalk"])) as app:
            asked = {"SourceLanguage": "zh", "TargetLanguage": "en", "FileUrl": "https://e.example/a.txt"}
            task = client.ask("CreateDocTranslateTask", **asked, CallbackUrl=app.url).json["TaskId"]
            world.advance(between[0] - 0.1)
            assert app.heard() == 0
            world.advance(between[1] - between[0] + 0.2)
            assert [app.next()["task_id"] for _ in range(app.heard())] == [task] * times
        assert [job["state"] for job in world.jobs if job["id"] == task] == ["translated"]

    return check


CHECKS: dict[str, Check] = {
    "document-callback-lost": document_called_back(0),
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
    "sub-account-may-create-but-not-query": two_spellings,
    "ram-user-not-authorized": all_of(
        runs(AlibabaText, "refused", "create 403 Forbidden.RAM"),
        runs(AlibabaImages, "refused", "create 403 Forbidden.RAM", jobs=0),
    ),
    "create-throttled-twice": runs(
        AlibabaImages, "done", f"{'create 400 Throttling.User, ' * 2}{IMAGES}, fetch 200, fetch 200", jobs=1
    ),
    "status-query-limited-to-five-a-second": five_a_second,
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
    "signature-refused": text_with_a_colon,
    "clock-skew": all_of(
        runs(AlibabaText, "refused", "create 400 InvalidTimeStamp.Expired"),
        runs(AlibabaImages, "refused", "create 400 InvalidTimeStamp.Expired", jobs=0),
    ),
    "security-token-expires-mid-poll": runs(
        AlibabaImages, "refused", "create 200, query 200 created, query 400 InvalidSecurityToken.Expired"
    ),
    "slow-queue": half_an_hour,
    "never-ending-job": never,
    "text-job-fails": runs(
        AlibabaText,
        "refused",
        "create 200 ready, query 200 translating, query 200 translating" + ", query 500 System.TranslateError" * 4,
    ),
    "text-job-ends-with-status-error": runs(
        AlibabaText, "failed", "create 200 ready, query 200 ready, query 200 error"
    ),
    "half-of-the-batch-fails": half_the_batch,
    "second-image-cannot-be-downloaded": runs(AlibabaImages, "refused", f"{IMAGES}, fetch 200, fetch 404 NoSuchKey"),
    "batch-result-expires": batch_kept_a_minute,
    "batch-result-lost-at-once": runs(AlibabaImages, "gone", IMAGES.replace("finished", "invalid")),
    "image-link-expires-before-download": runs(AlibabaImages, "refused", f"{IMAGES}, fetch 403 AccessDenied"),
    "batch-answer-lost-and-repeated": batch_created_once,
    "text-answer-lost-after-the-job-exists": text_created_twice,
    "answers-as-seen-live": as_seen_live,
    "text-status-always-ready": runs(AlibabaText, "done", TEXT.replace("translating", "ready")),
    "query-answers-malformed-json": runs(
        AlibabaText, "done", "create 200 ready, query 200 not JSON, query 200 translating, query 200 ready"
    ),
    "image-download-cut-off": runs(AlibabaImages, "done", f"{IMAGES}, fetch truncated, fetch 200, fetch 200"),
}
