"""The official SDKs that are measured: the columns of the table. Each creates one job, and says what came of it.

Usage: python -m contract_tests.all_providers.sdk_faults.clients CREDENTIALS

Prints as JSON what the Alibaba SDK of this interpreter does with each of CREDENTIALS, a JSON list. `.venv-rpc` holds the
release that signs in RPC style, and nothing else: hence only the standard library is imported at the top.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

from contract_tests.all_providers.sdk_faults.faults import TIMEOUT

Credentials = Mapping[str, str]
"""Endpoint and credentials of one provider in a sandbox."""

OPERATIONS = {
    "alibaba": "alibaba.CreateAsyncTranslate",
    "dingtalk": "dingtalk.TranslateFile",
    "huawei": "huawei.RunFileTranslation",
}
"""By provider, the operation that is called."""


def describe_exception(exception: BaseException) -> str:
    """Return what the table says of an exception: its type, the one within, and its code."""
    names = [type(exception).__name__]
    inner = getattr(exception, "inner_exception", None)
    if inner is not None:
        names.append(type(inner).__name__)
    code = getattr(exception, "error_code", None) or getattr(exception, "code", None)
    return " of ".join(f"`{name}`" for name in names) + (f", code `{code}`" if code else "")


def describe_answer(job_id: str | None, code: object = None) -> str:
    """Return what the table says of an answer."""
    text = "returns the job" if job_id else "returns no job id, raises nothing"
    return text if code is None else f"{text}, code `{code}`"


def describe_call(call: Callable[[], str]) -> str:
    """Make a call; return what the table says of it."""
    try:
        return call()
    except Exception as exception:  # noqa: BLE001  (what it raises is the result)
        return describe_exception(exception)


def alimt(credentials: Credentials, *, is_async: bool = False) -> str:
    """Create a text job by the Alibaba SDK, whichever release the interpreter has."""
    from alibabacloud_alimt20181012 import models
    from alibabacloud_alimt20181012.client import Client
    from alibabacloud_tea_openapi.models import Config

    config = Config(
        endpoint=credentials["endpoint"],
        protocol="http",
        access_key_id=credentials["access_key_id"],
        access_key_secret=credentials["access_key_secret"],
    )
    request = models.CreateAsyncTranslateRequest(
        source_language="zh",
        target_language="en",
        source_text="你好",
        scene="general",
        format_type="text",
        api_type="translate_standard",
    )
    client, options = Client(config), _runtime_options()
    if is_async:
        body = asyncio.run(client.create_async_translate_with_options_async(request, options)).body
    else:
        body = client.create_async_translate_with_options(request, options).body
    return describe_answer(body.data and body.data.job_id, None if body.code in (200, "200") else body.code)


def dingtalk(credentials: Credentials, *, is_async: bool = False) -> str:
    """Have a file translated by the DingTalk SDK; token and upload are plain calls, so that nothing is in the way."""
    from alibabacloud_dingtalk.contact_1_0 import models
    from alibabacloud_dingtalk.contact_1_0.client import Client
    from alibabacloud_tea_openapi.models import Config

    url = f"http://{credentials['endpoint']}"
    keys = {"appKey": credentials["app_key"], "appSecret": credentials["app_secret"]}
    token_request = Request(
        f"{url}/v1.0/oauth2/accessToken", json.dumps(keys).encode(), {"Content-Type": "application/json"}
    )
    with urlopen(token_request) as response:
        token = json.load(response)["accessToken"]
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n$userName=u1$\r\n--b--\r\n'
    upload = Request(
        f"{url}/file/upload/single?access_token={token}", form, {"Content-Type": "multipart/form-data; boundary=b"}
    )
    with urlopen(upload) as response:
        media_id = json.load(response)["media_id"]
    client = Client(Config(endpoint=credentials["endpoint"], protocol="http", region_id="central"))
    request = models.TranslateFileRequest(medias={media_id: "a.csv"}, union_id=credentials["union_id"])
    headers = models.TranslateFileHeaders(x_acs_dingtalk_access_token=token)
    if is_async:
        body = asyncio.run(client.translate_file_with_options_async(request, headers, _runtime_options())).body
    else:
        body = client.translate_file_with_options(request, headers, _runtime_options()).body
    return describe_answer(body.job_id)


def huawei(credentials: Credentials) -> str:
    """Have a document translated by the Huawei SDK."""
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdkcore.http.http_config import HttpConfig
    from huaweicloudsdknlp.v2 import FileTranslationReq, NlpClient, RunFileTranslationRequest

    config = HttpConfig.get_default_config()
    config.timeout = TIMEOUT
    keys = BasicCredentials(credentials["access_key"], credentials["secret_key"], credentials["project_id"])
    nlp = (
        NlpClient.new_builder()
        .with_http_config(config)
        .with_credentials(keys)
        .with_endpoint(credentials["endpoint"])
        .build()
    )
    body = FileTranslationReq(url="https://example.com/a.docx", _from="zh", to="en", type="docx")
    return describe_answer(nlp.run_file_translation(RunFileTranslationRequest(body=body)).job_id)


def _runtime_options() -> Any:
    from alibabacloud_tea_util.models import RuntimeOptions

    return RuntimeOptions(read_timeout=int(TIMEOUT * 1000), connect_timeout=5000)


@dataclass(frozen=True)
class Column:
    """A client: its name, its provider, and the call that creates a job; one without a call runs in `.venv-rpc`."""

    name: str
    provider: str
    call: Callable[[Credentials], str] | None


COLUMNS = (
    Column("alimt 1.5.2", "alibaba", alimt),
    Column("alimt 1.5.2, async", "alibaba", lambda credentials: alimt(credentials, is_async=True)),
    Column("alimt 1.5.1 (RPC)", "alibaba", None),
    Column("dingtalk 2.2.65", "dingtalk", dingtalk),
    Column("dingtalk 2.2.65, async", "dingtalk", lambda credentials: dingtalk(credentials, is_async=True)),
    Column("nlp 3.1.219 (Huawei)", "huawei", huawei),
)


def main() -> None:
    """Print what the Alibaba SDK does."""
    print(json.dumps([describe_call(lambda: alimt(credentials)) for credentials in json.loads(sys.argv[1])]))  # noqa: B023


if __name__ == "__main__":
    main()
