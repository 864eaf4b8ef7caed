"""What clients of DingTalk do outside its SDK."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

Told = Mapping[str, str]
PATIENCE = 20


def logged_in(told: Told, link: str, **more: str) -> str:
    """Return the page at which the user logs in who is then sent on to `link`; whatever follows it gets there."""
    asked = {"client_id": told["suite_key"], "response_type": "code", "scope": "openid", "redirect_uri": link, **more}
    return f"http://{told['endpoint']}/oauth2/auth?{urlencode(asked)}"


def sent_back(told: Told, **more: str) -> dict[str, str]:
    """Log in; return with what the browser is sent back to the app: authCode, or error, and state."""
    page = logged_in(told, "http://127.0.0.1:9/back", **more)
    with requests.Session() as browser:
        browser.trust_env = False
        answer = browser.get(page, allow_redirects=False, timeout=PATIENCE)
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def user_token(told: Told) -> str:
    """Return the token of the user who has logged in."""
    asked = {
        "clientId": told["suite_key"],
        "clientSecret": told["suite_secret"],
        "grantType": "authorization_code",
        "code": sent_back(told)["authCode"],
    }
    with requests.Session() as client:
        client.trust_env = False
        url = f"http://{told['endpoint']}/v1.0/oauth2/userAccessToken"
        return str(client.post(url, json=asked, timeout=PATIENCE).json()["accessToken"])


class Wire:
    """Plain calls of DingTalk's hosts, which are one here. An answer is its HTTP status and its JSON."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.url = f"http://{told['endpoint']}"
        self.session = requests.Session()
        self.session.trust_env = False

    def send(self, method: str, path: str, **sent: Any) -> requests.Response:
        """Send a request as it is told, without going where the answer may point."""
        return self.session.request(method, self.url + path, timeout=PATIENCE, allow_redirects=False, **sent)

    def api(self, method: str, path: str, body: Any = None, token: str | None = None, **query: str) -> tuple[int, Any]:
        """Call the new API."""
        headers = {} if token is None else {"x-acs-dingtalk-access-token": token}
        answer = self.send(method, path, json=body, headers=headers, params=query)
        return answer.status_code, answer.json()

    def legacy(self, method: str, path: str, **sent: Any) -> Any:
        """Call the legacy host, whose answers are all HTTP 200."""
        answer = self.send(method, path, **sent)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @property
    def suite(self) -> dict[str, str]:
        """What a suite asks for a token of its own with."""
        return {"suiteKey": self.told["suite_key"], "suiteSecret": self.told["suite_secret"], "suiteTicket": "ticket"}

    def corp_token(self, **other: str) -> str:
        """Return a token of the third-party app for its corp."""
        asked = {**self.suite, "authCorpId": self.told["corp_id"], **other}
        return str(self.api("POST", "/v1.0/oauth2/corpAccessToken", asked)[1]["accessToken"])

    def elsewhere(self) -> str:
        """Return a token of another app for another corp; in the default sandbox, where strangers are let in."""
        return self.corp_token(suiteKey="suiteelsewhere", authCorpId="dingelsewhere")

    def app_token(self) -> str:
        """Return the token of the internal app."""
        asked = {"appKey": self.told["app_key"], "appSecret": self.told["app_secret"]}
        return str(self.api("POST", "/v1.0/oauth2/accessToken", asked)[1]["accessToken"])

    def upload(self, token: str, name: str = "staff.csv", data: bytes = b"$userName=u1$", part: str = "file") -> Any:
        """Upload a file in a single step; return the answer."""
        path, query = "/file/upload/single", {"access_token": token, "agent_id": "1", "file_size": str(len(data))}
        return self.legacy("POST", path, params=query, files={part: (name, data)})

    def translate(self, token: str, medias: Mapping[str, str], **more: Any) -> tuple[int, Any]:
        """Submit a job."""
        body = {"medias": dict(medias), "unionId": self.told["union_id"], **more}
        return self.api("POST", "/v1.0/contact/files/translate", body, token)

    def result(self, token: str, job_id: str) -> tuple[int, Any]:
        """Ask for a job."""
        return self.api("GET", "/v1.0/contact/files/translateResults", None, token, jobId=job_id)

    def download(self, link: str) -> bytes:
        """Log in, and open the link in the same browser."""
        with requests.Session() as browser:
            browser.trust_env = False
            answer = browser.get(logged_in(self.told, link), timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        assert "attachment" in answer.headers["Content-Disposition"], answer.text
        return answer.content
