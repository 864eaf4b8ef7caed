"""Callbacks in the test kit: exchanges the other way round, which no variation takes for a call of the client."""

from __future__ import annotations

from tests.testing.conftest import Play

TEXT = """
import pytest
import requests

from fauxlate.testing.tester.playback import replayed
from fauxlate.testing.sweep.runner import _well

NOBODY = {"url": "http://127.0.0.1:1/nobody", "check": False}


def test_told(fauxlate):
    own = fauxlate.environment["dingtalk"]
    at = own["openapi_endpoint"]
    with requests.Session() as session:
        session.trust_env = False
        path = f"{at}/__fauxlate/sandboxes/{fauxlate.id}"
        session.patch(f"{path}/clock", json={"mode": "frozen"}).raise_for_status()
        session.put(f"{path}/callbacks/dingtalk", json=NOBODY).raise_for_status()
        keys = {"suiteKey": own["suite_key"], "suiteSecret": own["suite_secret"]}
        asked = {**keys, "authCorpId": own["corp_id"], "suiteTicket": "t"}
        token = session.post(f"{at}/v1.0/oauth2/corpAccessToken", json=asked).json()["accessToken"]
        files = {"file": ("a.csv", b"x")}
        media = session.post(f"{at}/file/upload/single", params={"access_token": token}, files=files).json()["media_id"]
        body = {"medias": {media: "a.csv"}, "unionId": "u"}
        headers = {"x-acs-dingtalk-access-token": token}
        session.post(f"{at}/v1.0/contact/files/translate", json=body, headers=headers).raise_for_status()
    fauxlate.clock.advance("3s")
    told = [one for one in fauxlate.journal if one.callback]
    assert [(one.operation, one.status) for one in told] == [("dingtalk.transfer_contact_id_job_result", 0)]
    assert (told[0].callback["attempt"], told[0].callback["acknowledged"]) == (1, False)
    assert not _well(told[0])
    assert replayed(fauxlate.journal, fauxlate.jobs, {}) == {"rules": []}
"""


def test_a_callback_is_an_exchange_the_other_way_round(play: Play) -> None:
    ran = play(TEXT, apart=True)  # `cryptography` does not survive what pytester does to the modules of this process
    ran.assert_outcomes(passed=1)
