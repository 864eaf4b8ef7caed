"""Damaged files: a strategy that flips, cuts and lengthens sound ones, so that parsing breaks deep inside too."""

from hypothesis import strategies as st


def damage(sound: bytes) -> st.SearchStrategy[bytes]:
    """Any bytes, or `sound` with a few places overwritten, or only its front."""
    edits = st.lists(st.tuples(st.integers(0, max(len(sound) - 1, 0)), st.binary(min_size=1, max_size=4)), max_size=6)
    overwritten = edits.map(lambda edits: _overwrite(sound, edits))
    cut = st.integers(0, len(sound)).map(lambda end: sound[:end])
    return st.one_of(overwritten, overwritten, cut, st.binary(max_size=300))


def _overwrite(sound: bytes, edits: list[tuple[int, bytes]]) -> bytes:
    data = bytearray(sound)
    for start, piece in edits:
        data[start : start + len(piece)] = piece
    return bytes(data)
