"""What the scenarios of Huawei do to its reference client."""

from __future__ import annotations

import time

from contract_tests.all_providers.scenarios.checks import (
    HUAWEI_CREATION,
    HUAWEI_STEPS,
    Check,
    check_steps,
    huawei_succeeds,
    response_of,
    runs,
    stop_reason,
)
from contract_tests.all_providers.scenarios.reference_client.huawei import Huawei
from contract_tests.all_providers.scenarios.sandbox import ScenarioSandbox


def refusal_names_the_languages(sandbox: ScenarioSandbox) -> None:
    runs(Huawei, "refused", "token 201, create 400 NLP.0301", jobs=0)(sandbox)
    assert "zh or en" in response_of(sandbox, -1).json["error_msg"]


def both_calls_fail(code: str, text: str, outcome: str, steps: str) -> Check:
    """Return a check that creation and query are refused with the same code, and a message that ends with `text`."""

    def check(sandbox: ScenarioSandbox) -> None:
        client = sandbox.client(Huawei)
        assert client.run().outcome == outcome
        client.record.job_id = "567e6536-0000-0000-0000-826321939656"
        assert stop_reason(client.query) == "refused"
        check_steps(client, steps)
        refusal = client.record.steps[-1].response.json
        assert (refusal["error_code"], refusal["error_msg"].endswith(text)) == (code, True)
        assert sandbox.jobs == []

    return check


def throttling_sends_retry_after(sandbox: ScenarioSandbox) -> None:
    steps = "query 429 APIG.0308, query 429 APIG.0308, query 200 BGEIN, query 200 BGEIN, query 200 FINISHED, fetch 200"
    runs(Huawei, "done", f"{HUAWEI_CREATION}, {steps}")(sandbox)
    assert response_of(sandbox, 2).headers["Retry-After"] == "1"


def two_creations_a_second(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(Huawei)
    assert len({client.submit() for _ in range(4)}) == 4
    check_steps(client, "token 201, create 200, create 200, create 429 APIG.0308, create 200, create 200")


def password_is_refused(sandbox: ScenarioSandbox) -> None:
    runs(Huawei, "refused", "token 401 401", jobs=0)(sandbox)
    assert response_of(sandbox, 0).json["error"]["code"] == 401


def expired_token_is_renewed(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(Huawei)
    client.submit()
    sandbox.advance(86400)
    client.fetch(client.poll())
    check_steps(client, f"{HUAWEI_CREATION}, query 403 ModelArts.0203, token 201, query 200 FINISHED, fetch 200")


def job_takes_forty_minutes(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(Huawei, max_polls=3)
    assert client.run().outcome == "pending"
    for seconds, status in ((1793, "WAITING"), (1, "BGEIN"), (599, "BGEIN"), (1, "FINISHED")):
        sandbox.advance(seconds)  # after six seconds of polling
        assert client.query()["status"] == status


def job_never_ends(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(Huawei, max_polls=3)
    assert client.run().outcome == "pending"
    sandbox.advance(7 * 86400)
    assert client.query() == {"status": "BGEIN"}


def error_beside_status(sandbox: ScenarioSandbox) -> None:
    runs(Huawei, "failed", f"{HUAWEI_CREATION}, query 200 WAITING, query 200 ERROR")(sandbox)
    answer = response_of(sandbox, -1).json
    assert answer == {"status": "ERROR", "error_code": "NLP.6306", "error_msg": "Empty file error."}


def second_job_works(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(Huawei, poll_interval=400.0)
    assert client.run().outcome == "failed"
    assert client.record.steps[-1].response.json["error_code"] == "NLP.6308"
    assert client.run().outcome == "done"
    first = f"{HUAWEI_CREATION}, query 200 WAITING, query 200 BGEIN, query 200 ERROR"
    check_steps(client, f"{first}, create 200, query 200 WAITING, query 200 FINISHED, fetch 200")


def file_name_decides(sandbox: ScenarioSandbox) -> None:
    for document, outcome, last_step in (
        ("fail-1.txt", "failed", "query 200 ERROR"),
        ("slow-1.txt", "pending", "query 200 WAITING"),
        ("year.txt", "done", "fetch 200"),
    ):
        client = sandbox.client(Huawei)
        client.document = document
        assert client.run().outcome == outcome
        assert client.record.steps_as_text[-1] == last_step


def link_expires(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(Huawei)
    client.submit()
    answer = client.poll()
    sandbox.advance(5)
    client.fetch(answer)
    check_steps(client, HUAWEI_STEPS.replace("fetch 200", "fetch 403 AccessDenied, query 200 FINISHED, fetch 200"))


def result_is_kept_a_minute(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(Huawei)
    client.submit()
    answer = client.poll()
    client.fetch(answer)
    sandbox.advance(60)
    assert stop_reason(client.poll) == "refused"
    assert stop_reason(lambda: client.fetch(answer)) == "refused"
    check_steps(client, f"{HUAWEI_STEPS}, query 400 NLP.6304, fetch 404 NoSuchKey")


def new_links_do_not_help(code: str) -> Check:
    def check(sandbox: ScenarioSandbox) -> None:
        client = sandbox.client(Huawei)
        assert client.run().outcome == "refused"
        assert stop_reason(lambda: client.fetch(client.query())) == "refused"
        refusal = f"fetch {code}"
        check_steps(client, f"{HUAWEI_STEPS.replace('fetch 200', refusal)}, query 200 FINISHED, {refusal}")

    return check


def first_creation_is_reset(jobs: int) -> Check:
    """Return a check that the first creation is reset, with so many jobs after it; the second creates one more."""

    def check(sandbox: ScenarioSandbox) -> None:
        client = sandbox.client(Huawei)
        assert client.run().outcome == "in doubt"
        assert len(sandbox.jobs) == jobs
        assert client.submit() == sandbox.jobs[jobs]["id"]
        check_steps(client, "token 201, create reset, create 200")

    return check


def query_times_out(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(Huawei)
    client.submit()
    client.timeout = 0.2
    assert client.query() == {"status": "WAITING"}
    check_steps(client, f"{HUAWEI_CREATION}, query timeout, query 200 WAITING")


def download_dribbles(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(Huawei)
    client.submit()
    answer = client.poll()
    start = time.monotonic()
    client.fetch(answer)
    assert time.monotonic() - start > 0.15
    check_steps(client, HUAWEI_STEPS)


def gateway_answers_html(sandbox: ScenarioSandbox) -> None:
    runs(
        Huawei,
        "done",
        f"{HUAWEI_CREATION}, query 502 not JSON, query 200 WAITING, query 200 BGEIN, query 200 FINISHED, fetch 200",
    )(sandbox)
    assert response_of(sandbox, 2).headers["Content-Type"] == "text/html"


def answers_are_late_by_different_lengths(sandbox: ScenarioSandbox) -> None:
    huawei_succeeds(sandbox)
    _token, *times, _fetch = sandbox.response_times()
    assert min(times) > 2
    assert max(times) > 2 * min(times)
    assert sum(times) > 60


def every_third_query_fails(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(Huawei)
    client.run()
    for _ in range(2):
        client.query()
    queries = [step for step in client.record.steps_as_text if step.startswith("query")]
    failed = [number for number, step in enumerate(queries, 1) if step == "query 500 NLP.0201"]
    assert failed == [3, 6]
    assert all(step.startswith("query 200") for number, step in enumerate(queries, 1) if number not in failed)


def each_job_fails_once(sandbox: ScenarioSandbox) -> None:
    for _ in range(2):
        client = sandbox.client(Huawei)
        client.submit()
        for _ in range(3):
            client.query()
        check_steps(
            client, f"{HUAWEI_CREATION}, query 500 NLP.0201, query 200 WAITING, query 200 WAITING, query 200 WAITING"
        )


def after_failed_query(failure: str) -> str:
    """Return the steps of a run whose first query fails, so that the next comes a second late."""
    return f"{HUAWEI_CREATION}, query {failure}, query 200 WAITING, query 200 BGEIN, query 200 FINISHED, fetch 200"


CHECKS: dict[str, Check] = {
    "parameter-refused": runs(Huawei, "refused", "token 201, create 400 NLP.0301", jobs=0),
    "language-pair-refused": refusal_names_the_languages,
    "document-type-refused": runs(Huawei, "refused", "token 201, create 400 NLP.6305", jobs=0),
    "source-cannot-be-fetched": runs(Huawei, "refused", "token 201, create 400 NLP.6303", jobs=0),
    "too-many-pages": runs(Huawei, "refused", "token 201, create 400 NLP.6307", jobs=0),
    "account-in-arrears": runs(Huawei, "refused", "token 201, create 400 NLP.1203", jobs=0),
    "arrears-look-like-a-bad-token": runs(Huawei, "refused", f"{HUAWEI_CREATION}, query 401 NLP.0105"),
    "service-not-subscribed": runs(Huawei, "refused", "token 201, create 400 ModelArts.4204", jobs=0),
    "user-not-authorized": both_calls_fail(
        "APIG.0302", "to access the API.", "refused", "token 201, create 403 APIG.0302, query 403 APIG.0302"
    ),
    "query-throttled-by-the-gateway": throttling_sends_retry_after,
    "query-throttled-under-the-other-prefix": runs(
        Huawei,
        "done",
        f"{HUAWEI_CREATION}{', query 429 APIGW.0308' * 2}, query 200 BGEIN, query 200 BGEIN, query 200 FINISHED, fetch 200",
    ),
    "two-creations-a-second": two_creations_a_second,
    "busy-twice-then-fine": runs(
        Huawei, "done", HUAWEI_STEPS.replace("create", "create 400 NLP.6302, create 400 NLP.6302, create"), jobs=1
    ),
    "internal-error-then-fine": runs(Huawei, "done", after_failed_query("500 NLP.0201")),
    "query-times-out-in-the-backend": runs(
        Huawei,
        "done",
        f"{HUAWEI_CREATION}, query 500 NLP.0306, query 504 APIG.0201, query 200 BGEIN, query 200 FINISHED, fetch 200",
    ),
    "no-backend-behind-the-gateway": both_calls_fail(
        "APIG.0610",
        "No backend available.",
        "in doubt",
        "token 201, create 502 APIG.0610" + ", query 502 APIG.0610" * 4,
    ),
    "token-service-unavailable-once": runs(Huawei, "done", f"token 503 APIG.0613, {HUAWEI_STEPS}"),
    "wrong-password": password_is_refused,
    "token-expires-mid-poll": runs(
        Huawei,
        "done",
        f"{HUAWEI_CREATION}, query 200 WAITING, query 401 NLP.0101, token 201, query 200 BGEIN, query 200 BGEIN, "
        "query 200 FINISHED, fetch 200",
    ),
    "expired-token-is-forbidden": expired_token_is_renewed,
    "clock-skew": both_calls_fail(
        "APIG.0301",
        "signature expired",
        "refused",
        "token 201, create 401 APIG.0301, token 201, create 401 APIG.0301, query 401 APIG.0301, token 201, "
        "query 401 APIG.0301",
    ),
    "slow-queue": job_takes_forty_minutes,
    "never-ending-job": job_never_ends,
    "job-fails": error_beside_status,
    "job-fails-as-query-error": runs(Huawei, "refused", f"{HUAWEI_CREATION}, query 200 WAITING, query 400 NLP.6306"),
    "job-overtime-then-second-job-works": second_job_works,
    "file-name-decides": file_name_decides,
    "link-expires-before-download": link_expires,
    "result-expires": result_is_kept_a_minute,
    "result-lost-at-once": runs(
        Huawei, "refused", f"{HUAWEI_CREATION}, query 200 WAITING, query 200 BGEIN, query 200 BGEIN, query 400 NLP.6304"
    ),
    "download-slowed-down": runs(Huawei, "done", HUAWEI_STEPS.replace("fetch", "fetch 503 SlowDown, " * 2 + "fetch")),
    "result-missing-from-storage": new_links_do_not_help("404 NoSuchKey"),
    "link-signature-refused": new_links_do_not_help("403 SignatureDoesNotMatch"),
    "create-reset-before-the-job-exists": first_creation_is_reset(0),
    "create-reset-after-the-job-exists": first_creation_is_reset(1),
    "empty-reply-to-query": runs(Huawei, "done", after_failed_query("empty")),
    "query-stalls": query_times_out,
    "download-cut-off": runs(Huawei, "done", HUAWEI_STEPS.replace("fetch", "fetch truncated, fetch")),
    "download-dribbles": download_dribbles,
    "query-answers-garbage": runs(Huawei, "done", after_failed_query("200 not JSON")),
    "html-from-the-gateway": gateway_answers_html,
    "slow-answers": answers_are_late_by_different_lengths,
    "started-spelled-begin": runs(Huawei, "done", HUAWEI_STEPS.replace("BGEIN", "BEGIN")),
    "error-code-in-http-200": runs(Huawei, "done", after_failed_query("200 NLP.0201")),
    "every-third-query-fails": every_third_query_fails,
    "each-job-fails-its-first-query": each_job_fails_once,
}
