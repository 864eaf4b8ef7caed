"""Requests as the vendors' SDKs send them, each with a signature of its own."""

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

ClientSettings = Mapping[str, str]
"""Endpoints and credentials of one provider: its part of `fauxlate env --json`."""
TEA_USER_AGENT = "AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.3 TeaDSL/2"
_USDK_USER_AGENT = (
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

    def encode(self, host: str) -> bytes:
        """Return its bytes on the wire, HTTP/1.1."""
        headers = {"Host": host, **self.headers}
        if self.body or self.method != "GET":
            headers["Content-Length"] = str(len(self.body))
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("ascii") + self.body


def post_json(target: str, data: Any, headers: Mapping[str, str] | None = None, *, method: str = "POST") -> Request:
    """Return a request with a JSON body, not signed."""
    return Request(method, target, {**(headers or {}), "Content-Type": "application/json"}, json.dumps(data).encode())


def sign_acs3(settings: ClientSettings, action: str, parameters: Mapping[str, str]) -> Request:
    """Return a call of alimt by alibabacloud_alimt20181012 1.5.2: everything in headers, parameters in a form."""
    body = urlencode(parameters).encode()
    body_hash = hashlib.sha256(body).hexdigest()
    headers = {
        "accept": "application/json",
        "content-type": "application/x-www-form-urlencoded",
        "host": settings["endpoint"],
        "user-agent": TEA_USER_AGENT,
        "x-acs-action": action,
        "x-acs-content-sha256": body_hash,
        "x-acs-credentials-provider": "static_ak",
        "x-acs-date": _format_time("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": secrets.token_hex(16),
        "x-acs-version": "2018-10-12",
    }
    names = ";".join(headers)
    lines = "".join([f"{name}:{value}\n" for name, value in headers.items()])
    canonical = f"POST\n/\n\n{lines}\n{names}\n{body_hash}"
    signature = _hmac_sha256(settings["access_key_secret"], f"ACS3-HMAC-SHA256\n{_hash_text(canonical)}")
    del headers["host"]  # the sender adds it
    claim = f"Credential={settings['access_key_id']},SignedHeaders={names},Signature={signature}"
    return Request("POST", "/", headers | {"Authorization": f"ACS3-HMAC-SHA256 {claim}"}, body)


def sign_rpc(settings: ClientSettings, action: str, parameters: Mapping[str, str]) -> Request:
    """Return a call of alimt with all parameters in the query, as older SDKs sign it; no header adds to them."""
    signed_parameters = {
        "Action": action,
        "Format": "json",
        "Version": "2018-10-12",
        "Timestamp": _format_time("%Y-%m-%dT%H:%M:%SZ"),
        "SignatureNonce": secrets.token_hex(16),
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "AccessKeyId": settings["access_key_id"],
        **parameters,
    }
    canonical = urlencode(sorted(signed_parameters.items()), quote_via=quote)
    text = f"POST&%2F&{quote(canonical, safe='')}"
    signature = base64.b64encode(hmac.digest(f"{settings['access_key_secret']}&".encode(), text.encode(), "sha1"))
    return Request(
        "POST",
        f"/?{urlencode(signed_parameters)}&{urlencode({'Signature': signature})}",
        {"User-Agent": TEA_USER_AGENT},
    )


def sign_sdk_hmac_sha256(settings: ClientSettings, method: str, path: str, data: object = None) -> Request:
    """Return a call by huaweicloudsdknlp 3.1.219."""
    body = b"" if data is None else json.dumps(data).encode()
    signed = {
        "content-type": "application/json",
        "host": settings["endpoint"].partition("://")[2],
        "user-agent": _USDK_USER_AGENT,
        "x-project-id": settings["project_id"],
        "x-sdk-date": _format_time("%Y%m%dT%H%M%SZ"),
    }
    names = ";".join(signed)
    lines = "".join([f"{name}:{value}\n" for name, value in signed.items()])
    canonical = f"{method}\n{path}/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    text = f"SDK-HMAC-SHA256\n{signed['x-sdk-date']}\n{_hash_text(canonical)}"
    signature = _hmac_sha256(settings["secret_key"], text)
    headers = {
        "User-Agent": _USDK_USER_AGENT,
        "Accept-Encoding": "gzip, deflate",
        "Accept": "*/*",
        "Connection": "keep-alive",
        "Content-Type": signed["content-type"],
        "X-Project-Id": signed["x-project-id"],
        "X-Sdk-Date": signed["x-sdk-date"],
        "Authorization": f"SDK-HMAC-SHA256 Access={settings['access_key']}, SignedHeaders={names}, Signature={signature}",
    }
    return Request(method, path, headers, body)


def _format_time(pattern: str) -> str:
    return time.strftime(pattern, time.gmtime())


def _hash_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _hmac_sha256(secret: str, text: str) -> str:
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()
