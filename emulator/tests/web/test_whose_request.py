"""Whose request it is: a documented host tells first, then the credential, then the path."""

from __future__ import annotations

import re
from email.utils import formatdate

import pytest
import requests
from fauxlate.engine.exchange.request import Request
from fauxlate.providers.dingtalk import _PATH_PREFIXES
from fauxlate.providers.huawei.access import storage_signing
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict
from tests.web.clients import PATIENCE
from tests.web.conftest import Box, Boxes
from tests.web.signed_requests import FAMILIES, WORLD, Signed

SEGMENTS = sorted({prefix.split("/")[1] for prefix in _PATH_PREFIXES} | {"alimt-results", "login", "gettoken"})
RPC = "Action=GetAsyncTranslate&AccessKeyId=k&SignatureNonce=n&Signature=s"
LINK = "AccessKeyId=k&Expires=1&Signature=s"


def owner(target: str, **headers: str) -> str:
    named = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    return WORLD.find_provider(Request("GET", target, named)).name


@pytest.mark.parametrize("bucket", SEGMENTS)
def test_a_bucket_may_have_the_name_of_a_path(bucket: str) -> None:
    assert owner(f"/{bucket}/a.txt", Authorization="OBS k:s") == "huawei"
    assert owner(f"/{bucket}/a/b?uploads", Authorization="AWS k:s") == "huawei"
    assert owner(f"/{bucket}", Authorization="AWS4-HMAC-SHA256 Credential=k/20260101/r/s3/aws4_request") == "huawei"
    assert owner(f"/{bucket}/a.txt?{LINK}") == "huawei"
    assert owner(f"/{bucket}/a.txt?AWS{LINK}") == "huawei"
    assert owner(f"/{bucket}/a.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=9&X-Amz-Signature=s") == "huawei"


@pytest.mark.parametrize("path", ["/", "/media/upload", "/v1.0/contact", "/v3/projects", "/file/"])
def test_a_call_of_the_gateway_may_have_any_path(path: str) -> None:
    assert owner(f"{path}?{RPC}") == owner(f"{path}?Expires=1&{RPC}") == "alibaba"
    assert owner(path, Authorization="ACS3-HMAC-SHA256 Credential=k,SignedHeaders=host,Signature=s") == "alibaba"
    assert owner(path, Authorization="SDK-HMAC-SHA256 Access=k, SignedHeaders=host, Signature=s") == "huawei"


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("api.dingtalk.com", "dingtalk"),
        ("OAPI.DingTalk.com:443", "dingtalk"),
        ("login.dingtalk.com.", "dingtalk"),
        ("mt.cn-hangzhou.aliyuncs.com", "alibaba"),
        ("mt.aliyuncs.com:80", "alibaba"),
        ("media.obs.cn-north-4.myhuaweicloud.com", "huawei"),
        ("iam.myhuaweicloud.com", "huawei"),
        ("nlp-ext.cn-north-4.myhuaweicloud.com:443", "huawei"),
    ],
)
@pytest.mark.parametrize("target", ["/", "/media/upload", f"/?{RPC}", f"/b/k?{LINK}", "/v1/p/machine-translation"])
def test_a_documented_host_decides_whatever_the_rest_says(host: str, name: str, target: str) -> None:
    assert owner(target, Host=host) == name


@pytest.mark.parametrize(
    "host", ["dingtalk.com.example", "xdingtalk.com", "myhuaweicloud.com.evil", "127.0.0.1:1", "[::1]:8", ""]
)
def test_a_name_that_only_looks_like_a_documented_one_decides_nothing(host: str) -> None:
    assert owner("/media/upload", Host=host) == "dingtalk"
    assert owner("/v3/projects", Host=host) == "huawei"
    assert owner("/anything", Host=host) == "alibaba"


SIGNED = [(provider.name, signed) for provider, requests_ in FAMILIES.values() for signed in requests_]


@given(
    st.sampled_from([one for one in SIGNED if one[1].name != "PutObject" or one[0] != "dingtalk"]),
    st.sampled_from(SEGMENTS),
)
def test_no_header_or_parameter_of_another_provider_takes_a_signed_request_away(
    one: tuple[str, Signed], name: str
) -> None:
    expected, signed = one
    request = signed.build()
    assert WORLD.find_provider(request).name == expected
    headers = CIMultiDict({**request.headers, "x-acs-dingtalk-access-token": name, "X-Auth-Token": name})
    mark = "&" if request.raw_query else "?"
    target = f"{request.target}{mark}access_token={name}&Expires=1&redirect_uri=/{name}/"
    assert WORLD.find_provider(Request(request.method, target, headers, request.body)).name == expected


def storage_call(here: Box, method: str, host: str, path: str, resource: str, body: bytes = b"") -> requests.Response:
    """Call the storage at a host; what is signed is the resource."""
    told, date = here.huawei.told, formatdate(usegmt=True)
    signature = storage_signing.sign(told["secret_key"], f"{method}\n\n\n{date}\n{resource}")
    headers = {"Host": host, "Date": date, "Authorization": f"OBS {told['access_key']}:{signature}"}
    return here.session.request(method, f"{here.url}{path}", data=body, headers=headers, timeout=PATIENCE)


@pytest.mark.parametrize(
    "endpoint", ["obs.cn-north-4.myhuaweicloud.com", "localhost:8585", "fauxlate:8585", "host.docker.internal"]
)
@pytest.mark.parametrize("bucket", ["sources", "media", "my-bucket-1"])
def test_a_bucket_may_have_a_host_of_its_own(box: Boxes, endpoint: str, bucket: str) -> None:
    here = box(clock={"mode": "real"})
    own = f"{bucket}.{endpoint}"
    assert storage_call(here, "PUT", own, "/", f"/{bucket}/").status_code == 200
    assert storage_call(here, "PUT", own, "/a/b.txt", f"/{bucket}/a/b.txt", b"x").status_code == 200
    assert storage_call(here, "GET", own, "/a/b.txt", f"/{bucket}/a/b.txt").content == b"x"
    by_path = storage_call(here, "GET", endpoint, f"/{bucket}/a/b.txt", f"/{bucket}/a/b.txt")
    assert by_path.content == b"x", "the same object is reached by its path"
    wrong = storage_call(here, "GET", own, "/a/b.txt", "/a/b.txt")
    code = re.findall("<Code>(.*?)</Code>", wrong.text)
    assert code == (
        ["NoSuchBucket"] if endpoint in ("fauxlate:8585", "host.docker.internal") else ["SignatureDoesNotMatch"]
    )
