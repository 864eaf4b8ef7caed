"""Requests as the vendors' SDKs send them, signed afresh each time they are made."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

Told = Mapping[str, str]
"""What a client of one provider is told: its part of `fauxlate env --json`."""
TEA = "AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.3 TeaDSL/2"
_USDK = (
    "huaweicloud-usdk-python/3.0; os/Linux##1_SMP_PREEMPT_DYNAMIC_@0#x86_64 python/3.11.7 impl/CPython; "
    "app/b95a5583-c64e-41d5-84e1-bd84c0ab53b9"
)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. `target` is the path with the query."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def on_the_wire(self, host: str) -> bytes:
        """Return its bytes."""
        headers = {"Host": host, **self.headers}
        if self.body or self.method != "GET":
            headers["Content-Length"] = str(len(self.body))
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("ascii") + self.body


def posted(target: str, data: Any, headers: Mapping[str, str] | None = None, *, method: str = "POST") -> Request:
    """Return a request with a JSON body, not signed."""
    return Request(method, target, {**(headers or {}), "Content-Type": "application/json"}, json.dumps(data).encode())


def acs3(told: Told, action: str, sent: Mapping[str, str]) -> Request:
    """Return a call of alimt by alibabacloud_alimt20181012 1.5.2: everything in headers, parameters in a form."""
    body = urlencode(sent).encode()
    hashed = hashlib.sha256(body).hexdigest()
    headers = {
        "accept": "application/json",
        "content-type": "application/x-www-form-urlencoded",
        "host": told["endpoint"],
        "user-agent": TEA,
        "x-acs-action": action,
        "x-acs-content-sha256": hashed,
        "x-acs-credentials-provider": "static_ak",
        "x-acs-date": _now("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": secrets.token_hex(16),
        "x-acs-version": "2018-10-12",
    }
    names = ";".join(headers)
    lines = "".join([f"{name}:{value}\n" for name, value in headers.items()])
    canonical = f"POST\n/\n\n{lines}\n{names}\n{hashed}"
    signature = _hmac_sha256(told["access_key_secret"], f"ACS3-HMAC-SHA256\n{_sha256(canonical)}")
    del headers["host"]  # whoever sends it adds that
    claim = f"Credential={told['access_key_id']},SignedHeaders={names},Signature={signature}"
    return Request("POST", "/", headers | {"Authorization": f"ACS3-HMAC-SHA256 {claim}"}, body)


def rpc(told: Told, action: str, sent: Mapping[str, str]) -> Request:
    """Return a call of alimt with everything in the query, as older SDKs place what is signed; no header tells more."""
    parameters = {
        "Action": action,
        "Format": "json",
        "Version": "2018-10-12",
        "Timestamp": _now("%Y-%m-%dT%H:%M:%SZ"),
        "SignatureNonce": secrets.token_hex(16),
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "AccessKeyId": told["access_key_id"],
        **sent,
    }
    canonical = urlencode(sorted(parameters.items()), quote_via=quote)
    text = f"POST&%2F&{quote(canonical, safe='')}"
    signature = base64.b64encode(hmac.digest(f"{told['access_key_secret']}&".encode(), text.encode(), "sha1"))
    return Request("POST", f"/?{urlencode(parameters)}&{urlencode({'Signature': signature})}", {"User-Agent": TEA})


def sdk_hmac_sha256(told: Told, method: str, path: str, data: object = None) -> Request:
    """Return a call by huaweicloudsdknlp 3.1.219."""
    body = b"" if data is None else json.dumps(data).encode()
    signed = {
        "content-type": "application/json",
        "host": told["endpoint"].partition("://")[2],
        "user-agent": _USDK,
        "x-project-id": told["project_id"],
        "x-sdk-date": _now("%Y%m%dT%H%M%SZ"),
    }
    names = ";".join(signed)
    lines = "".join([f"{name}:{value}\n" for name, value in signed.items()])
    canonical = f"{method}\n{path}/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    text = f"SDK-HMAC-SHA256\n{signed['x-sdk-date']}\n{_sha256(canonical)}"
    signature = _hmac_sha256(told["secret_key"], text)
    headers = {
        "User-Agent": _USDK,
        "Accept-Encoding": "gzip, deflate",
        "Accept": "*/*",
        "Connection": "keep-alive",
        "Content-Type": signed["content-type"],
        "X-Project-Id": signed["x-project-id"],
        "X-Sdk-Date": signed["x-sdk-date"],
        "Authorization": f"SDK-HMAC-SHA256 Access={told['access_key']}, SignedHeaders={names}, Signature={signature}",
    }
    return Request(method, path, headers, body)


def _now(form: str) -> str:
    return time.strftime(form, time.gmtime())


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _hmac_sha256(secret: str, text: str) -> str:
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()
