"""What the scenarios of Huawei do."""

from __future__ import annotations

import time

from contract_tests.reference_client import Huawei
from contract_tests.scenario_checks.world import HUAWEI, JOB, Check, World, huawei_well, runs, stopped, tells


def says_which_language(world: World) -> None:
    runs(Huawei, "refused", "token 201, create 400 NLP.0301", jobs=0)(world)
    assert "zh or en" in world.clients[0].record.steps[-1].answer.json["error_msg"]  # type: ignore[union-attr]


def both_calls(code: str, text: str, outcome: str, story: str) -> Check:
    """Creating a job and asking for one are refused alike."""

    def check(world: World) -> None:
        client = world.client(Huawei)
        assert client.run().outcome == outcome
        client.record.job = "567e6536-0000-0000-0000-826321939656"
        assert stopped(client.query) == "refused"
        tells(client, story)
        refusal = client.record.steps[-1].answer.json
        assert (refusal["error_code"], refusal["error_msg"].endswith(text)) == (code, True)
        assert world.jobs == []

    return check


def retry_after(world: World) -> None:
    late = "query 429 APIG.0308, query 429 APIG.0308, query 200 BGEIN, query 200 BGEIN, query 200 FINISHED, fetch 200"
    runs(Huawei, "done", f"{JOB}, {late}")(world)
    assert world.clients[0].record.steps[2].answer.headers["Retry-After"] == "1"  # type: ignore[union-attr]


def two_a_second(world: World) -> None:
    client = world.client(Huawei)
    assert len({client.submit() for _ in range(4)}) == 4
    tells(client, "token 201, create 200, create 200, create 429 APIG.0308, create 200, create 200")


def keystone(world: World) -> None:
    runs(Huawei, "refused", "token 401 401", jobs=0)(world)
    assert world.clients[0].record.steps[0].answer.json["error"]["code"] == 401  # type: ignore[union-attr]


def token_over(world: World) -> None:
    client = world.client(Huawei)
    client.submit()
    world.advance(86400)
    client.fetch(client.poll())
    tells(client, f"{JOB}, query 403 ModelArts.0203, token 201, query 200 FINISHED, fetch 200")


def forty_minutes(world: World) -> None:
    client = world.client(Huawei, polls=3)
    assert client.run().outcome == "pending"
    for seconds, status in ((1793, "WAITING"), (1, "BGEIN"), (599, "BGEIN"), (1, "FINISHED")):
        world.advance(seconds)  # after six seconds of polling
        assert client.query()["status"] == status


def started_for_ever(world: World) -> None:
    client = world.client(Huawei, polls=3)
    assert client.run().outcome == "pending"
    world.advance(7 * 86400)
    assert client.query() == {"status": "BGEIN"}


def error_beside_status(world: World) -> None:
    runs(Huawei, "failed", f"{JOB}, query 200 WAITING, query 200 ERROR")(world)
    said = world.clients[0].record.steps[-1].answer.json  # type: ignore[union-attr]
    assert said == {"status": "ERROR", "error_code": "NLP.6306", "error_msg": "Empty file error."}


def second_job_works(world: World) -> None:
    client = world.client(Huawei, every=400.0)
    assert client.run().outcome == "failed"
    assert client.record.steps[-1].answer.json["error_code"] == "NLP.6308"
    assert client.run().outcome == "done"
    first = f"{JOB}, query 200 WAITING, query 200 BGEIN, query 200 ERROR"
    tells(client, f"{first}, create 200, query 200 WAITING, query 200 FINISHED, fetch 200")


def by_file_name(world: World) -> None:
    for document, outcome, last in (
        ("fail-1.txt", "failed", "query 200 ERROR"),
        ("slow-1.txt", "pending", "query 200 WAITING"),
        ("year.txt", "done", "fetch 200"),
    ):
        client = world.client(Huawei)
        client.document = document
        assert client.run().outcome == outcome
        assert client.record.story[-1] == last


def five_seconds_late(world: World) -> None:
    client = world.client(Huawei)
    client.submit()
    said = client.poll()
    world.advance(5)
    client.fetch(said)
    tells(client, HUAWEI.replace("fetch 200", "fetch 403 AccessDenied, query 200 FINISHED, fetch 200"))


def result_kept_a_minute(world: World) -> None:
    client = world.client(Huawei)
    client.submit()
    said = client.poll()
    client.fetch(said)
    world.advance(60)
    assert stopped(client.poll) == "refused"
    assert stopped(lambda: client.fetch(said)) == "refused"
    tells(client, f"{HUAWEI}, query 400 NLP.6304, fetch 404 NoSuchKey")


def new_links_do_not_help(code: str) -> Check:
    def check(world: World) -> None:
        client = world.client(Huawei)
        assert client.run().outcome == "refused"
        assert stopped(lambda: client.fetch(client.query())) == "refused"
        refused = f"fetch {code}"
        tells(client, f"{HUAWEI.replace('fetch 200', refused)}, query 200 FINISHED, {refused}")

    return check


def created(first: int) -> Check:
    """The first call is reset, with so many jobs after it; the second makes one more."""

    def check(world: World) -> None:
        client = world.client(Huawei)
        assert client.run().outcome == "in doubt"
        assert len(world.jobs) == first
        assert client.submit() == world.jobs[first]["id"]
        tells(client, "token 201, create reset, create 200")

    return check


def query_times_out(world: World) -> None:
    client = world.client(Huawei)
    client.submit()
    client.timeout = 0.2
    assert client.query() == {"status": "WAITING"}
    tells(client, f"{JOB}, query timeout, query 200 WAITING")


def in_pieces(world: World) -> None:
    client = world.client(Huawei)
    client.submit()
    said = client.poll()
    began = time.monotonic()
    client.fetch(said)
    assert time.monotonic() - began > 0.15
    tells(client, HUAWEI)


def page_of_html(world: World) -> None:
    runs(
        Huawei,
        "done",
        f"{JOB}, query 502 not JSON, query 200 WAITING, query 200 BGEIN, query 200 FINISHED, fetch 200",
    )(world)
    assert world.clients[0].record.steps[2].answer.headers["Content-Type"] == "text/html"  # type: ignore[union-attr]


def late_by_different_lengths(world: World) -> None:
    huawei_well(world)
    _token, *service, _fetch = world.took()
    assert min(service) > 2
    assert max(service) > 2 * min(service)
    assert sum(service) > 60


def every_third(world: World) -> None:
    client = world.client(Huawei)
    client.run()
    for _ in range(2):
        client.query()
    queries = [step for step in client.record.story if step.startswith("query")]
    failed = [number for number, step in enumerate(queries, 1) if step == "query 500 NLP.0201"]
    assert failed == [3, 6]
    assert all(step.startswith("query 200") for number, step in enumerate(queries, 1) if number not in failed)


def each_job_once(world: World) -> None:
    for _ in range(2):
        client = world.client(Huawei)
        client.submit()
        for _ in range(3):
            client.query()
        tells(client, f"{JOB}, query 500 NLP.0201, query 200 WAITING, query 200 WAITING, query 200 WAITING")


def after_one_second(spoilt: str) -> str:
    """A run whose first query is spoilt, so that the next comes a second late."""
    return f"{JOB}, query {spoilt}, query 200 WAITING, query 200 BGEIN, query 200 FINISHED, fetch 200"


CHECKS: dict[str, Check] = {
    "parameter-refused": runs(Huawei, "refused", "token 201, create 400 NLP.0301", jobs=0),
    "language-pair-refused": says_which_language,
    "document-type-refused": runs(Huawei, "refused", "token 201, create 400 NLP.6305", jobs=0),
    "source-cannot-be-fetched": runs(Huawei, "refused", "token 201, create 400 NLP.6303", jobs=0),
    "too-many-pages": runs(Huawei, "refused", "token 201, create 400 NLP.6307", jobs=0),
    "account-in-arrears": runs(Huawei, "refused", "token 201, create 400 NLP.1203", jobs=0),
    "arrears-look-like-a-bad-token": runs(Huawei, "refused", f"{JOB}, query 401 NLP.0105"),
    "service-not-subscribed": runs(Huawei, "refused", "token 201, create 400 ModelArts.4204", jobs=0),
    "user-not-authorized": both_calls(
        "APIG.0302", "to access the API.", "refused", "token 201, create 403 APIG.0302, query 403 APIG.0302"
    ),
    "query-throttled-by-the-gateway": retry_after,
    "query-throttled-under-the-other-prefix": runs(
        Huawei,
        "done",
        f"{JOB}{', query 429 APIGW.0308' * 2}, query 200 BGEIN, query 200 BGEIN, query 200 FINISHED, fetch 200",
    ),
    "two-creations-a-second": two_a_second,
    "busy-twice-then-fine": runs(
        Huawei, "done", HUAWEI.replace("create", "create 400 NLP.6302, create 400 NLP.6302, create"), jobs=1
    ),
    "internal-error-then-fine": runs(Huawei, "done", after_one_second("500 NLP.0201")),
    "query-times-out-in-the-backend": runs(
        Huawei,
        "done",
        f"{JOB}, query 500 NLP.0306, query 504 APIG.0201, query 200 BGEIN, query 200 FINISHED, fetch 200",
    ),
    "no-backend-behind-the-gateway": both_calls(
        "APIG.0610",
        "No backend available.",
        "in doubt",
        "token 201, create 502 APIG.0610" + ", query 502 APIG.0610" * 4,
    ),
    "token-service-unavailable-once": runs(Huawei, "done", f"token 503 APIG.0613, {HUAWEI}"),
    "wrong-password": keystone,
    "token-expires-mid-poll": runs(
        Huawei,
        "done",
        f"{JOB}, query 200 WAITING, query 401 NLP.0101, token 201, query 200 BGEIN, query 200 BGEIN, "
        "query 200 FINISHED, fetch 200",
    ),
    "expired-token-is-forbidden": token_over,
    "clock-skew": both_calls(
        "APIG.0301",
        "signature expired",
        "refused",
        "token 201, create 401 APIG.0301, token 201, create 401 APIG.0301, query 401 APIG.0301, token 201, "
        "query 401 APIG.0301",
    ),
    "slow-queue": forty_minutes,
    "never-ending-job": started_for_ever,
    "job-fails": error_beside_status,
    "job-fails-as-query-error": runs(Huawei, "refused", f"{JOB}, query 200 WAITING, query 400 NLP.6306"),
    "job-overtime-then-second-job-works": second_job_works,
    "file-name-decides": by_file_name,
    "link-expires-before-download": five_seconds_late,
    "result-expires": result_kept_a_minute,
    "result-lost-at-once": runs(
        Huawei, "refused", f"{JOB}, query 200 WAITING, query 200 BGEIN, query 200 BGEIN, query 400 NLP.6304"
    ),
    "download-slowed-down": runs(Huawei, "done", HUAWEI.replace("fetch", "fetch 503 SlowDown, " * 2 + "fetch")),
    "result-missing-from-storage": new_links_do_not_help("404 NoSuchKey"),
    "link-signature-refused": new_links_do_not_help("403 SignatureDoesNotMatch"),
    "create-reset-before-the-job-exists": created(0),
    "create-reset-after-the-job-exists": created(1),
    "empty-reply-to-query": runs(Huawei, "done", after_one_second("empty")),
    "query-stalls": query_times_out,
    "download-cut-off": runs(Huawei, "done", HUAWEI.replace("fetch", "fetch truncated, fetch")),
    "download-dribbles": in_pieces,
    "query-answers-garbage": runs(Huawei, "done", after_one_second("200 not JSON")),
    "html-from-the-gateway": page_of_html,
    "slow-answers": late_by_different_lengths,
    "started-spelled-begin": runs(Huawei, "done", HUAWEI.replace("BGEIN", "BEGIN")),
    "error-code-in-http-200": runs(Huawei, "done", after_one_second("200 NLP.0201")),
    "every-third-query-fails": every_third,
    "each-job-fails-its-first-query": each_job_once,
}
