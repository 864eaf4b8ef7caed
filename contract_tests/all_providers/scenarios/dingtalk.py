"""What the scenarios of DingTalk do."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from contract_tests.clients.called_back import App, listening
from contract_tests.clients.dingtalk import Wire
from contract_tests.reference_client import DingTalk
from contract_tests.scenario_checks.world import DINGTALK, FILE, Check, World, dingtalk_well, runs, stopped, tells


def names_the_permission(world: World) -> None:
    code = "Forbidden.AccessDenied.AccessTokenPermissionDenied"
    runs(DingTalk, "refused", f"token 200, upload 200, create 403 {code}", jobs=0)(world)
    said = world.clients[0].record.steps[-1].answer.json  # type: ignore[union-attr]
    assert said["accessdenieddetail"] == {"requiredScopes": ["qyapi_get_member"]}


def ip_unknown(world: World) -> None:
    client = world.client(DingTalk)
    assert client.run().outcome == "refused"
    client.record.job = "fXrgPrvsNiZNa8RWis9Nk1SY"
    assert stopped(client.query) == "refused"
    code = "403 Forbidden.AccessDenied.IpNotInWhiteList"
    tells(client, f"token 200, upload 200, create {code}, query {code}")


def three_a_minute(world: World) -> None:
    world.advance(61 - world.now() % 60)  # to the first second of a minute
    client = world.client(DingTalk)
    client.submit()
    statuses = [client.query()["status"] for _ in range(6)]
    assert statuses == ["0", "0", "0", "1", "1", "1"]
    late = "query 403 Forbidden.AccessDenied.QpmLimitForSuitekeyAndOrgAndApi"
    tells(client, f"{FILE}{', query 200 0' * 3}, {late}{', query 200 1' * 3}")


def in_chinese(world: World) -> None:
    busy = "create 500 system.busy, create 500 system.busy, create"
    runs(DingTalk, "done", DINGTALK.replace("create", busy))(world)
    assert world.clients[0].record.steps[2].answer.json["message"] == "系统繁忙"  # type: ignore[union-attr]


def token_voided(world: World) -> None:
    first, second = world.client(DingTalk), world.client(DingTalk)
    first.submit()
    second.submit()
    for client in (first, second):
        client.query()
        tells(client, f"{FILE}, query 400 InvalidAuthentication, token 200, query 200 0")


def upload_times_out(world: World) -> None:
    client = world.client(DingTalk)
    assert client.token
    client.timeout = 0.2
    client.submit()
    tells(client, "token 200, upload timeout, upload 200, create 200")


def thirty_minutes(world: World) -> None:
    client = world.client(DingTalk, polls=3)
    assert client.run().outcome == "pending"
    for seconds, status in ((1793, "0"), (1, "1")):
        world.advance(seconds)  # after six seconds of polling
        assert client.query()["status"] == status


def in_progress_for_ever(world: World) -> None:
    client = world.client(DingTalk, polls=3)
    assert client.run().outcome == "pending"
    world.advance(7 * 86400)
    assert client.query() == {"status": "0"}


def by_output_name(world: World) -> None:
    for output, outcome in (("fail-1", "failed"), ("contacts", "done"), (None, "done")):
        client = world.client(DingTalk)
        client.output = output
        assert client.run().outcome == outcome


def file_created_twice(world: World) -> None:
    client = world.client(DingTalk)
    assert client.run().outcome == "in doubt"
    assert len(world.jobs) == 1
    assert client.submit() == world.jobs[1]["id"]
    tells(client, "token 200, upload 200, create empty, create 200")


def link_dead_after_a_minute(world: World) -> None:
    client = world.client(DingTalk)
    client.submit()
    said = client.poll()
    client.fetch(said)
    world.advance(60)
    assert stopped(lambda: client.fetch(client.query())) == "refused"
    gone = "query 200 1, login 302, fetch 404 InvalidAction.NotFound"
    tells(client, f"{DINGTALK}, {gone}")


def stays_as_it_was(world: World) -> None:
    client = world.client(DingTalk)
    assert client.run().outcome == "done"
    assert client.record.result == [b"$userName=user001$\n"]


def of_many_scripts(world: World) -> None:
    client = world.client(DingTalk)
    assert client.run().outcome == "done"
    (name,) = client.record.result
    assert not re.search("[\u4e00-\u9fff]", name.decode()) or re.search("[\u3040-\u30ff ]", name.decode())


def wire_of(world: World) -> Wire:
    """Return plain calls of DingTalk, which the world hears."""
    wire = Wire(world.credentials["dingtalk"])
    wire.session.hooks["response"].append(lambda answer, **_: world.heard.append(answer))
    return wire


def no_place_left(world: World) -> None:
    wire = wire_of(world)
    token, asked = wire.corp_token(), {"protocol": "HEADER_SIGNATURE"}
    for folder in ("/v1.0/storage/spaces/1/files", "/v2.0/storage/spaces/files/root"):
        status, said = wire.api("POST", f"{folder}/uploadInfos/query", asked, token, unionId="u")
        assert (status, said["code"], said["message"]) == (400, "orgQuotaInsufficient", "企业容量不足")


def uploaded_by_key(world: World) -> tuple[int, int, str]:
    """Upload a file by storage 2.0; return the HTTP statuses of the PUT and of the commit, and the latter's code."""
    wire = wire_of(world)
    token, folder = wire.corp_token(), "/v2.0/storage/spaces/files/root"
    _, said = wire.api("POST", f"{folder}/uploadInfos/query", {"protocol": "HEADER_SIGNATURE"}, token, unionId="u")
    signed = said["headerSignatureInfo"]
    put = wire.send("PUT", urlsplit(signed["resourceUrls"][0]).path, data=b"x", headers=signed["headers"])
    asked = {"uploadKey": said["uploadKey"], "name": "a.csv"}
    commits = [wire.api("POST", f"{folder}/commit", asked, token, unionId="u") for _ in range(2)]
    return put.status_code, commits[0][0], str(commits[0][1].get("code") or commits[1][1].get("code"))


def committed_at_the_second_try(world: World) -> None:
    assert uploaded_by_key(world) == (200, 400, "operationConcurrentControl")
    assert uploaded_by_key(world) == (200, 200, "None")


def put_at_the_second_try(world: World) -> None:
    assert uploaded_by_key(world) == (403, 400, "paramError.uploadKey")
    assert uploaded_by_key(world) == (200, 200, "None")


def second_code_tells(world: World) -> None:
    wire = wire_of(world)
    query = {"access_token": wire.corp_token()}
    errors = []
    for _ in range(2):
        corp = {"corpId": wire.told["corp_id"]}
        code = wire.api("GET", "/oauth2/requestAuthCode", None, None, **corp)[1]["code"]
        said = wire.legacy("POST", "/topapi/v2/user/getuserinfo", params=query, data={"code": code})
        errors.append((said["errcode"], "result" in said))
    assert errors == [(40078, False), (0, True)]


def legacy_secret(world: World) -> None:
    wire = wire_of(world)
    keys = {"appkey": wire.told["app_key"], "appsecret": wire.told["app_secret"]}
    said = wire.legacy("GET", "/gettoken", params=keys)
    assert said == {"errcode": 40096, "errmsg": "不合法的appKey或appSecret"}


def called_back(*times: float | None, jobs: int = 1, status: str = "1", refused: int = 0) -> Check:
    """Jobs end, and their app is told at these times, in seconds after the first began, None for whenever."""

    def check(world: World) -> None:
        with listening(App(world.credentials["dingtalk"])) as app:
            wanted = {"url": app.url, "form": "http", "check": False}
            world.admin("PUT", f"sandboxes/{world.id}/callbacks/dingtalk", wanted)
            clients = [world.client(DingTalk) for _ in range(jobs)]
            began = world.now()
            ids = [client.submit() for client in clients]
            world.advance(3600)
            told = [app.next() for _ in range(app.heard())]
            posted = [int(asked["timestamp"]) / 1000 - began for asked, _ in app.posts]
        assert all(one == pytest.approx(at, abs=0.01) for one, at in zip(posted, times, strict=True) if at is not None)
        assert len(told) == len(times) - refused
        assert [str(one["status"]) for one in told] == [status] * len(told)
        assert {one["jobId"] for one in told} <= set(ids)
        assert all(client.query()["status"] == status for client in clients)

    return check


def out_of_order(world: World) -> None:
    with listening(App(world.credentials["dingtalk"])) as app:
        wanted = {"url": app.url, "form": "http", "check": False}
        world.admin("PUT", f"sandboxes/{world.id}/callbacks/dingtalk", wanted)
        first, second = (world.client(DingTalk) for _ in range(2))
        ids = [first.submit(), second.submit()]
        world.advance(60)
        assert [app.next()["jobId"], app.next()["jobId"]] == ids[::-1]


def before_the_answer(world: World) -> None:
    called_back(0)(world)
    entries = world.admin("GET", f"sandboxes/{world.id}/journal")["entries"]
    names = [entry["operation"].partition(".")[2] for entry in entries]
    assert names.index("transfer_contact_id_job_result") < names.index("TranslateFile")


CHECKS: dict[str, Check] = {
    "login-denied": runs(DingTalk, "refused", DINGTALK.replace("302, fetch 200", "302 access_denied")),
    "login-of-another-user": runs(DingTalk, "refused", DINGTALK.replace("fetch 200", "fetch 403")),
    "login-expires-before-download": runs(DingTalk, "refused", DINGTALK.replace("fetch 200", "fetch 302 login wanted")),
    "result-open-to-anybody": dingtalk_well,
    "result-link-expires": link_dead_after_a_minute,
    "ip-blocked-with-a-page": runs(
        DingTalk, "done", f"{FILE}, query 200 not JSON, query 200 not JSON, query 200 1, login 302, fetch 200"
    ),
    "corp-has-not-opened-the-app": runs(DingTalk, "refused", "token 400 suiteCallInvalid", jobs=0),
    "user-out-of-contact-scope": stays_as_it_was,
    "names-of-many-scripts": of_many_scripts,
    "space-full": no_place_left,
    "commit-conflicts-once": committed_at_the_second_try,
    "upload-information-too-old": put_at_the_second_try,
    "silent-code-refused-once": second_code_tells,
    "legacy-token-secret-refused": legacy_secret,
    "parameter-refused": runs(DingTalk, "refused", "token 200, upload 200, create 400 param.invalid", jobs=0),
    "permission-missing": names_the_permission,
    "ip-not-in-whitelist": ip_unknown,
    "query-throttled-with-403": runs(
        DingTalk,
        "done",
        f"{FILE}{', query 403 Forbidden.AccessDenied.QpsLimitForSuitekeyAndOrgAndApi' * 2}, query 200 0, query 200 1, "
        "login 302, fetch 200",
    ),
    "three-queries-a-minute": three_a_minute,
    "ip-throttled-by-the-firewall": runs(
        DingTalk, "done", f"{FILE}, query 200 1111, query 200 1111, query 200 1, login 302, fetch 200"
    ),
    "busy-twice-then-fine": runs(
        DingTalk,
        "done",
        DINGTALK.replace("create", "create 500 system.busy, create 500 system.busy, create"),
        jobs=1,
    ),
    "busy-in-chinese": in_chinese,
    "query-times-out-then-fine": runs(
        DingTalk,
        "done",
        f"{FILE}, query 503 operationTimeout, query 500 serviceBusy, query 200 1, login 302, fetch 200",
    ),
    "unknown-error-on-create": runs(DingTalk, "in doubt", "token 200, upload 200, create 500 unknownError", jobs=0),
    "token-expires-mid-poll": runs(
        DingTalk,
        "done",
        f"{FILE}, query 200 0, query 400 InvalidAuthentication, token 200, query 200 0, query 200 1, login 302, fetch 200",
    ),
    "new-token-voids-the-old": token_voided,
    "suite-ticket-refused": runs(DingTalk, "refused", "token 400 invalidSuiteTicket", jobs=0),
    "corp-has-not-authorized-the-suite": runs(DingTalk, "refused", "token 400 invalidAuthInfo", jobs=0),
    "upload-too-large": runs(DingTalk, "refused", "token 200, upload 200 45001", jobs=0),
    "upload-refuses-the-token-once": runs(DingTalk, "done", f"token 200, upload 200 40014, {DINGTALK}"),
    "upload-throttled-twice": runs(
        DingTalk, "done", DINGTALK.replace("upload", "upload 200 90014, upload 200 90014, upload")
    ),
    "upload-not-stored": runs(DingTalk, "refused", "token 200, upload 200 72003", jobs=0),
    "upload-stalls": upload_times_out,
    "slow-queue": thirty_minutes,
    "never-ending-job": in_progress_for_ever,
    "job-fails": runs(DingTalk, "failed", f"{FILE}, query 200 0, query 200 0, query 200 2"),
    "output-name-decides": by_output_name,
    "callback-lost": called_back(),
    "callback-lost-once-then-sent-again": called_back(13),
    "callback-late": called_back(603),
    "callback-twice": called_back(3, 3),
    "callbacks-out-of-order": out_of_order,
    "callback-before-the-answer": before_the_answer,
    "callback-wrongly-signed": called_back(3, 13, refused=1),
    "callback-of-a-failed-job": called_back(3, status="2"),
    "job-forgotten-mid-poll": runs(DingTalk, "refused", f"{FILE}, query 200 0, query 400 param.invalid"),
    "result-link-dead": runs(DingTalk, "refused", DINGTALK.replace("fetch 200", "fetch 404 InvalidAction.NotFound")),
    "create-answer-empty-after-the-job-exists": file_created_twice,
    "download-cut-off": runs(DingTalk, "done", DINGTALK.replace("fetch", "fetch truncated, fetch")),
    "html-from-the-gateway": runs(
        DingTalk, "done", f"{FILE}, query 502 not JSON, query 200 0, query 200 1, login 302, fetch 200"
    ),
}
