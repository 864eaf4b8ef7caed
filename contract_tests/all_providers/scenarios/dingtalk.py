"""What the scenarios of DingTalk do to its reference client."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from contract_tests.all_providers.scenarios.checks import (
    DINGTALK_CREATION,
    DINGTALK_STEPS,
    Check,
    check_steps,
    dingtalk_succeeds,
    response_of,
    runs,
    stop_reason,
)
from contract_tests.all_providers.scenarios.reference_client.dingtalk import DingTalk
from contract_tests.all_providers.scenarios.sandbox import ScenarioSandbox
from contract_tests.clients.callback_apps import DingTalkApp, serve_app
from contract_tests.clients.dingtalk.plain import DingTalkClient


def refusal_names_the_permission(sandbox: ScenarioSandbox) -> None:
    code = "Forbidden.AccessDenied.AccessTokenPermissionDenied"
    runs(DingTalk, "refused", f"token 200, upload 200, create 403 {code}", jobs=0)(sandbox)
    refusal = response_of(sandbox, -1).json
    assert refusal["accessdenieddetail"] == {"requiredScopes": ["qyapi_get_member"]}


def ip_is_refused(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(DingTalk)
    assert client.run().outcome == "refused"
    client.record.job_id = "fXrgPrvsNiZNa8RWis9Nk1SY"
    assert stop_reason(client.query) == "refused"
    code = "403 Forbidden.AccessDenied.IpNotInWhiteList"
    check_steps(client, f"token 200, upload 200, create {code}, query {code}")


def three_queries_a_minute(sandbox: ScenarioSandbox) -> None:
    sandbox.advance(61 - sandbox.now() % 60)  # to the first second of a minute
    client = sandbox.client(DingTalk)
    client.submit()
    statuses = [client.query()["status"] for _ in range(6)]
    assert statuses == ["0", "0", "0", "1", "1", "1"]
    refusal = "query 403 Forbidden.AccessDenied.QpmLimitForSuitekeyAndOrgAndApi"
    check_steps(client, f"{DINGTALK_CREATION}{', query 200 0' * 3}, {refusal}{', query 200 1' * 3}")


def busy_is_in_chinese(sandbox: ScenarioSandbox) -> None:
    steps = "create 500 system.busy, create 500 system.busy, create"
    runs(DingTalk, "done", DINGTALK_STEPS.replace("create", steps))(sandbox)
    assert response_of(sandbox, 2).json["message"] == "系统繁忙"


def old_token_is_void(sandbox: ScenarioSandbox) -> None:
    first, second = sandbox.client(DingTalk), sandbox.client(DingTalk)
    first.submit()
    second.submit()
    for client in (first, second):
        client.query()
        check_steps(client, f"{DINGTALK_CREATION}, query 400 InvalidAuthentication, token 200, query 200 0")


def upload_times_out(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(DingTalk)
    assert client.token
    client.timeout = 0.2
    client.submit()
    check_steps(client, "token 200, upload timeout, upload 200, create 200")


def job_takes_thirty_minutes(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(DingTalk, max_polls=3)
    assert client.run().outcome == "pending"
    for seconds, status in ((1793, "0"), (1, "1")):
        sandbox.advance(seconds)  # after six seconds of polling
        assert client.query()["status"] == status


def job_never_ends(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(DingTalk, max_polls=3)
    assert client.run().outcome == "pending"
    sandbox.advance(7 * 86400)
    assert client.query() == {"status": "0"}


def output_name_decides(sandbox: ScenarioSandbox) -> None:
    for output, outcome in (("fail-1", "failed"), ("contacts", "done"), (None, "done")):
        client = sandbox.client(DingTalk)
        client.output = output
        assert client.run().outcome == outcome


def file_is_created_twice(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(DingTalk)
    assert client.run().outcome == "in doubt"
    assert len(sandbox.jobs) == 1
    assert client.submit() == sandbox.jobs[1]["id"]
    check_steps(client, "token 200, upload 200, create empty, create 200")


def link_expires_after_a_minute(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(DingTalk)
    client.submit()
    answer = client.poll()
    client.fetch(answer)
    sandbox.advance(60)
    assert stop_reason(lambda: client.fetch(client.query())) == "refused"
    steps = "query 200 1, login 302, fetch 404 InvalidAction.NotFound"
    check_steps(client, f"{DINGTALK_STEPS}, {steps}")


def unknown_user_keeps_the_placeholder(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(DingTalk)
    assert client.run().outcome == "done"
    assert client.record.files == [b"$userName=user001$\n"]


def names_are_of_many_scripts(sandbox: ScenarioSandbox) -> None:
    client = sandbox.client(DingTalk)
    assert client.run().outcome == "done"
    (name,) = client.record.files
    assert not re.search("[\u4e00-\u9fff]", name.decode()) or re.search("[\u3040-\u30ff ]", name.decode())


def open_client(sandbox: ScenarioSandbox) -> DingTalkClient:
    """Return a client by plain calls; the sandbox keeps its responses."""
    client = DingTalkClient(sandbox.credentials["dingtalk"])
    client.session.hooks["response"].append(lambda response, **_: sandbox.responses.append(response))
    return client


def space_is_full(sandbox: ScenarioSandbox) -> None:
    client = open_client(sandbox)
    token, request = client.corp_token(), {"protocol": "HEADER_SIGNATURE"}
    for folder in ("/v1.0/storage/spaces/1/files", "/v2.0/storage/spaces/files/root"):
        status, body = client.api("POST", f"{folder}/uploadInfos/query", request, token, unionId="u")
        assert (status, body["code"], body["message"]) == (400, "orgQuotaInsufficient", "企业容量不足")


def upload_by_key(sandbox: ScenarioSandbox) -> tuple[int, int, str]:
    """Upload a file by storage 2.0; return the HTTP statuses of the PUT and of the commit, and the commit's code."""
    client = open_client(sandbox)
    token, folder = client.corp_token(), "/v2.0/storage/spaces/files/root"
    _, upload_info = client.api(
        "POST", f"{folder}/uploadInfos/query", {"protocol": "HEADER_SIGNATURE"}, token, unionId="u"
    )
    signature_info = upload_info["headerSignatureInfo"]
    put = client.send(
        "PUT", urlsplit(signature_info["resourceUrls"][0]).path, data=b"x", headers=signature_info["headers"]
    )
    commit = {"uploadKey": upload_info["uploadKey"], "name": "a.csv"}
    commits = [client.api("POST", f"{folder}/commit", commit, token, unionId="u") for _ in range(2)]
    return put.status_code, commits[0][0], str(commits[0][1].get("code") or commits[1][1].get("code"))


def second_commit_succeeds(sandbox: ScenarioSandbox) -> None:
    assert upload_by_key(sandbox) == (200, 400, "operationConcurrentControl")
    assert upload_by_key(sandbox) == (200, 200, "None")


def second_upload_succeeds(sandbox: ScenarioSandbox) -> None:
    assert upload_by_key(sandbox) == (403, 400, "paramError.uploadKey")
    assert upload_by_key(sandbox) == (200, 200, "None")


def second_code_is_accepted(sandbox: ScenarioSandbox) -> None:
    client = open_client(sandbox)
    query = {"access_token": client.corp_token()}
    errors = []
    for _ in range(2):
        login_query = {"corpId": client.credentials["corp_id"]}
        code = client.api("GET", "/oauth2/requestAuthCode", None, None, **login_query)[1]["code"]
        body = client.legacy("POST", "/topapi/v2/user/getuserinfo", params=query, data={"code": code})
        errors.append((body["errcode"], "result" in body))
    assert errors == [(40078, False), (0, True)]


def legacy_secret_is_refused(sandbox: ScenarioSandbox) -> None:
    client = open_client(sandbox)
    keys = {"appkey": client.credentials["app_key"], "appsecret": client.credentials["app_secret"]}
    body = client.legacy("GET", "/gettoken", params=keys)
    assert body == {"errcode": 40096, "errmsg": "不合法的appKey或appSecret"}


def callbacks_arrive(*times: float | None, jobs: int = 1, status: str = "1", refusals: int = 0) -> Check:
    """Return a check that jobs end, and that their app receives callbacks.

    `times` are the seconds from the first submission to each, or None for any; the app refuses so many `refusals`.
    """

    def check(sandbox: ScenarioSandbox) -> None:
        with serve_app(DingTalkApp(sandbox.credentials["dingtalk"])) as app:
            subscription = {"url": app.url, "form": "http", "check": False}
            sandbox.call_admin("PUT", f"sandboxes/{sandbox.id}/callbacks/dingtalk", subscription)
            clients = [sandbox.client(DingTalk) for _ in range(jobs)]
            start = sandbox.now()
            ids = [client.submit() for client in clients]
            sandbox.advance(3600)
            events = [app.next_event() for _ in range(app.event_count())]
            arrivals = [int(query["timestamp"]) / 1000 - start for query, _ in app.posts]
        assert all(
            time is None or arrival == pytest.approx(time, abs=0.01)
            for arrival, time in zip(arrivals, times, strict=True)
        )
        assert len(events) == len(times) - refusals
        assert [str(event["status"]) for event in events] == [status] * len(events)
        assert {event["jobId"] for event in events} <= set(ids)
        assert all(client.query()["status"] == status for client in clients)

    return check


def callbacks_are_out_of_order(sandbox: ScenarioSandbox) -> None:
    with serve_app(DingTalkApp(sandbox.credentials["dingtalk"])) as app:
        subscription = {"url": app.url, "form": "http", "check": False}
        sandbox.call_admin("PUT", f"sandboxes/{sandbox.id}/callbacks/dingtalk", subscription)
        first, second = (sandbox.client(DingTalk) for _ in range(2))
        ids = [first.submit(), second.submit()]
        sandbox.advance(60)
        assert [app.next_event()["jobId"], app.next_event()["jobId"]] == ids[::-1]


def callback_precedes_the_answer(sandbox: ScenarioSandbox) -> None:
    callbacks_arrive(0)(sandbox)
    entries = sandbox.call_admin("GET", f"sandboxes/{sandbox.id}/journal")["entries"]
    names = [entry["operation"].partition(".")[2] for entry in entries]
    assert names.index("transfer_contact_id_job_result") < names.index("TranslateFile")


CHECKS: dict[str, Check] = {
    "login-denied": runs(DingTalk, "refused", DINGTALK_STEPS.replace("302, fetch 200", "302 access_denied")),
    "login-of-another-user": runs(DingTalk, "refused", DINGTALK_STEPS.replace("fetch 200", "fetch 403")),
    "login-expires-before-download": runs(
        DingTalk, "refused", DINGTALK_STEPS.replace("fetch 200", "fetch 302 login wanted")
    ),
    "result-open-to-anybody": dingtalk_succeeds,
    "result-link-expires": link_expires_after_a_minute,
    "ip-blocked-with-a-page": runs(
        DingTalk,
        "done",
        f"{DINGTALK_CREATION}, query 200 not JSON, query 200 not JSON, query 200 1, login 302, fetch 200",
    ),
    "corp-has-not-opened-the-app": runs(DingTalk, "refused", "token 400 suiteCallInvalid", jobs=0),
    "user-out-of-contact-scope": unknown_user_keeps_the_placeholder,
    "names-of-many-scripts": names_are_of_many_scripts,
    "space-full": space_is_full,
    "commit-conflicts-once": second_commit_succeeds,
    "upload-information-too-old": second_upload_succeeds,
    "silent-code-refused-once": second_code_is_accepted,
    "legacy-token-secret-refused": legacy_secret_is_refused,
    "parameter-refused": runs(DingTalk, "refused", "token 200, upload 200, create 400 param.invalid", jobs=0),
    "permission-missing": refusal_names_the_permission,
    "ip-not-in-whitelist": ip_is_refused,
    "query-throttled-with-403": runs(
        DingTalk,
        "done",
        f"{DINGTALK_CREATION}{', query 403 Forbidden.AccessDenied.QpsLimitForSuitekeyAndOrgAndApi' * 2}, query 200 0, "
        "query 200 1, login 302, fetch 200",
    ),
    "three-queries-a-minute": three_queries_a_minute,
    "ip-throttled-by-the-firewall": runs(
        DingTalk, "done", f"{DINGTALK_CREATION}, query 200 1111, query 200 1111, query 200 1, login 302, fetch 200"
    ),
    "busy-twice-then-fine": runs(
        DingTalk,
        "done",
        DINGTALK_STEPS.replace("create", "create 500 system.busy, create 500 system.busy, create"),
        jobs=1,
    ),
    "busy-in-chinese": busy_is_in_chinese,
    "query-times-out-then-fine": runs(
        DingTalk,
        "done",
        f"{DINGTALK_CREATION}, query 503 operationTimeout, query 500 serviceBusy, query 200 1, login 302, fetch 200",
    ),
    "unknown-error-on-create": runs(DingTalk, "in doubt", "token 200, upload 200, create 500 unknownError", jobs=0),
    "token-expires-mid-poll": runs(
        DingTalk,
        "done",
        f"{DINGTALK_CREATION}, query 200 0, query 400 InvalidAuthentication, token 200, query 200 0, query 200 1, login 302, fetch 200",
    ),
    "new-token-voids-the-old": old_token_is_void,
    "suite-ticket-refused": runs(DingTalk, "refused", "token 400 invalidSuiteTicket", jobs=0),
    "corp-has-not-authorized-the-suite": runs(DingTalk, "refused", "token 400 invalidAuthInfo", jobs=0),
    "upload-too-large": runs(DingTalk, "refused", "token 200, upload 200 45001", jobs=0),
    "upload-refuses-the-token-once": runs(DingTalk, "done", f"token 200, upload 200 40014, {DINGTALK_STEPS}"),
    "upload-throttled-twice": runs(
        DingTalk, "done", DINGTALK_STEPS.replace("upload", "upload 200 90014, upload 200 90014, upload")
    ),
    "upload-not-stored": runs(DingTalk, "refused", "token 200, upload 200 72003", jobs=0),
    "upload-stalls": upload_times_out,
    "slow-queue": job_takes_thirty_minutes,
    "never-ending-job": job_never_ends,
    "job-fails": runs(DingTalk, "failed", f"{DINGTALK_CREATION}, query 200 0, query 200 0, query 200 2"),
    "output-name-decides": output_name_decides,
    "callback-lost": callbacks_arrive(),
    "callback-lost-once-then-sent-again": callbacks_arrive(13),
    "callback-late": callbacks_arrive(603),
    "callback-twice": callbacks_arrive(3, 3),
    "callbacks-out-of-order": callbacks_are_out_of_order,
    "callback-before-the-answer": callback_precedes_the_answer,
    "callback-wrongly-signed": callbacks_arrive(3, 13, refusals=1),
    "callback-of-a-failed-job": callbacks_arrive(3, status="2"),
    "job-forgotten-mid-poll": runs(DingTalk, "refused", f"{DINGTALK_CREATION}, query 200 0, query 400 param.invalid"),
    "result-link-dead": runs(
        DingTalk, "refused", DINGTALK_STEPS.replace("fetch 200", "fetch 404 InvalidAction.NotFound")
    ),
    "create-answer-empty-after-the-job-exists": file_is_created_twice,
    "download-cut-off": runs(DingTalk, "done", DINGTALK_STEPS.replace("fetch", "fetch truncated, fetch")),
    "html-from-the-gateway": runs(
        DingTalk, "done", f"{DINGTALK_CREATION}, query 502 not JSON, query 200 0, query 200 1, login 302, fetch 200"
    ),
}
