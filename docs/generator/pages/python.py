"""Blocks about Python: what the package offers to programs and tests, and what the pytest plugin adds."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import fauxlate
import fauxlate.testing

from docs.generator.markdown import code, prose, sentence, table

_EXAMPLE = re.compile(r"\n\n>>> .*", re.DOTALL)


def _front_door() -> str:
    names = [name for name in fauxlate.__all__ if name not in ("__version__", "testing")]
    return "\n".join("".join(_member("fauxlate", name, getattr(fauxlate, name))) for name in names)


def _testing() -> str:
    names = [name for name in fauxlate.testing.__all__ if name not in fauxlate.__all__]
    members = ((name, getattr(fauxlate.testing, name)) for name in names)
    return "\n".join("".join(_member("fauxlate.testing", name, member)) for name, member in members)


def _member(package: str, name: str, member: Any) -> Iterator[str]:
    yield f"### {package}.{name}\n\n"
    if inspect.isfunction(member):
        yield f"{code(name + _signature(member))}\n\n"
    if not inspect.isclass(member) and not inspect.isfunction(member) and not inspect.ismodule(member):
        yield f"A value of the type `{type(member).__name__}`.\n"
        return
    yield f"{_docstring(member)}\n"
    if inspect.isclass(member) and issubclass(member, Exception):
        return
    if dataclasses.is_dataclass(member):
        fields = (code(f"{field.name}: {field.type}") for field in dataclasses.fields(member))
        yield f"\nFields: {', '.join(fields)}\n"
    rows = [(code(label), _docstring(value).partition("\n\n")[0]) for label, value in _public(member)]
    if rows:
        yield "\n" + table(("Member", "Meaning"), rows)


def _docstring(member: Any) -> str:
    return _EXAMPLE.sub("", inspect.getdoc(member) or "")


def _public(member: Any) -> Iterator[tuple[str, Any]]:
    """Give what a module, or a class with its bases of this package, offers, as it is written; only what is documented."""
    owners: list[Any]
    if isinstance(member, ModuleType):
        owners = [member]
    elif inspect.isclass(member):
        owners = [base for base in member.__mro__ if base.__module__.startswith("fauxlate")]
    else:
        owners = []
    seen: set[str] = set()
    for owner in owners:
        for name, value in vars(owner).items():
            if (name.startswith("_") and name != "__call__") or name in seen or not inspect.getdoc(value):
                continue
            if inspect.isfunction(value) and value.__module__ == owner.__dict__.get("__module__", owner.__name__):
                seen.add(name)
                yield name.replace("__call__", "") + _signature(value), value
            elif isinstance(value, property) or hasattr(value, "func"):
                seen.add(name)
                yield name, getattr(value, "func", value)


_QUALIFIED = re.compile(r"\b(?:[a-z_]+\.)+(?=[A-Z])")


def _signature(function: Any) -> str:
    """Return the parameters of a function as they are written, without `self` and the names of modules."""
    written: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not any(part.startswith("*") for part in written):
            written.append("*")
        stars = "*" * (
            1 if parameter.kind is parameter.VAR_POSITIONAL else 2 * (parameter.kind is parameter.VAR_KEYWORD)
        )
        text = f"{stars}{parameter.name}"
        if parameter.annotation is not parameter.empty:
            text += f": {_QUALIFIED.sub('', str(parameter.annotation))}"
        if parameter.default is not parameter.empty:
            text += f" = {parameter.default!r}" if _is_plain(parameter.default) else " = …"
        written.append(text)
    return f"({', '.join(written)})"


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, bool | int | float | str | tuple)


def _fixtures() -> str:
    from fauxlate import pytest_plugin

    rows = []
    for name, value in vars(pytest_plugin).items():
        marker = getattr(value, "_fixture_function_marker", None)
        if marker is not None:
            about = sentence(prose(inspect.getdoc(value._get_wrapped_function()) or ""))  # noqa: SLF001
            rows.append((code(name), marker.scope, about))
    return table(("Fixture", "Scope", "What it is"), rows)


def _marks() -> str:
    from fauxlate.pytest_plugin import _MARKS

    return table(("Mark", "Meaning"), ((code(mark), sentence(prose(about))) for mark, about in _MARKS.items()))


def _options() -> str:
    import pytest
    from fauxlate import pytest_plugin

    parser = pytest.Parser(_ispytest=True)
    pytest_plugin.pytest_addoption(parser)
    options = [option for group in parser._groups for option in group.options]  # noqa: SLF001
    rows = []
    for option in options:
        attributes = option.attrs()
        metavar = f" {attributes['metavar']}" if "metavar" in attributes else ""
        rows.append((code(f"{', '.join(option.names())}{metavar}"), sentence(prose(attributes.get("help", "")))))
    for name, (help_text, kind, _) in parser._inidict.items():  # noqa: SLF001
        rows.append((f"{code(name)} in the configuration file ({kind})", sentence(prose(help_text))))
    return table(("Option", "Meaning"), rows)


BLOCKS = {
    "python": _front_door,
    "python testing": _testing,
    "fixtures": _fixtures,
    "marks": _marks,
    "options": _options,
}
