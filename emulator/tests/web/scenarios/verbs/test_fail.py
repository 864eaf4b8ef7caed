"""The verb `fail`: a documented error, or one that a rule says is not."""

from __future__ import annotations

import pytest
from tests.web.clients import PATIENCE, Client
from tests.web.conftest import Boxes, rule

SOME_ERROR = {"alibaba": ("10013", 400), "dingtalk": ("system.busy", 500), "huawei": ("NLP.0201", 500)}
"""A documented error of each provider's creating operation, and its status."""


def test_a_documented_error_comes_with_its_own_status_and_text(box: Boxes, kind: type[Client]) -> None:
    code, status = SOME_ERROR[kind.name]
    here = box(rule(kind.creates, f"{{fail: '{code}'}}"))
    client = here.client(kind)
    answer = client.create()
    assert (answer.status_code, client.code(answer)) == (status, code)
    documented = next(
        error
        for operation in here.session.get(f"{here.url}/__fauxlate/catalog").json()[kind.name]["operations"]
        for error in operation["errors"]
        if error["code"] == code and f"{kind.name}.{operation['name']}" == kind.creates
    )
    assert documented["message"] in answer.text
    assert here.jobs() == []
    assert here.faults() == {"fail": 1}


def test_the_service_is_busy_twice_and_then_fine(box: Boxes, kind: type[Client]) -> None:
    code, status = SOME_ERROR[kind.name]
    here = box(rule(kind.creates, f"{{fail: '{code}'}}", "times: 2"))
    client = here.client(kind)
    assert [client.create().status_code for _ in range(4)] == [status, status, 200, 200]
    assert len(here.jobs()) == 2


def test_an_error_may_have_another_text(box: Boxes, kind: type[Client]) -> None:
    code, status = SOME_ERROR[kind.name]
    here = box(rule(kind.creates, f"{{fail: {{code: '{code}', message: 'Nobody is there: 没有人.'}}}}"))
    answer = here.client(kind).create()
    assert (answer.status_code, here.client(kind).code(answer)) == (status, code)
    assert "Nobody is there: 没有人." in answer.text


def test_an_error_that_no_document_has_is_given_where_the_rule_says_so(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{fail: {code: Odd.One, status: 418, message: Odd.}}", "undocumented: true"))
    answer = here.client(kind).create()
    assert (answer.status_code, here.client(kind).code(answer)) == (418, "Odd.One")
    assert "Odd." in answer.text


@pytest.mark.parametrize("operation", ["huawei.KeystoneCreateUserTokenByPassword", "dingtalk.UploadSingle"])
def test_an_error_that_no_document_has_takes_the_shape_of_any_family(box: Boxes, operation: str) -> None:
    here = box(rule(operation, "{fail: {code: Odd.One, status: 418, message: Odd.}}", "undocumented: true"))
    if operation.startswith("huawei"):
        url = f"{here.huawei.told['iam_endpoint']}/v3/auth/tokens"
        answer = here.session.post(url, json=here.huawei.token_body(), timeout=PATIENCE)
    else:
        url, params = f"{here.dingtalk.url}/file/upload/single", {"access_token": here.dingtalk.token}
        answer = here.session.post(url, params=params, files={"file": ("a.csv", b"x")}, timeout=PATIENCE)
    assert answer.status_code == 418
    assert "Odd." in answer.text


def test_a_documented_error_may_come_with_a_status_that_is_not(box: Boxes, kind: type[Client]) -> None:
    code, _ = SOME_ERROR[kind.name]
    here = box(rule(kind.creates, f"{{fail: {{code: '{code}', status: 429}}}}", "undocumented: true"))
    answer = here.client(kind).create()
    assert (answer.status_code, here.client(kind).code(answer)) == (429, code)
