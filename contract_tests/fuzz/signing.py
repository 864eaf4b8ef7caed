"""Altered requests of alimt signed anew, so that they get behind the signature with whatever is wrong in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from fauxlate.engine.exchange.request import parse_form
from fauxlate.providers.alibaba.access import signing

from contract_tests.fuzz.drafts import Draft
from contract_tests.harness.exchange import FORM

_COMMON = {b"Action": b"x-acs-action", b"Version": b"x-acs-version"}
_DROPPED = (*_COMMON, b"Format", b"AccessKeyId", b"Signature")


def sign(draft: Draft, credentials: Mapping[str, str], nonce: str) -> None:
    """Sign a draft as it says, if it can be signed."""
    key, secret = credentials["access_key_id"], credentials["access_key_secret"]
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        if draft.signs == "rpc":
            _sign_rpc(draft, key, secret, now, nonce)
        elif draft.signs == "acs3":
            _sign_acs3(draft, key, secret, now, nonce)
    except ValueError:  # its parameters are no text
        return


def _sign_rpc(draft: Draft, key: str, secret: str, now: str, nonce: str) -> None:
    draft.query = [pair for pair in draft.query if pair[0] not in (b"Signature", b"AccessKeyId")]
    common = {
        "AccessKeyId": key,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": nonce,
        "Timestamp": now,
    }
    names = {name.decode("latin-1") for name, _ in draft.query}
    draft.query += [
        (name.encode(), quote(value, safe="").encode()) for name, value in common.items() if name not in names
    ]
    parameters = parse_form(b"&".join(b"=".join(pair) for pair in draft.query).decode())
    if draft.media_type == FORM.encode():
        parameters.update(parse_form(draft.body.decode()))
    text = signing.build_rpc_string_to_sign(draft.method.decode("latin-1"), signing.build_canonical_query(parameters))
    draft.query.append((b"Signature", quote(signing.compute_rpc_signature(secret, text), safe="").encode()))


def _sign_acs3(draft: Draft, key: str, secret: str, now: str, nonce: str) -> None:
    common = dict(draft.query)
    headers = {
        "x-acs-action": common.get(b"Action", b"").decode(),
        "x-acs-version": common.get(b"Version", b"").decode(),
        "x-acs-date": now,
        "x-acs-signature-nonce": nonce,
    }
    draft.query = [pair for pair in draft.query if pair[0] not in _DROPPED]
    present = {name.lower() for name, _ in draft.headers}
    draft.headers += [
        (name.encode(), value.encode()) for name, value in headers.items() if name.encode() not in present
    ]
    sent = {name.decode("latin-1").lower(): value.decode().strip() for name, value in draft.headers}
    signed = tuple(sorted(name for name in sent if name.startswith("x-acs-") or name in ("content-type", "host")))
    query = parse_form(b"&".join(b"=".join(pair) for pair in draft.query).decode()) if draft.query else {}
    canonical = signing.build_acs3_canonical_request(
        draft.method.decode("latin-1"),
        draft.path.decode("latin-1"),
        query,
        sent,
        signed,
        signing.compute_sha256(draft.body),
    )
    signature = signing.compute_acs3_signature(secret, signing.build_acs3_string_to_sign(canonical))
    claim = f"Credential={key},SignedHeaders={';'.join(signed)},Signature={signature}"
    draft.headers.append((b"Authorization", f"ACS3-HMAC-SHA256 {claim}".encode()))
