"""What a sandbox gives out opens nothing elsewhere: it does not follow from what another one has given out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
from fauxlate.engine.chance import Chance
from fauxlate.engine.sandboxes.sandbox import tag_of
from hypothesis import given
from hypothesis import strategies as st
from tests.web.clients import PATIENCE
from tests.web.conftest import Box, Boxes


def given_out(here: Box) -> dict[str, str]:
    """Have everything given out that opens something; return it by what it is."""
    dingtalk, huawei, alibaba = here.dingtalk, here.huawei, here.alibaba
    storage: dict[str, Any] = {"unionId": dingtalk.told["union_id"]}

    def post(path: str, body: Any = None, **query: Any) -> Any:
        url = f"{dingtalk.url}{path}"
        return here.session.post(url, json=body, params=query, headers=dingtalk.headers, timeout=PATIENCE).json()

    def get(path: str, **query: Any) -> requests.Response:
        return here.session.get(f"{dingtalk.url}{path}", params=query, allow_redirects=False, timeout=PATIENCE)

    login = {
        "redirect_uri": "http://app.example/cb",
        "response_type": "code",
        "client_id": dingtalk.told["app_key"],
        "scope": "openid",
    }
    logged_in = get("/oauth2/auth", **login)
    code = logged_in.headers["Location"].partition("authCode=")[2]
    keys = {"clientId": dingtalk.told["app_key"], "clientSecret": dingtalk.told["app_secret"]}
    user = post("/v1.0/oauth2/userAccessToken", {**keys, "code": code, "grantType": "authorization_code"})
    upload_info = post("/v2.0/storage/spaces/files/u/uploadInfos/query", {"protocol": "HEADER_SIGNATURE"}, **storage)
    put = upload_info["headerSignatureInfo"]
    chunks = get("/file/upload/transaction", access_token=dingtalk.token, file_size=1, chunk_numbers=1)
    stream = {
        "clientId": dingtalk.told["suite_key"],
        "clientSecret": dingtalk.told["suite_secret"],
        "subscriptions": [{"type": "EVENT", "topic": "*"}],
    }
    languages = {"SourceLanguage": "zh", "TargetLanguage": "en"}
    jobs = {client: client.made() for client in (dingtalk, huawei)}
    batch = alibaba.call("TranslateImageBatch", **languages, ImageUrls="https://e.example/a.png").json()["Data"]
    here.advance("1h")
    return {
        "corp token": dingtalk.token,
        "IAM token": huawei.token,
        "authCode": code,
        "session": logged_in.headers["Set-Cookie"].partition("=")[2].partition(";")[0],
        "user token": user["accessToken"],
        "refresh token": user["refreshToken"],
        "silent code": get("/oauth2/requestAuthCode", corpId=dingtalk.told["corp_id"]).text,
        "upload key": upload_info["uploadKey"],
        "object": urlsplit(put["resourceUrls"][0]).path,
        "access key of the object": put["headers"]["Authorization"],
        "media": dingtalk.upload(),
        "upload in chunks": chunks.json()["upload_id"],
        "ticket": post("/v1.0/gateway/connections/open", stream)["ticket"],
        "list": urlsplit(dingtalk.ask(jobs[dingtalk]).json()["url"]).query,
        "document": huawei.ask(jobs[huawei]).json()["url"],
        "images": batch["TaskId"],
        "image": alibaba.call("TranslateImage", **languages, ImageUrl="https://e.example/a.png").json()["Data"][
            "FinalImageUrl"
        ],
    }


def test_nothing_follows_from_what_another_sandbox_gives_out(box: Boxes) -> None:
    ours, theirs = (box(seed=7) for _ in range(2))
    known, hidden = given_out(ours), given_out(theirs)
    tags = tag_of(ours.id), tag_of(theirs.id)
    for name, text in known.items():
        assert text.replace(*tags) != hidden[name], name


@given(
    st.integers(),
    st.text("0123456789abcdef", min_size=8, max_size=8),
    st.text("0123456789abcdef", min_size=8, max_size=8),
)
def test_a_tag_draws_otherwise_than_any_other(seed: int, tag: str, other: str) -> None:
    ours, theirs = Chance(seed, tag), Chance(seed, other)
    assert (ours.draw("token") == theirs.draw("token")) is (tag == other)
    assert Chance(seed, tag).draw("token") == Chance(seed, other).with_tag(tag).draw("token")
    assert Chance(0, tag).with_seed(seed).draw("token") == Chance(seed, tag).draw("token")
    assert ours.copy().draw("token") == ours.draw("token") != Chance(seed).draw("token")


def test_a_fork_gives_out_what_its_origin_does_not(box: Boxes) -> None:
    here = box(seed=7)
    told = here.admin("POST", "/fork", {}).json()
    fork = Box(here.url, told, requests.Session())
    try:
        tokens = [one.dingtalk.token.replace(tag_of(one.id), "") for one in (here, fork)]
        assert tokens[0] != tokens[1]
    finally:
        fork.close()
