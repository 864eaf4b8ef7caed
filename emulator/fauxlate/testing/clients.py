"""Credentials of each provider, and clients of the official SDKs, unmodified, that have them.

An SDK is imported when a client of it is asked for.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from fauxlate.errors import FauxlateError

FIXTURE_USER_AGENT = "fauxlate-fixture"
"""The User-Agent of requests that the fixture makes by itself, for a token or an upload, and not the tested client."""


class MissingSdkError(FauxlateError, ImportError):
    """The SDK is not installed here."""


def _import_sdk(module: str, package: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingSdkError(f"the SDK is not installed here ({error}); `pip install {package}` has it") from error


class ProviderAccess(Mapping[str, str]):
    """What a client of one provider is configured with: keys and endpoints, as a mapping and as attributes.

    `base_url` is the server's address, for clients that take a URL and add the paths themselves.
    """

    def __init__(self, url: str, values: Mapping[str, str]) -> None:
        self.base_url = url
        self._values = values

    def __getattr__(self, name: str) -> str:
        values: Mapping[str, str] = self.__dict__.get("_values", {})
        if name in values:
            return values[name]
        raise AttributeError(f"there is no `{name}`; there are base_url, {', '.join(values)}")

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.base_url}: {', '.join(self._values)}>"


class Alibaba(ProviderAccess):
    """Alibaba Cloud Machine Translation: `endpoint` (host:port), `access_key_id`, `access_key_secret`, `bearer_token`."""

    def config(self, **options: Any) -> Any:
        """Return the `Config` with the endpoint and keys of this sandbox; `options` go into it, as `read_timeout`."""
        models = _import_sdk("alibabacloud_tea_openapi.models", "alibabacloud_tea_openapi")
        keys = {name: self[name] for name in ("endpoint", "access_key_id", "access_key_secret")}
        return models.Config(**{"protocol": "http", **keys, **options})

    def client(self, **options: Any) -> Any:
        """Return the SDK's client (alibabacloud_alimt20181012); its methods that end in `_async` are asynchronous."""
        sdk = _import_sdk("alibabacloud_alimt20181012.client", "alibabacloud_alimt20181012")
        return sdk.Client(self.config(**options))

    def acs_client(self, region: str = "cn-hangzhou") -> Any:
        """Return the client of the older SDK (aliyun-python-sdk-core), which signs by HMAC-SHA1."""
        sdk = _import_sdk("aliyunsdkcore.client", "aliyun-python-sdk-core aliyun-python-sdk-alimt")
        client = sdk.AcsClient(self["access_key_id"], self["access_key_secret"], region)
        _import_sdk("aliyunsdkcore.profile.region_provider", "aliyun-python-sdk-core").modify_point(
            "alimt", region, self["endpoint"]
        )
        return client


class Huawei(ProviderAccess):
    """Huawei Cloud: `endpoint` and `iam_endpoint` (URLs), `access_key`, `secret_key`, `project_id`, `domain`, `user`, `password`."""

    def client(self, timeout: float | None = None) -> Any:
        """Return the SDK's synchronous client (huaweicloudsdknlp, v2), which waits `timeout` seconds."""
        return self._build_client("NlpClient", timeout)

    def async_client(self, timeout: float | None = None) -> Any:
        """Return the SDK's other client, whose methods end in `_async` and give a future: `.result()` is the answer."""
        return self._build_client("NlpAsyncClient", timeout)

    def credentials(self) -> Any:
        """Return the `BasicCredentials` of the access key, for clients of one's own making."""
        core = _import_sdk("huaweicloudsdkcore.auth.credentials", "huaweicloudsdkcore")
        return core.BasicCredentials(self["access_key"], self["secret_key"], self["project_id"])

    def _build_client(self, name: str, timeout: float | None) -> Any:
        builder = getattr(_import_sdk("huaweicloudsdknlp.v2", "huaweicloudsdknlp"), name).new_builder()
        if timeout is not None:
            config = _import_sdk("huaweicloudsdkcore.http.http_config", "huaweicloudsdkcore").HttpConfig
            builder = builder.with_http_config(config(timeout=timeout))
        return builder.with_endpoint(self["endpoint"]).with_credentials(self.credentials()).build()

    def obs_client(self) -> Any:
        """Return the SDK's client of object storage (esdk-obs-python)."""
        sdk = _import_sdk("obs", "esdk-obs-python")
        server = self["endpoint"]
        return sdk.ObsClient(
            access_key_id=self["access_key"], secret_access_key=self["secret_key"], server=server, path_style=True
        )

    def token(self) -> str:
        """Return an IAM token for the project, as `KeystoneCreateUserTokenByPassword` gives it."""
        user = {"name": self["user"], "password": self["password"], "domain": {"name": self["domain"]}}
        scope = {"project": {"id": self["project_id"]}}
        body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
        headers, _ = _post_json(f"{self.base_url}/v3/auth/tokens", body)
        return str(headers["X-Subject-Token"])


class DingTalk(ProviderAccess):
    """DingTalk: `endpoint` (host:port), `app_key`, `app_secret`, `suite_key`, `suite_secret`, `corp_id`, `union_id`."""

    def config(self, **options: Any) -> Any:
        """Return the `Config` with the endpoint of this sandbox; `options` go into it."""
        models = _import_sdk("alibabacloud_tea_openapi.models", "alibabacloud_tea_openapi")
        return models.Config(**{"protocol": "http", "region_id": "central", "endpoint": self["endpoint"], **options})

    def client(self, **options: Any) -> Any:
        """Return the SDK's client of contacts (alibabacloud_dingtalk); methods that end in `_async` are asynchronous."""
        return _import_sdk("alibabacloud_dingtalk.contact_1_0.client", "alibabacloud_dingtalk").Client(
            self.config(**options)
        )

    def oauth2_client(self, **options: Any) -> Any:
        """Return the SDK's client that gives tokens."""
        return _import_sdk("alibabacloud_dingtalk.oauth2_1_0.client", "alibabacloud_dingtalk").Client(
            self.config(**options)
        )

    def token(self) -> str:
        """Return a token of the corp, as `GetCorpAccessToken` gives it."""
        body = {
            "suiteKey": self["suite_key"],
            "suiteSecret": self["suite_secret"],
            "authCorpId": self["corp_id"],
            "suiteTicket": "ticket",
        }
        _, answer = _post_json(f"{self.base_url}/v1.0/oauth2/corpAccessToken", body)
        return str(answer["accessToken"])

    def upload(self, name: str, data: bytes, token: str | None = None) -> str:
        """Return the media id of a file uploaded by `UploadSingle`, for which the SDK has no method."""
        head = f'--part\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + data + b"\r\n--part--\r\n"
        url = f"{self.base_url}/file/upload/single?access_token={token or self.token()}"
        _, answer = _post(url, body, "multipart/form-data; boundary=part")
        return str(answer["media_id"])


def _post_json(url: str, body: Mapping[str, Any]) -> tuple[Any, Any]:
    import json

    return _post(url, json.dumps(body).encode(), "application/json")


def _post(url: str, body: bytes, media_type: str) -> tuple[Any, Any]:
    """Return the headers of the answer, and its JSON."""
    import json

    headers = {"Content-Type": media_type, "User-Agent": FIXTURE_USER_AGENT}
    request = Request(url, body, headers)  # noqa: S310  (the server's own address)
    with build_opener(ProxyHandler({})).open(request, timeout=30) as response:
        return response.headers, json.loads(response.read())
