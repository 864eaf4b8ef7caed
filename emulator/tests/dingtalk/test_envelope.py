import subprocess
import sys

import pytest
from fauxlate.providers.dingtalk.callbacks.envelope import BLOCK, EnvelopeError, opened, sealed, signature, signed
from hypothesis import given
from hypothesis import strategies as st

KEY = "1234567890123456789012345678901234567890123"
OWNER = "dingsnotzck6pm5veliw"
RANDOM = b"dICkEDLj0eb6yAbc"
SEALED = "YvkvaGe4hQxd3VxRmEty0dVlnCOAqwf56xwTRHDHoOURqhalbmBJQk5FNcRk42Gl5T0YQXZNwpwWSm1xAFJ5ZA=="


def test_the_published_vector_is_signed_so() -> None:
    """Page "configure-stream-push" (Chinese)."""
    assert signature("123456", "1614767836", "A7Co0cJLMzIDtMMI", SEALED) == "9a95a004dd16f5c307e849b994173f76aa26e5eb"


def test_the_published_vector_is_opened_and_sealed_so() -> None:
    assert opened(SEALED, KEY) == (b"success", OWNER)
    assert sealed(b"success", KEY, OWNER, RANDOM) == SEALED


def test_the_vector_of_the_official_class_is_opened_so() -> None:
    """open-dingtalk/DingTalk-Callback-Crypto, DingCallbackCrypto3.py."""
    encrypted = (
        "0vJiX6vliEpwG3U45CtXqi+m8PXbQRARJ8p8BbDuD1EMTDf0jKpQ79QS93qEk7XHpP6u+oTTrd15NRPvNvmBKyDCYxxOK"
        "+HZeKju4yhELOFchzNukR+t8SB/qk4ROMu3"
    )
    key = "Yue0EfdN5900c1ce5cf6A152c63DDe1808a60c5ecd7"
    assert opened(encrypted, key) == (b'{"EventType":"check_url"}', "ding6ccabc44d2c8d38b")
    assert signed("mryue", "1608001896814", "WL4PK6yA", encrypted, "03044561471240d4a14bb09372dfcfd4fd0e40cb")


keys = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=43, max_size=43)


@given(st.binary(max_size=300), keys, st.text(max_size=40), st.binary(min_size=16, max_size=16))
def test_what_is_sealed_is_opened_again(text: bytes, key: str, owner: str, random: bytes) -> None:
    owner = owner.encode("utf-8", "replace").decode()
    encrypted = sealed(text, key, owner, random)
    assert opened(encrypted, key) == (text, owner)
    lines = "\n".join(encrypted[at : at + 76] for at in range(0, len(encrypted), 76))
    assert opened(lines + "\n", key) == (text, owner)


@given(st.text() | st.binary().map(lambda data: data.hex()), keys)
def test_anything_else_is_refused(encrypted: str, key: str) -> None:
    with pytest.raises(EnvelopeError):
        opened(encrypted, key)


@given(st.binary(max_size=60), keys, keys)
def test_another_key_opens_nothing_that_was_sealed(text: bytes, key: str, other: str) -> None:
    encrypted = sealed(text, key, OWNER, RANDOM)
    try:
        assert opened(encrypted, other) != (text, OWNER) or key[:-1] == other[:-1]
    except EnvelopeError:
        assert key != other


@pytest.mark.parametrize("key", ["", "short", "A" * 42, "A" * 44, "钉" * 43, "!" * 43])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(EnvelopeError, match=r"43|decrypted"):
        sealed(b"", key, OWNER, RANDOM)


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_signature_depends_on_every_part(token: str, nonce: str) -> None:
    token, nonce = (text.encode("utf-8", "replace").decode() for text in (token, nonce))
    right = signature(token, "1", nonce, "x")
    assert signed(token, "1", nonce, "x", right)
    assert not signed(token, "1", nonce, "x", right[:-1])
    assert not signed(token + "y", "1", nonce, "x", right)
    assert not signed(token, "1", nonce, "x", "ü" + right)


def test_the_padding_fills_blocks_of_32() -> None:
    assert BLOCK == 32
    lengths = {len(sealed(b"x" * length, KEY, "", RANDOM)) for length in range(12)}
    assert lengths == {44}  # 20 bytes before the text, 32 at most with the padding: one block in Base64


def test_a_server_that_starts_has_not_loaded_cryptography() -> None:
    script = (
        "import sys, fauxlate.server; print(sorted(name for name in sys.modules if name.startswith('cryptography')))"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
