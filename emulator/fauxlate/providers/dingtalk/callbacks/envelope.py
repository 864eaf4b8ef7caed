"""The envelope of a callback over HTTP: encrypted by AES-256-CBC, signed by SHA-1 (加解密, page "configure-stream-push").

`cryptography` is imported when the first callback is encrypted, not before.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from typing import TYPE_CHECKING, Final

from fauxlate.errors import FauxlateError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK_SIZE: Final = 32
"""Bytes of a block of padding: PKCS7 with this size, though AES has blocks of 16."""
RANDOM_LENGTH: Final = 16
"""Random bytes before the text."""
KEY_LENGTH: Final = 43
"""Characters of an EncodingAESKey: 32 bytes in Base64 without its `=`."""


class EnvelopeError(FauxlateError, ValueError):
    """An envelope cannot be decrypted with this key, or the key is malformed; the message says why."""


def decode_key(aes_key: str) -> bytes:
    """Return the 32 bytes of an EncodingAESKey. Raises `EnvelopeError`."""
    try:
        key = base64.b64decode(aes_key + "=", validate=True)
    except ValueError:
        key = b""
    if len(aes_key) != KEY_LENGTH or len(key) != BLOCK_SIZE:
        raise EnvelopeError(
            f"an aes_key has {KEY_LENGTH} letters and digits (Base64 of 32 bytes); {aes_key!r:.60} has not"
        )
    return key


def sign(token: str, timestamp: str, nonce: str, encrypted: str) -> str:
    """Return the SHA-1 of the four, sorted and joined, in hexadecimal digits."""
    joined = "".join(sorted([token, timestamp, nonce, encrypted]))
    return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()


def is_signature(signature: str, token: str, timestamp: str, nonce: str, encrypted: str) -> bool:
    """Whether `signature` is that of the other four, compared in constant time."""
    expected = sign(token, timestamp, nonce, encrypted)
    return hmac.compare_digest(expected.encode(), signature.encode(errors="replace"))


def encrypt(text: bytes, aes_key: str, owner: str, random: bytes) -> str:
    """Return an envelope in Base64: 16 `random` bytes, the length of `text` (4 bytes, big-endian), `text` and `owner`.

    Raises `EnvelopeError` for a malformed key.
    """
    plaintext = random + struct.pack(">I", len(text)) + text + owner.encode()
    padding = BLOCK_SIZE - len(plaintext) % BLOCK_SIZE
    encryptor = _make_cipher(aes_key).encryptor()
    return base64.b64encode(encryptor.update(plaintext + bytes([padding]) * padding) + encryptor.finalize()).decode()


def decrypt(encrypted: str, aes_key: str) -> tuple[bytes, str]:
    """Return the text in an envelope, and its owner. Raises `EnvelopeError`."""
    try:
        data = base64.b64decode(encrypted)  # the official Python class breaks it into lines
        decryptor = _make_cipher(aes_key).decryptor()
        plaintext = decryptor.update(data) + decryptor.finalize()
    except (binascii.Error, ValueError) as fault:
        raise EnvelopeError(f"it cannot be decrypted: {fault}") from None
    padding = plaintext[-1] if plaintext else 0
    plaintext = plaintext[:-padding] if 0 < padding <= BLOCK_SIZE else b""
    if len(plaintext) < RANDOM_LENGTH + 4:
        raise EnvelopeError("it was not encrypted with this aes_key: its padding is wrong")
    (length,) = struct.unpack_from(">I", plaintext, RANDOM_LENGTH)
    text, owner = plaintext[RANDOM_LENGTH + 4 : RANDOM_LENGTH + 4 + length], plaintext[RANDOM_LENGTH + 4 + length :]
    if len(text) != length:
        raise EnvelopeError("it was not encrypted with this aes_key: its length is wrong")
    return text, owner.decode(errors="replace")


def _make_cipher(aes_key: str) -> Cipher[CBC]:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key = decode_key(aes_key)
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
