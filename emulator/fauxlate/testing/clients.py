"""The official SDKs, unmodified, each made with the credentials of a sandbox; imported when they are asked for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

OF_FIXTURE = "fauxlate-fixture"
"""The User-Agent of what the fixture asks by itself, for a token or an upload: none of it is the tested client's."""


class MissingSdkError(ImportError):
    """The SDK is not installed here."""


def _sdk(module: str, package: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as fault:
        raise MissingSdkError(f"the SDK is not installed here ({fault}); `pip install {package}` has it") from fault


class Told(Mapping[str, str]):
    """What a client of one provider has to be told: keys and endpoints, as a mapping and as attributes.

    `base_url` is the server's address, for clients that take a URL and add the paths themselves.
    """

    def __init__(self, url: str, told: Mapping[str, str]) -> None:
        self.base_url = url
        self._told = told

    def __getattr__(self, name: str) -> str:
        told: Mapping[str, str] = self.__dict__.get("_told", {})
        if name in told:
            return told[name]
        raise AttributeError(f"there is no `{name}`; there are base_url, {', '.join(told)}")

    def __getitem__(self, name: str) -> str:
        return self._told[name]

    def __iter__(self) -> Any:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.base_url}: {', '.join(self._told)}>"


class Alibaba(Told):
    """Alibaba Cloud Machine Translation: `endpoint` (host:port), `access_key_id`, `access_key_secret`, `bearer_token`."""

    def config(self, **more: Any) -> Any:
        """Return the `Config` that leads here; `more` goes into it, as `read_timeout`."""
        models = _sdk("alibabacloud_tea_openapi.models", "alibabacloud_tea_openapi")
        keys = {name: self[name] for name in ("endpoint", "access_key_id", "access_key_secret")}
        return models.Config(**{"protocol": "http", **keys, **more})

    def client(self, **more: Any) -> Any:
        """Return the SDK's client (alibabacloud_alimt20181012); its methods that end in `_async` are asynchronous."""
        sdk = _sdk("alibabacloud_alimt20181012.client", "alibabacloud_alimt20181012")
        return sdk.Client(self.config(**more))

    def acs_client(self, region: str = "cn-hangzhou") -> Any:
        """Return the client of the older SDK (aliyun-python-sdk-core), which signs by HMAC-SHA1."""
        sdk = _sdk("aliyunsdkcore.client", "aliyun-python-sdk-core aliyun-python-sdk-alimt")
        client = sdk.AcsClient(self["access_key_id"], self["access_key_secret"], region)
        _sdk("aliyunsdkcore.profile.region_provider", "aliyun-python-sdk-core").modify_point(
            "alimt", region, self["endpoint"]
        )
        return client


class Huawei(Told):
    """Huawei Cloud: `endpoint` and `iam_endpoint` (URLs), `access_key`, `secret_key`, `project_id`, `domain`, `user`, `password`."""

    def client(self, timeout: float | None = None) -> Any:
        """Return the SDK's synchronous client (huaweicloudsdknlp, v2), which waits `timeout` seconds."""
        return self._built("NlpClient", timeout)

    def async_client(self, timeout: float | None = None) -> Any:
        """Return the SDK's other client, whose methods end in `_async` and give a future: `.result()` is the answer."""
        return self._built("NlpAsyncClient", timeout)

    def credentials(self) -> Any:
        """Return the `BasicCredentials` of the access key, for clients of one's own making."""
        core = _sdk("huaweicloudsdkcore.auth.credentials", "huaweicloudsdkcore")
        return core.BasicCredentials(self["access_key"], self["secret_key"], self["project_id"])

    def _built(self, name: str, timeout: float | None) -> Any:
        builder = getattr(_sdk("huaweicloudsdknlp.v2", "huaweicloudsdknlp"), name).new_builder()
        if timeout is not None:
            config = _sdk("huaweicloudsdkcore.http.http_config", "huaweicloudsdkcore").HttpConfig
            builder = builder.with_http_config(config(timeout=timeout))
        return builder.with_endpoint(self["endpoint"]).with_credentials(self.credentials()).build()

    def obs_client(self) -> Any:
        """Return the SDK's client of object storage (esdk-obs-python)."""
        sdk = _sdk("obs", "esdk-obs-python")
        server = self["endpoint"]
        return sdk.ObsClient(
            access_key_id=self["access_key"], secret_access_key=self["secret_key"], server=server, path_style=True
        )

    def token(self) -> str:
        """Return an IAM token for the project, as `KeystoneCreateUserTokenByPassword` gives it."""
        user = {"name": self["user"], "password": self["password"], "domain": {"name": self["domain"]}}
        scope = {"project": {"id": self["project_id"]}}
        asked = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
        headers, _ = _posted(f"{self.base_url}/v3/auth/tokens", asked)
        return str(headers["X-Subject-Token"])


class DingTalk(Told):
    """DingTalk: `endpoint` (host:port), `app_key`, `app_secret`, `suite_key`, `suite_secret`, `corp_id`, `union_id`."""

    def config(self, **more: Any) -> Any:
        """Return the `Config` that leads here; `more` goes into it."""
        models = _sdk("alibabacloud_tea_openapi.models", "alibabacloud_tea_openapi")
        return models.Config(**{"protocol": "http", "region_id": "central", "endpoint": self["endpoint"], **more})

    def client(self, **more: Any) -> Any:
        """Return the SDK's client of contacts (alibabacloud_dingtalk); methods that end in `_async` are asynchronous."""
        return _sdk("alibabacloud_dingtalk.contact_1_0.client", "alibabacloud_dingtalk").Client(self.config(**more))

    def oauth2_client(self, **more: Any) -> Any:
        """Return the SDK's client that gives tokens."""
        return _sdk("alibabacloud_dingtalk.oauth2_1_0.client", "alibabacloud_dingtalk").Client(self.config(**more))

    def token(self) -> str:
        """Return a token of the corp, as `GetCorpAccessToken` gives it."""
        asked = {
            "suiteKey": self["suite_key"],
            "suiteSecret": self["suite_secret"],
            "authCorpId": self["corp_id"],
            "suiteTicket": "ticket",
        }
        _, said = _posted(f"{self.base_url}/v1.0/oauth2/corpAccessToken", asked)
        return str(said["accessToken"])

    def upload(self, name: str, data: bytes, token: str | None = None) -> str:
        """Return the media id of a file uploaded by `UploadSingle`, for which the SDK has no method."""
        head = f'--part\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + data + b"\r\n--part--\r\n"
        url = f"{self.base_url}/file/upload/single?access_token={token or self.token()}"
        _, said = _sent(url, body, "multipart/form-data; boundary=part")
        return str(said["media_id"])


def _posted(url: str, asked: Mapping[str, Any]) -> tuple[Any, Any]:
    import json

    return _sent(url, json.dumps(asked).encode(), "application/json")


def _sent(url: str, body: bytes, kind: str) -> tuple[Any, Any]:
    import json

    request = Request(url, body, {"Content-Type": kind, "User-Agent": OF_FIXTURE})  # noqa: S310  (the server's own address)
    with build_opener(ProxyHandler({})).open(request, timeout=30) as answer:
        return answer.headers, json.loads(answer.read())
