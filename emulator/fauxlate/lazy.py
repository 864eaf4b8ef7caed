"""Packages whose names are loaded when they are first asked for, so that importing the package costs next to nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def load_lazily(package: str, names: Sequence[str], modules: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the `__getattr__` of `package`, which offers `names`.

    `modules` tells in which of its modules a name stands; a name that is not there is a module itself.
    """

    def load(name: str) -> Any:
        if name in modules:
            return getattr(import_module(f"{package}.{modules[name]}"), name)
        if name in names:
            return import_module(f"{package}.{name}")
        raise AttributeError(f"module `{package}` has no attribute `{name}`; there are {', '.join(names)}")

    return load
