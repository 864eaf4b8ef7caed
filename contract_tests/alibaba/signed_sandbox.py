"""A sandbox, and calls in it that are signed in either style of alimt and may then be altered."""

from __future__ import annotations

import hashlib
import hmac
import itertools
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from fauxlate.engine.exchange.request import Request
from fauxlate.providers.alibaba.access import signing
from fauxlate.serving.background import BackgroundServer

from contract_tests.harness.exchange import FORM
from contract_tests.harness.target import Target

TIMEOUT = 20
DEFAULT_AUTHORIZATION = "Credential={key},SignedHeaders={names},Signature={signature}"
_NONCES = itertools.count()


def format_timestamp(moment: datetime) -> str:
    """Return a moment as alimt writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def error_code(response: requests.Response) -> str | None:
    """Return the code of an error; None if it is none."""
    body: dict[str, str] = response.json()
    return body.get("Code")


def is_accepted(response: requests.Response) -> bool:
    """Return whether the call was accepted."""
    return response.status_code == 200 and response.json()["DetectedLanguage"] == "zh"


class SignedSandbox:
    """A sandbox, and calls of GetDetectLanguage in it that are signed in either style.

    `settings` are members of the body that creates the sandbox.
    """

    def __init__(self, server: Target | BackgroundServer, session: requests.Session, **settings: Any) -> None:
        self.url, self.session = server.url, session
        document = session.post(f"{server.url}/__fauxlate/sandboxes", json=settings, timeout=TIMEOUT).json()
        self.id = document["id"]
        self.credentials: dict[str, str] = document["credentials"]["alibaba"]

    def call_sandbox(self, method: str, path: str, **options: Any) -> Any:
        """Call the admin API; `path` is relative to the sandbox."""
        response = self.session.request(
            method, f"{self.url}/__fauxlate/sandboxes/{self.id}/{path}", timeout=TIMEOUT, **options
        )
        assert response.status_code < 300, response.text
        return response.json()

    @property
    def last_diagnosis(self) -> Any:
        """The `signature` of the journal's last entry."""
        return self.call_sandbox("GET", "journal")["entries"][-1]["signature"]

    def call_rpc(
        self,
        *,
        form: Mapping[str, str] | None = None,
        secret: str | None = None,
        path: str = "/",
        method: str = "POST",
        before: Mapping[str, str | None] | None = None,
        after: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Call in RPC style.

        `before` replaces parameters before the call is signed (None takes one away), `after` replaces them afterwards.
        """
        query: dict[str, str] = {
            "Action": "GetDetectLanguage",
            "Version": "2018-10-12",
            "Format": "JSON",
            "AccessKeyId": self.credentials["access_key_id"],
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": f"n-{next(_NONCES)}",
            "Timestamp": format_timestamp(datetime.now(UTC)),
        }
        for name, value in (before or {}).items():
            if value is None:
                del query[name]
            else:
                query[name] = value
        form = {"SourceText": "你好 *~+"} if form is None else form
        text = signing.build_rpc_string_to_sign(method, signing.build_canonical_query({**query, **form}))
        query["Signature"] = signing.compute_rpc_signature(secret or self.credentials["access_key_secret"], text)
        if before is not None and before.get("Signature", "") is None:
            del query["Signature"]
        url = f"{self.url}{path}?{urlencode({**query, **(after or {})})}"
        return self.session.request(method, url, data=urlencode(form), headers={"Content-Type": FORM}, timeout=TIMEOUT)

    def call_acs3(
        self,
        *,
        secret: str | None = None,
        before: Mapping[str, str | None] | None = None,
        after: Mapping[str, str] | None = None,
        body: bytes = b"SourceText=%E4%BD%A0%E5%A5%BD",
        actual_body: Any = None,
        query: str = "",
        algorithm: str = signing.ACS3_ALGORITHM,
    ) -> requests.Response:
        """Call in ACS3 style.

        `before` replaces headers before the call is signed (None takes one away), `after` replaces them afterwards.
        `actual_body` is sent instead of the signed body.
        """
        headers: dict[str, str] = {
            "content-type": FORM,
            "host": self.credentials["endpoint"],
            "x-acs-action": "GetDetectLanguage",
            "x-acs-content-sha256": signing.compute_sha256(body),
            "x-acs-date": format_timestamp(datetime.now(UTC)),
            "x-acs-signature-nonce": f"n-{next(_NONCES)}",
            "x-acs-version": "2018-10-12",
        }
        for name, value in (before or {}).items():
            if value is None:
                del headers[name]
            else:
                headers[name] = value
        pairs = Request("POST", f"/{query}", {}).query
        names = sorted(headers)
        canonical = signing.build_acs3_canonical_request(
            "POST", "/", pairs, headers, names, signing.compute_sha256(body)
        )
        signature = signing.compute_acs3_signature(
            secret or self.credentials["access_key_secret"], signing.build_acs3_string_to_sign(canonical)
        )
        credential = (
            f"Credential={self.credentials['access_key_id']},SignedHeaders={';'.join(names)},Signature={signature}"
        )
        headers["authorization"] = f"{algorithm} {credential}"
        return self.session.post(
            f"{self.url}/{query}",
            data=body if actual_body is None else actual_body,
            headers={**headers, **(after or {})},
            timeout=TIMEOUT,
        )

    def call_acs3_by_hand(
        self, query: str, canonical_query: str, authorization_form: str = DEFAULT_AUTHORIZATION
    ) -> requests.Response:
        """Call in ACS3 style with a signature that hashlib and HMAC make, and Authorization in this form.

        The form has the fields `key`, `names`, `capitals` (the names in capitals) and `signature`.
        """
        headers = {
            "host": urlsplit(self.url).netloc,
            "x-acs-action": "GetDetectLanguage",
            "x-acs-date": format_timestamp(datetime.now(UTC)),
            "x-acs-signature-nonce": f"n-{next(_NONCES)}",
            "x-acs-version": "2018-10-12",
        }
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        names = ";".join(headers)
        empty_hash = hashlib.sha256(b"").hexdigest()
        canonical_request = f"POST\n/\n{canonical_query}\n{lines}\n{names}\n{empty_hash}".encode()
        text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical_request).hexdigest()}".encode()
        signature = hmac.digest(self.credentials["access_key_secret"].encode(), text, "sha256").hex()
        key = self.credentials["access_key_id"]
        authorization = authorization_form.format(key=key, names=names, capitals=names.upper(), signature=signature)
        headers["authorization"] = f"ACS3-HMAC-SHA256 {authorization}"
        return self.session.post(f"{self.url}/?{query}", headers=headers, timeout=TIMEOUT)
