"""The link to a result: whom it opens for, for how long, and that nothing of it gets into the journal."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from contract_tests.clients.dingtalk.plain import TIMEOUT, DingTalkClient, login_url
from contract_tests.dingtalk.access.results import SCENARIO, run_job
from contract_tests.harness.target import Target

pytestmark = pytest.mark.documented("obtain-identity-credentials; obtain-the-userid-of-a-user-by-using-the-log-free")


@pytest.mark.documented("seed 000: The URL must be opened on the user side after OAuth 2.0 authorization.")
def test_a_result_opens_for_a_browser_that_has_logged_in_and_for_no_other(
    sandbox: Target, client: DingTalkClient
) -> None:
    link = run_job(sandbox, client, b"content")
    with requests.Session() as browser:
        browser.trust_env = False
        login_page = browser.get(link, timeout=TIMEOUT)
        assert "Content-Disposition" not in login_page.headers
        assert (login_page.status_code, login_page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        redirection = re.search(r'url=([^"]+)"', login_page.text)
        assert redirection is not None
        result = browser.get(redirection[1].replace("&amp;", "&"), timeout=TIMEOUT)  # where a browser goes by itself
        assert result.content == b"content"
        assert browser.get(link, timeout=TIMEOUT).content == b"content"


@pytest.mark.assumed("how long a login lasts is not documented")
def test_a_login_lasts_a_day(server: Target) -> None:
    lifecycles = {"dingtalk.file_translation": {"link": "7d"}}
    with server.create_sandbox({**SCENARIO, "lifecycles": lifecycles}) as sandbox, requests.Session() as browser:
        browser.trust_env = False
        link = run_job(sandbox, DingTalkClient(sandbox.credentials("dingtalk")), b"content")
        redirection = re.search(r'url=([^"]+)"', browser.get(link, timeout=TIMEOUT).text)
        assert redirection is not None
        browser.get(redirection[1].replace("&amp;", "&"), timeout=TIMEOUT)
        for duration, is_logged_in in (("86399s", True), ("1s", False)):
            sandbox.advance(duration)
            assert (browser.get(link, timeout=TIMEOUT).content == b"content") is is_logged_in


@pytest.mark.assumed("how long a link is good is not documented; the sibling product WeCom says 24 hours")
def test_a_link_is_good_for_a_day_or_as_long_as_a_scenario_says(server: Target) -> None:
    for lifecycles, duration in (({}, "24h"), ({"dingtalk.file_translation": {"link": "10m"}}, "10m")):
        with server.create_sandbox(
            {**SCENARIO, "lifecycles": lifecycles, "quirks": {"dingtalk.result_login": "open"}}
        ) as sandbox:
            client = DingTalkClient(sandbox.credentials("dingtalk"))
            path = run_job(sandbox, client).removeprefix(client.url)
            assert client.send("GET", path).content == b"x"
            sandbox.advance(duration)
            assert client.send("GET", path).json()["code"] == "InvalidAction.NotFound"


def test_a_link_without_its_signature_leads_nowhere(sandbox: Target, client: DingTalkClient) -> None:
    link = run_job(sandbox, client)
    path, _, signature = link.removeprefix(client.url).partition("?signature=")
    for wrong_path in (path, f"{path}?signature={signature[:-1]}", f"{path}x?signature={signature}"):
        response = client.send("GET", wrong_path)
        assert (response.status_code, response.json()["code"]) == (404, "InvalidAction.NotFound")


def test_neither_signature_nor_codes_nor_cookies_are_in_the_journal(sandbox: Target, client: DingTalkClient) -> None:
    link = run_job(sandbox, client)
    with requests.Session() as browser:
        browser.trust_env = False
        response = browser.get(login_url(client.credentials, link), timeout=TIMEOUT)
        secrets = [link.partition("signature=")[2], *(cookie.value or "" for cookie in browser.cookies)]
    query = dict(parse_qsl(urlsplit(response.url).query))
    secrets.append(query["authCode"])
    client.send("GET", link.removeprefix(client.url))
    journal = str(sandbox.call_admin("GET", f"sandboxes/{sandbox.sandbox_id}/journal"))
    assert len(secrets) == 3
    assert [secret for secret in secrets if secret in journal] == []
