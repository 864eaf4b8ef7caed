import subprocess
import sys

import pytest
from fauxlate.providers.dingtalk.callbacks.envelope import (
    BLOCK_SIZE,
    EnvelopeError,
    decrypt,
    encrypt,
    is_signature,
    sign,
)
from hypothesis import given
from hypothesis import strategies as st

KEY = "1234567890123456789012345678901234567890123"
OWNER = "dingsnotzck6pm5veliw"
RANDOM = b"dICkEDLj0eb6yAbc"
ENCRYPTED = "YvkvaGe4hQxd3VxRmEty0dVlnCOAqwf56xwTRHDHoOURqhalbmBJQk5FNcRk42Gl5T0YQXZNwpwWSm1xAFJ5ZA=="


def test_the_published_vector_is_signed_so() -> None:
    """Page "configure-stream-push" (Chinese)."""
    assert sign("123456", "1614767836", "A7Co0cJLMzIDtMMI", ENCRYPTED) == "9a95a004dd16f5c307e849b994173f76aa26e5eb"


def test_the_published_vector_is_decrypted_and_encrypted_so() -> None:
    assert decrypt(ENCRYPTED, KEY) == (b"success", OWNER)
    assert encrypt(b"success", KEY, OWNER, RANDOM) == ENCRYPTED


def test_the_vector_of_the_official_class_is_decrypted_so() -> None:
    """open-dingtalk/DingTalk-Callback-Crypto, DingCallbackCrypto3.py."""
    encrypted = (
        "0vJiX6vliEpwG3U45CtXqi+m8PXbQRARJ8p8BbDuD1EMTDf0jKpQ79QS93qEk7XHpP6u+oTTrd15NRPvNvmBKyDCYxxOK"
        "+HZeKju4yhELOFchzNukR+t8SB/qk4ROMu3"
    )
    key = "Yue0EfdN5900c1ce5cf6A152c63DDe1808a60c5ecd7"
    assert decrypt(encrypted, key) == (b'{"EventType":"check_url"}', "ding6ccabc44d2c8d38b")
    assert is_signature("03044561471240d4a14bb09372dfcfd4fd0e40cb", "mryue", "1608001896814", "WL4PK6yA", encrypted)


keys = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=43, max_size=43)


@given(st.binary(max_size=300), keys, st.text(max_size=40), st.binary(min_size=16, max_size=16))
def test_what_is_encrypted_is_decrypted_again(text: bytes, key: str, owner: str, random: bytes) -> None:
    owner = owner.encode("utf-8", "replace").decode()
    encrypted = encrypt(text, key, owner, random)
    assert decrypt(encrypted, key) == (text, owner)
    lines = "\n".join(encrypted[start : start + 76] for start in range(0, len(encrypted), 76))
    assert decrypt(lines + "\n", key) == (text, owner)


@given(st.text() | st.binary().map(lambda data: data.hex()), keys)
def test_anything_else_is_refused(encrypted: str, key: str) -> None:
    with pytest.raises(EnvelopeError):
        decrypt(encrypted, key)


@given(st.binary(max_size=60), keys, keys)
def test_another_key_decrypts_nothing_that_was_encrypted(text: bytes, key: str, other: str) -> None:
    encrypted = encrypt(text, key, OWNER, RANDOM)
    try:
        assert decrypt(encrypted, other) != (text, OWNER) or key[:-1] == other[:-1]
    except EnvelopeError:
        assert key != other


@pytest.mark.parametrize("key", ["", "short", "A" * 42, "A" * 44, "钉" * 43, "!" * 43])
def test_a_malformed_key_is_refused(key: str) -> None:
    with pytest.raises(EnvelopeError, match=r"43|decrypted"):
        encrypt(b"", key, OWNER, RANDOM)


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_signature_depends_on_every_part(token: str, nonce: str) -> None:
    token, nonce = (text.encode("utf-8", "replace").decode() for text in (token, nonce))
    signature = sign(token, "1", nonce, "x")
    assert is_signature(signature, token, "1", nonce, "x")
    assert not is_signature(signature[:-1], token, "1", nonce, "x")
    assert not is_signature(signature, token + "y", "1", nonce, "x")
    assert not is_signature("ü" + signature, token, "1", nonce, "x")


def test_the_padding_fills_blocks_of_32() -> None:
    assert BLOCK_SIZE == 32
    lengths = {len(encrypt(b"x" * length, KEY, "", RANDOM)) for length in range(12)}
    assert lengths == {44}  # 20 bytes before the text, 32 at most with the padding: one block in Base64


def test_a_server_that_starts_has_not_loaded_cryptography() -> None:
    script = "import sys, fauxlate.serving.server; print(sorted(name for name in sys.modules if name.startswith('cryptography')))"
    process = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert process.stdout.strip() == "[]"
