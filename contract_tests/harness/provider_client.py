"""A client of every provider at one target, which signs by itself.

The emulator's own signing is not used here, so that it is not tested by itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import uuid4

from contract_tests.harness.exchange import FORM, Request, Response, browse, exchange, json_request
from contract_tests.harness.target import Target

ExchangeListener = Callable[[str, Request, Response], None]
"""Takes an exchange: the operation's name (`provider.Operation`), the request, and the response."""


class ProviderClient:
    """A client of every provider at one target. `listener`, if any, takes each exchange."""

    def __init__(self, target: Target, listener: ExchangeListener | None = None) -> None:
        self.target = target
        self.listener = listener
        self._tokens: dict[str, str] = {}

    def send(self, operation: str, request: Request, *, family: str = "") -> Response:
        """Send a request of an operation (`provider.Operation`); `family` says to which host, if not the usual one."""
        provider = operation.partition(".")[0]
        base_url = self.target.base_url(provider, family or _default_family(provider, request.path))
        response = exchange(base_url, request)
        if self.listener is not None:
            self.listener(operation, request, response)
        return response

    def download(self, operation: str, link: str) -> Response:
        """Open a link from a response as a browser does; `operation` is the one that it leads to."""
        response = browse(link)
        if self.listener is not None:
            self.listener(operation, Request("GET", link), response)
        return response

    def forget_tokens(self) -> None:
        """Drop the tokens: they may have expired."""
        self._tokens.clear()

    @property
    def corp_token(self) -> str:
        """An access token of DingTalk for the corp."""
        if "dingtalk" not in self._tokens:
            credentials = self.target.credentials("dingtalk")
            body = {
                "suiteKey": credentials["suite_key"],
                "suiteSecret": credentials["suite_secret"],
                "authCorpId": credentials["corp_id"],
                "suiteTicket": credentials.get("suite_ticket") or "ticket",
            }
            response = exchange(
                self.target.base_url("dingtalk", ""), json_request("/v1.0/oauth2/corpAccessToken", body)
            )
            self._tokens["dingtalk"] = response.json["accessToken"]
        return self._tokens["dingtalk"]

    @property
    def iam_token(self) -> str:
        """A token of Huawei's IAM for the project of the region."""
        if "huawei" not in self._tokens:
            credentials = self.target.credentials("huawei")
            user = {
                "name": credentials["user"],
                "password": credentials["password"],
                "domain": {"name": credentials["domain"]},
            }
            auth = {"identity": {"methods": ["password"], "password": {"user": user}}}
            body = {"auth": {**auth, "scope": {"project": {"name": "cn-north-4"}}}}
            response = exchange(self.target.base_url("huawei", "iam"), json_request("/v3/auth/tokens", body))
            self._tokens["huawei"] = response.headers["x-subject-token"]
        return self._tokens["huawei"]

    def alimt_request(
        self,
        action: str,
        form: Mapping[str, str] | None = None,
        *,
        method: str = "POST",
        secret: str | None = None,
        timestamp: datetime | None = None,
        **common_parameters: str,
    ) -> Request:
        """Return a request of alimt, signed in RPC style (HMAC-SHA1).

        `secret`, `timestamp` and `common_parameters` replace what is sent by default.
        """
        credentials = self.target.credentials("alibaba")
        query = {
            "Action": action,
            "Version": "2018-10-12",
            "Format": "JSON",
            "AccessKeyId": credentials["access_key_id"],
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": uuid4().hex,
            "Timestamp": (timestamp or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            **common_parameters,
        }
        parameters = {**query, **(form or {})}
        pairs = "&".join(f"{_percent_encode(name)}={_percent_encode(parameters[name])}" for name in sorted(parameters))
        text = f"{method}&%2F&{_percent_encode(pairs)}"
        key = f"{secret or credentials['access_key_secret']}&".encode()
        query["Signature"] = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha1).digest()).decode()
        return Request(method, "/", query, {"Content-Type": FORM} if form is not None else {}, form=form)


def upload_request(token: str, name: str, data: bytes) -> Request:
    """Return the upload of a file to DingTalk."""
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + data + b"\r\n--b--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    return Request("POST", "/file/upload/single", {"access_token": token}, headers, body)


def _percent_encode(text: str) -> str:
    return quote(text, safe="~")


def _default_family(provider: str, path: str) -> str:
    """Return the family of operations that a path belongs to, where a provider has several hosts."""
    if provider == "huawei":
        return "iam" if path.startswith("/v3/") else "nlp" if path.startswith("/v1/") else "storage"
    return "legacy" if path.startswith(("/file/", "/topapi/", "/gettoken")) else ""
