"""Callbacks in the test kit: exchanges the other way round, which no variation takes for a call of the client."""

from __future__ import annotations

from tests.testing.conftest import RunPytest

TEXT = """
import pytest
import requests

from fauxlate.testing.tester.playback import reproduce
from fauxlate.testing.sweep.run import is_success

NOBODY = {"url": "http://127.0.0.1:1/nobody", "check": False}


def test_callback(fauxlate):
    access = fauxlate.environment["dingtalk"]
    endpoint = access["openapi_endpoint"]
    with requests.Session() as session:
        session.trust_env = False
        path = f"{endpoint}/__fauxlate/sandboxes/{fauxlate.id}"
        session.patch(f"{path}/clock", json={"mode": "frozen"}).raise_for_status()
        session.put(f"{path}/callbacks/dingtalk", json=NOBODY).raise_for_status()
        keys = {"suiteKey": access["suite_key"], "suiteSecret": access["suite_secret"]}
        body = {**keys, "authCorpId": access["corp_id"], "suiteTicket": "t"}
        token = session.post(f"{endpoint}/v1.0/oauth2/corpAccessToken", json=body).json()["accessToken"]
        files = {"file": ("a.csv", b"x")}
        media = session.post(f"{endpoint}/file/upload/single", params={"access_token": token}, files=files).json()["media_id"]
        body = {"medias": {media: "a.csv"}, "unionId": "u"}
        headers = {"x-acs-dingtalk-access-token": token}
        session.post(f"{endpoint}/v1.0/contact/files/translate", json=body, headers=headers).raise_for_status()
    fauxlate.clock.advance("3s")
    callbacks = [exchange for exchange in fauxlate.journal if exchange.callback]
    assert [(callback.operation, callback.status) for callback in callbacks] == [("dingtalk.transfer_contact_id_job_result", 0)]
    assert (callbacks[0].callback["attempt"], callbacks[0].callback["acknowledged"]) == (1, False)
    assert not is_success(callbacks[0])
    assert reproduce(fauxlate.journal, fauxlate.jobs, {}) == {"rules": []}
"""


def test_a_callback_is_an_exchange_the_other_way_round(run_pytest: RunPytest) -> None:
    result = run_pytest(
        TEXT, in_subprocess=True
    )  # `cryptography` does not survive what pytester does to the modules of this process
    result.assert_outcomes(passed=1)
