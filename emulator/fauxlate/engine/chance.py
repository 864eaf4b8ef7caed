"""Seeded chance: named streams whose n-th draw depends on the seed, the tag, the name and n alone."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
HEX = "0123456789abcdef"
_VARIANTS = dict(zip(HEX, "89ab" * 4, strict=True))
"""The digit of a UUID that tells its variant, by the random digit in its place."""


class Chance:
    """The randomness of one sandbox; with a `tag`, of that sandbox alone.

    Streams do not disturb each other: that a client polls twice more does not change the id of its next job.
    """

    __slots__ = ("_counts", "_hashers", "_key", "seed", "tag")

    def __init__(self, seed: int, tag: str = "") -> None:
        self.seed = seed
        self.tag = tag
        self._key = blake2b(str(seed).encode(), digest_size=16, key=tag.encode()).digest()
        self._hashers: dict[int, blake2b] = {}
        self._counts: dict[str, int] = {}

    def copy(self) -> Chance:
        """Return a copy that goes on independently from here."""
        other = Chance(self.seed, self.tag)
        other._counts = dict(self._counts)
        return other

    def with_seed(self, seed: int) -> Chance:
        """Return one of another seed whose streams go on where these stand, so that no id comes twice."""
        other = Chance(seed, self.tag)
        other._counts = dict(self._counts)
        return other

    def with_tag(self, tag: str) -> Chance:
        """Return one of another sandbox whose streams go on where these stand."""
        other = Chance(self.seed, tag)
        other._counts = dict(self._counts)
        return other

    def draw(self, stream: str, size: int = 16) -> bytes:
        """Return the next `size` bytes (64 at most) of a stream."""
        count = self._counts.get(stream, 0)
        self._counts[stream] = count + 1
        hasher = self._hashers.get(size)
        if hasher is None:
            hasher = self._hashers[size] = blake2b(digest_size=size, key=self._key)
        hash_ = hasher.copy()
        hash_.update(f"{stream}\n{count}".encode())
        return hash_.digest()

    def unit(self, stream: str) -> float:
        """Return a number in [0, 1)."""
        return int.from_bytes(self.draw(stream, 8)) / 2**64

    def text(self, stream: str, length: int, alphabet: str = BASE62) -> str:
        """Return `length` characters of `alphabet`."""
        data = self.draw(stream, 64)
        while len(data) < length:
            data += self.draw(stream, 64)
        return data[:length].translate(_letters(alphabet)).decode()

    def uuid(self, stream: str, version: int = 4) -> str:
        """Return a UUID in lower case with dashes."""
        digits = self.draw(stream).hex()
        variant = _VARIANTS[digits[16]]
        return f"{digits[:8]}-{digits[8:12]}-{version}{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


@cache
def _letters(alphabet: str) -> bytes:
    """Return for each byte the character of `alphabet` that it selects."""
    return bytes(ord(alphabet[byte % len(alphabet)]) for byte in range(256))
