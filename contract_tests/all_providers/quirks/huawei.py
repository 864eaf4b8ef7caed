"""What the quirks of Huawei do."""

from __future__ import annotations

from contract_tests.all_providers.quirks.sandbox import JOBS, Check, QuirkSandbox


async def started_status(sandbox: QuirkSandbox, choice: str) -> None:
    job_id = await sandbox.create_document_job()
    await sandbox.advance("3s")
    assert (await sandbox.call_huawei("GET", f"{JOBS}/{job_id}"))[1] == {"status": choice}


async def failed_job(sandbox: QuirkSandbox, choice: str) -> None:
    rule = {"on": "huawei.RunFileTranslation", "then": {"timeline": ["WAITING 1s", "ERROR NLP.6306"]}}
    await sandbox.follow_rule({"huawei.failed_job": choice}, rule)
    error = {"error_code": "NLP.6306", "error_msg": "Empty file error."}
    if choice == "creation_error":
        document = {"url": "https://b.example/a.txt", "from": "zh", "to": "en", "type": "txt"}
        assert await sandbox.call_huawei("POST", JOBS, document) == (400, error)
        return
    job_id = await sandbox.create_document_job()
    await sandbox.advance("1s")
    expected = {"error_status": (200, {"status": "ERROR", **error}), "query_error": (400, error)}
    assert await sandbox.call_huawei("GET", f"{JOBS}/{job_id}") == expected[choice]


async def bad_token(sandbox: QuirkSandbox, choice: str) -> None:
    assert (await sandbox.call_huawei("GET", f"{JOBS}/x", token="MIIFx"))[1]["error_code"] == choice


async def missing_authentication(sandbox: QuirkSandbox, choice: str) -> None:
    assert (await sandbox.call_huawei("GET", f"{JOBS}/x", token=""))[1]["error_code"] == choice


async def other_project(sandbox: QuirkSandbox, choice: str) -> None:
    credentials = sandbox.credentials["huawei"]
    domain = {"name": credentials["domain"]}
    user = {"name": credentials["user"], "password": credentials["password"], "domain": domain}
    identity = {"methods": ["password"], "password": {"user": user}}
    auth = {"identity": identity, "scope": {"domain": domain}}
    async with sandbox.session.post("/v3/auth/tokens", json={"auth": auth}) as response:
        token = response.headers["X-Subject-Token"]
    code = (await sandbox.call_huawei("GET", f"{JOBS}/x", token=token))[1]["error_code"]
    assert code == {"accepted": "NLP.6304"}.get(choice, choice)


async def key_lock(sandbox: QuirkSandbox, choice: str) -> None:
    _, document = await sandbox.send("POST", "/__fauxlate/sandboxes", json={"quirks": {"huawei.key_lock": choice}})
    verifying = QuirkSandbox(sandbox.session, document)
    for _ in range(5):
        assert "verify aksk" in (await verifying.call_huawei("GET", f"{JOBS}/x"))[1]["error_msg"]
    message = (await verifying.call_huawei("GET", f"{JOBS}/x"))[1]["error_msg"]
    assert {"never": "verify aksk", "five_failures": "AK access failed to reach the limit,forbidden."}[
        choice
    ] in message
    sandbox.id = verifying.id


async def longest_text(sandbox: QuirkSandbox, choice: str) -> None:
    statuses = []
    for length in (int(choice), int(choice) + 1):
        text = {"text": "字" * length, "from": "zh", "to": "en"}
        statuses.append((await sandbox.call_huawei("POST", "machine-translation/text-translation", text))[0])
    assert statuses == [200, 400]


async def sample_path(sandbox: QuirkSandbox, choice: str) -> None:
    job_id = await sandbox.create_document_job()
    body = (await sandbox.call_huawei("GET", f"{JOBS.removesuffix('/jobs')}/{job_id}"))[1]
    assert body.get("status", body.get("error_code")) == {"refused": "APIG.0101", "accepted": "WAITING"}[choice]


async def wrong_method(sandbox: QuirkSandbox, choice: str) -> None:
    assert (await sandbox.call_huawei("DELETE", f"{JOBS}/x"))[1]["error_code"] == choice


async def _links(sandbox: QuirkSandbox) -> tuple[str, str]:
    job_id = await sandbox.create_document_job()
    await sandbox.advance("1m")
    first = (await sandbox.call_huawei("GET", f"{JOBS}/{job_id}"))[1]["url"]
    await sandbox.advance("1m")
    return first, (await sandbox.call_huawei("GET", f"{JOBS}/{job_id}"))[1]["url"]


async def link_renewal(sandbox: QuirkSandbox, choice: str) -> None:
    first, second = await _links(sandbox)
    assert (first == second) == (choice == "same")
    await sandbox.advance("10m")
    assert (await sandbox.send("GET", first))[0] == 403


async def link_check_order(sandbox: QuirkSandbox, choice: str) -> None:
    link = (await _links(sandbox))[0].replace("Signature=", "Signature=x")
    await sandbox.advance("10m")
    error = {"expiry_first": b"<Code>AccessDenied<", "signature_first": b"<Code>SignatureDoesNotMatch<"}[choice]
    assert error in (await sandbox.send("GET", link))[1]


async def gateway_prefix(sandbox: QuirkSandbox, choice: str) -> None:
    assert (await sandbox.call_huawei("GET", "nowhere"))[1]["error_code"] == f"{choice}.0101"


async def authentication_failed_text(sandbox: QuirkSandbox, choice: str) -> None:
    message = (await sandbox.call_huawei("GET", f"{JOBS}/x", token="MIIFx"))[1]["error_msg"]
    assert (
        message
        == {
            "failure_sample": "Authentication failed. Verify the token.",
            "error_table": "Authentication failed. Please verify the token",
            "english_table": "Authentication failed.",
        }[choice]
    )


async def task_not_found_text(sandbox: QuirkSandbox, choice: str) -> None:
    message = (await sandbox.call_huawei("GET", f"{JOBS}/x"))[1]["error_msg"]
    assert message == {"error_table": "Task is not found!", "prose": "task id is not found"}[choice]


CHECKS: dict[str, Check] = {
    "huawei.started_status": started_status,
    "huawei.failed_job": failed_job,
    "huawei.bad_token": bad_token,
    "huawei.missing_authentication": missing_authentication,
    "huawei.other_project": other_project,
    "huawei.key_lock": key_lock,
    "huawei.longest_text": longest_text,
    "huawei.sample_path": sample_path,
    "huawei.wrong_method": wrong_method,
    "huawei.link_renewal": link_renewal,
    "huawei.link_check_order": link_check_order,
    "huawei.gateway_prefix": gateway_prefix,
    "huawei.authentication_failed_text": authentication_failed_text,
    "huawei.task_not_found_text": task_not_found_text,
}
