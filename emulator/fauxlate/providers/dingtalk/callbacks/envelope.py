"""The envelope of an HTTP callback: encrypted by AES-256-CBC, signed by SHA-1 (加解密, page "configure-stream-push").

`cryptography` is imported when the first callback is sealed, not before.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK: Final = 32
"""Bytes to which a text is filled up: PKCS7 with this size of block, though AES has blocks of 16."""
RANDOM: Final = 16
"""Random bytes before the text."""
KEY_LENGTH: Final = 43
"""Characters of an EncodingAESKey: 32 bytes in Base64 without its `=`."""


class EnvelopeError(ValueError):
    """What came is no envelope sealed with this key; the message says why."""


def key_of(aes_key: str) -> bytes:
    """Return the 32 bytes of an EncodingAESKey. Raises `EnvelopeError`."""
    try:
        key = base64.b64decode(aes_key + "=", validate=True)
    except ValueError:
        key = b""
    if len(aes_key) != KEY_LENGTH or len(key) != BLOCK:
        raise EnvelopeError(
            f"an aes_key has {KEY_LENGTH} letters and digits (Base64 of 32 bytes); {aes_key!r:.60} has not"
        )
    return key


def signature(token: str, timestamp: str, nonce: str, encrypted: str) -> str:
    """Return the SHA-1 of the four, sorted and joined, in hexadecimal digits."""
    joined = "".join(sorted([token, timestamp, nonce, encrypted]))
    return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()


def signed(token: str, timestamp: str, nonce: str, encrypted: str, given: str) -> bool:
    """Tell whether `given` is the signature."""
    return hmac.compare_digest(signature(token, timestamp, nonce, encrypted).encode(), given.encode(errors="replace"))


def sealed(text: bytes, aes_key: str, owner: str, random: bytes) -> str:
    """Return `text` encrypted, in Base64: 16 `random` bytes, its length (4, big-endian), itself, and whose it is."""
    plain = random + struct.pack(">I", len(text)) + text + owner.encode()
    fill = BLOCK - len(plain) % BLOCK
    encryptor = _cipher(aes_key).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([fill]) * fill) + encryptor.finalize()).decode()


def opened(encrypted: str, aes_key: str) -> tuple[bytes, str]:
    """Return the text in an envelope, and whose it is. Raises `EnvelopeError`."""
    try:
        data = base64.b64decode(encrypted)  # the official Python class breaks it into lines
        decryptor = _cipher(aes_key).decryptor()
        plain = decryptor.update(data) + decryptor.finalize()
    except (binascii.Error, ValueError) as fault:
        raise EnvelopeError(f"it cannot be decrypted: {fault}") from None
    fill = plain[-1] if plain else 0
    plain = plain[:-fill] if 0 < fill <= BLOCK else b""
    if len(plain) < RANDOM + 4:
        raise EnvelopeError("it was not encrypted with this aes_key: its padding is wrong")
    (length,) = struct.unpack_from(">I", plain, RANDOM)
    text, owner = plain[RANDOM + 4 : RANDOM + 4 + length], plain[RANDOM + 4 + length :]
    if len(text) != length:
        raise EnvelopeError("it was not encrypted with this aes_key: its length is wrong")
    return text, owner.decode(errors="replace")


def _cipher(aes_key: str) -> Cipher[CBC]:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key = key_of(aes_key)
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
