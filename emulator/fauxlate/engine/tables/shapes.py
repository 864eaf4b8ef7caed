"""Response shapes: TypedDicts against which mypy checks the operations, read here for the catalog."""

from __future__ import annotations

from typing import Any, NotRequired, Required, get_args, get_origin, get_type_hints, is_typeddict


def field_paths(shape: type[Any], prefix: str = "") -> list[str]:
    """Return the paths of a TypedDict's fields on the wire, such as `Data.Status` or `Data.Result[].Code`."""
    names: list[str] = []
    for name, hint in get_type_hints(shape).items():
        path = f"{prefix}{name}"
        names.append(path)
        inner, suffix = _inner(hint)
        if inner is not None:
            names += field_paths(inner, f"{path}{suffix}.")
    return names


def _inner(hint: Any) -> tuple[type[Any] | None, str]:
    if get_origin(hint) in (NotRequired, Required):
        hint = get_args(hint)[0]
    if get_origin(hint) is list:
        inner, suffix = _inner(get_args(hint)[0])
        return inner, f"[]{suffix}"
    for choice in get_args(hint) or (hint,):
        if is_typeddict(choice):
            return choice, ""
    return None, ""
