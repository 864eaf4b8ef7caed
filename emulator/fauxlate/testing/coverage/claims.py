"""Claims: what a test says that it asserts, as `fauxlate.covers(…)` names it."""

from __future__ import annotations

from collections.abc import Sequence

from fauxlate.testing.coverage.counts import Counts, Key
from fauxlate.testing.coverage.rows import all_rows


def find_claims(provider: str, names: Sequence[str], served: Counts) -> set[Key]:
    """Return what of `served` the names of `provider` mean: errors by key, states, quirks and faults.

    Raises `AssertionError` where one was not served, and says what was.
    """
    claims: set[Key] = set()
    for name in names:
        matches = {key for key in served if _matches(key, provider, name)}
        if not matches:
            others = sorted(
                {_short_name(key) for key in served if _provider(key) == provider and key[0] != "operation"}
            )
            alternatives = f"; there were {', '.join(others)}" if others else ""
            raise AssertionError(
                f"this test says that it covers `{name}` of {provider}, which nothing has served it{alternatives}."
                f"{_suggestion(provider, name)}"
            )
        claims |= matches
    return claims


def _provider(key: Key) -> str:
    return key[1].partition(".")[0]


def _short_name(key: Key) -> str:
    return key[1].partition(" ")[2] or key[1]


def _matches(key: Key, provider: str, name: str) -> bool:
    if _provider(key) != provider:
        return False
    kind, full_name = key
    local_name = full_name.removeprefix(f"{provider}.")
    return name in (full_name, local_name, _short_name(key), local_name.partition(" ")[0] if kind == "quirk" else None)


def _suggestion(provider: str, name: str) -> str:
    from fauxlate.engine.suggest import did_you_mean

    names = {row.name for row in all_rows({}, {}) if row.provider == provider}
    return "" if name in names else did_you_mean(name, names)
