"""HMAC with ready keys is HMAC."""

from __future__ import annotations

import hmac
from typing import Literal

import pytest
from fauxlate.engine.keyed_hash import hmac_digest
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@given(
    key=st.text(max_size=200).filter(lambda text: not any("\ud800" <= one <= "\udfff" for one in text)), data=st.data()
)
def test_it_is_what_the_standard_library_says(
    algorithm: Literal["sha1", "sha256"], key: str, data: st.DataObject
) -> None:
    for message in data.draw(st.lists(st.binary(), min_size=1, max_size=3)):  # the second has a key that is ready
        assert hmac_digest(key, message, algorithm) == hmac.digest(key.encode(), message, algorithm)
