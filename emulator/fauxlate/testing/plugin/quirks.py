"""The matrix of quirks: a test marked `fauxlate_quirks` runs once for each combination of choices."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

import pytest

from fauxlate.engine.suggest import did_you_mean
from fauxlate.serving.composition import PROVIDERS


def quirk_matrix(definition: Any) -> tuple[list[dict[str, str]], list[str]]:
    """Return the combinations with which a test runs, each a mapping from quirk to choice, and their ids.

    Raises `pytest.UsageError` where a mark names a quirk that there is not.
    """
    try:
        axes = [_match_choices(mark.args) for mark in definition.iter_markers("fauxlate_quirks")]
    except ValueError as refusal:
        raise pytest.UsageError(f"{definition.nodeid}: {refusal}") from None
    rows = [dict(row) for row in itertools.product(*reversed(axes))]
    return rows, [" ".join(f"{name}={choice}" for name, choice in row.items()) for row in rows]


def _match_choices(patterns: Iterable[str]) -> list[tuple[str, str]]:
    """Return each choice of each quirk that one of `patterns` matches (`huawei.bad_token`, `alibaba.*`).

    Raises `ValueError` where a pattern matches none.
    """
    quirks = {quirk.name: quirk for provider in PROVIDERS for quirk in provider.quirks}
    choices: list[tuple[str, str]] = []
    for pattern in patterns:
        names = [name for name in quirks if fnmatchcase(name, pattern)]
        if not names:
            raise ValueError(f"`{pattern}` is not a quirk.{did_you_mean(pattern, quirks)} `fauxlate catalog` has them.")
        choices += [(name, choice.name) for name in names for choice in quirks[name].choices]
    return list(dict.fromkeys(choices))
