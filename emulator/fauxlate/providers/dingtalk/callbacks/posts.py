"""Callbacks over HTTP: a POST whose body is encrypted and whose query is signed, and the answer that has to come back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fauxlate.engine.exchange.addresses import add_query
from fauxlate.engine.exchange.reading import parse_json
from fauxlate.engine.service.events import Attempt, Message
from fauxlate.providers.dingtalk.callbacks import envelope, forms

if TYPE_CHECKING:
    from fauxlate.engine.sandboxes.callbacks import Receiver

_NONCE_LENGTH = 16
_OK = 200


def derive_id(*parts: str) -> str:
    """Return 32 hexadecimal digits that depend on nothing but `parts`, so that each attempt has the same."""
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def derive_number(*parts: str) -> int:
    """Return a number of at least four digits that depends on nothing but `parts`."""
    return 10**3 + int(derive_id(*parts)[:6], 16)


def encode_json(data: Mapping[str, Any]) -> bytes:
    """Return compact JSON in UTF-8."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def get_suite_key(attempt: Attempt) -> str:
    """Return the suite's key, which is the owner in the envelopes of a third-party app."""
    return attempt.sandbox.credentials["dingtalk"]["suite_key"]


def build_post(attempt: Attempt, data: Mapping[str, Any]) -> Message:
    """Return the POST of `data`, encrypted and signed, to the receiver's URL.

    Some samples read `msg_signature` in its query, others `signature`, so both are sent.
    """
    chance = attempt.chance
    receiver = forms.with_credentials(attempt.sandbox.credentials["dingtalk"], attempt.receiver)
    plaintext = encode_json(data)
    timestamp, nonce = str(int(attempt.now * 1000)), chance.text("dingtalk.nonce", _NONCE_LENGTH)
    random = chance.text("dingtalk.envelope", envelope.RANDOM_LENGTH).encode()
    encrypted = envelope.encrypt(plaintext, receiver.aes_key, get_suite_key(attempt), random)
    token = f"not-{receiver.token}" if attempt.is_missigned else receiver.token
    signature = envelope.sign(token, timestamp, nonce, encrypted)
    query = {"signature": signature, "msg_signature": signature, "timestamp": timestamp, "nonce": nonce}
    return Message(
        body=encode_json({"encrypt": encrypted}),
        plaintext=plaintext,
        check_answer=partial(_find_fault, receiver, get_suite_key(attempt)),
        url=add_query(receiver.url, urlencode(query)),
    )


def build_sync_post(
    attempt: Attempt,
    event_type: str,
    biz_type: int,
    biz_data: Mapping[str, Any],
    *,
    row_id: int,
    biz_id: str,
    corp_id: str,
    timestamp: int,
) -> Message:
    """Return the POST of a SyncHTTP push of one row; `timestamp` in milliseconds since the epoch."""
    row = {
        "gmt_create": timestamp,
        "biz_type": biz_type,
        "open_cursor": 0,
        "subscribe_id": f"{derive_suite_id(attempt)}_0",
        "id": row_id,
        "gmt_modified": timestamp,
        "biz_id": biz_id,
        "biz_data": encode_json(biz_data).decode(),
        "corp_id": corp_id,
        "status": 0,
    }
    return build_post(attempt, {"EventType": event_type, "bizData": [row]})


def derive_suite_id(attempt: Attempt) -> int:
    """Return the number of the suite."""
    return derive_number("suite", attempt.sandbox.tag)


def _find_fault(receiver: Receiver, suite_key: str, status: int, body: bytes) -> str | None:
    """Return why an answer does not count, None where it does: HTTP 200 with `success`, encrypted and signed."""
    if status != _OK:
        return f"HTTP {status} came, 200 is wanted"
    try:
        answer = parse_json(body)
        encrypted, nonce = str(answer["encrypt"]), str(answer["nonce"])
        timestamp = str(answer["timeStamp"] if "timeStamp" in answer else answer["timestamp"])  # samples print both
        signature = str(answer["msg_signature"])
    except (ValueError, TypeError, KeyError) as fault:
        return f"the answer is no JSON with msg_signature, timeStamp, nonce and encrypt: {fault!r:.80}"
    if not envelope.is_signature(signature, receiver.token, timestamp, nonce, encrypted):
        return "the answer's msg_signature is not that of token, timeStamp, nonce and encrypt"
    try:
        text, owner = envelope.decrypt(encrypted, receiver.aes_key)
    except envelope.EnvelopeError as fault:
        return f"the answer's encrypt is refused: {fault}"
    if text != b"success":
        return f"the answer says {text[:60]!r}, success is wanted"
    return (
        None if owner == suite_key else f"the answer was encrypted for {owner!r:.60}, not for the suite key {suite_key}"
    )
