"""A client of DingTalk by plain calls, for what its SDK does not have: login, uploads, downloads, the legacy host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

Credentials = Mapping[str, str]
TIMEOUT = 20


def login_url(credentials: Credentials, redirect_url: str, **parameters: str) -> str:
    """Return the page that logs the user in and then redirects to `redirect_url`."""
    query = {
        "client_id": credentials["suite_key"],
        "response_type": "code",
        "scope": "openid",
        "redirect_uri": redirect_url,
        **parameters,
    }
    return f"http://{credentials['endpoint']}/oauth2/auth?{urlencode(query)}"


def log_in(credentials: Credentials, **parameters: str) -> dict[str, str]:
    """Log in; return the parameters of the redirection back to the app: `authCode`, or `error`, and `state`."""
    page = login_url(credentials, "http://127.0.0.1:9/back", **parameters)
    with requests.Session() as browser:
        browser.trust_env = False
        response = browser.get(page, allow_redirects=False, timeout=TIMEOUT)
    assert response.status_code == 302, response.text
    return dict(parse_qsl(urlsplit(response.headers["Location"]).query))


def request_user_token(credentials: Credentials) -> str:
    """Log in; return the token of the user."""
    body = {
        "clientId": credentials["suite_key"],
        "clientSecret": credentials["suite_secret"],
        "grantType": "authorization_code",
        "code": log_in(credentials)["authCode"],
    }
    with requests.Session() as session:
        session.trust_env = False
        url = f"http://{credentials['endpoint']}/v1.0/oauth2/userAccessToken"
        return str(session.post(url, json=body, timeout=TIMEOUT).json()["accessToken"])


class DingTalkClient:
    """Plain calls of DingTalk's hosts, which have one address here."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self.url = f"http://{credentials['endpoint']}"
        self.session = requests.Session()
        self.session.trust_env = False

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request, without following redirections; `options` are those of `requests`."""
        return self.session.request(method, self.url + path, timeout=TIMEOUT, allow_redirects=False, **options)

    def api(self, method: str, path: str, body: Any = None, token: str | None = None, **query: str) -> tuple[int, Any]:
        """Call the new API; return HTTP status and JSON."""
        headers = {} if token is None else {"x-acs-dingtalk-access-token": token}
        response = self.send(method, path, json=body, headers=headers, params=query)
        return response.status_code, response.json()

    def legacy(self, method: str, path: str, **options: Any) -> Any:
        """Call the legacy host, whose answers all have HTTP status 200; return the JSON."""
        response = self.send(method, path, **options)
        assert response.status_code == 200, response.text
        return response.json()

    @property
    def suite_keys(self) -> dict[str, str]:
        """The body with which a suite asks for a token of its own."""
        keys = {"suiteKey": self.credentials["suite_key"], "suiteSecret": self.credentials["suite_secret"]}
        return {**keys, "suiteTicket": "ticket"}

    def corp_token(self, **members: str) -> str:
        """Return a token of the third-party app for its corp; `members` replace those of the body."""
        body = {**self.suite_keys, "authCorpId": self.credentials["corp_id"], **members}
        return str(self.api("POST", "/v1.0/oauth2/corpAccessToken", body)[1]["accessToken"])

    def other_corp_token(self) -> str:
        """Return a token of another app for another corp; the sandbox has to let strangers in, as the default one."""
        return self.corp_token(suiteKey="suiteelsewhere", authCorpId="dingelsewhere")

    def app_token(self) -> str:
        """Return the token of the internal app."""
        body = {"appKey": self.credentials["app_key"], "appSecret": self.credentials["app_secret"]}
        return str(self.api("POST", "/v1.0/oauth2/accessToken", body)[1]["accessToken"])

    def upload(self, token: str, name: str = "staff.csv", data: bytes = b"$userName=u1$", part: str = "file") -> Any:
        """Upload a file in a single step; return the JSON."""
        path, query = "/file/upload/single", {"access_token": token, "agent_id": "1", "file_size": str(len(data))}
        return self.legacy("POST", path, params=query, files={part: (name, data)})

    def translate(self, token: str, medias: Mapping[str, str], **members: Any) -> tuple[int, Any]:
        """Submit a job on files, given as names by media id; return HTTP status and JSON."""
        body = {"medias": dict(medias), "unionId": self.credentials["union_id"], **members}
        return self.api("POST", "/v1.0/contact/files/translate", body, token)

    def job_result(self, token: str, job_id: str) -> tuple[int, Any]:
        """Query the result of a job; return HTTP status and JSON."""
        return self.api("GET", "/v1.0/contact/files/translateResults", None, token, jobId=job_id)

    def download(self, link: str) -> bytes:
        """Log in, and open the link in the same browser; return the file."""
        with requests.Session() as browser:
            browser.trust_env = False
            response = browser.get(login_url(self.credentials, link), timeout=TIMEOUT)
        assert response.status_code == 200, response.text
        assert "attachment" in response.headers["Content-Disposition"], response.text
        return response.content
