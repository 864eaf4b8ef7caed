"""Blocks about Python: the front door of the package, and what the pytest plugin adds."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import fauxlate

from docs.generator.markdown import code, prose, sentence, table

_SKIPPED_EXAMPLE = re.compile(r"\n\n>>> .*", re.DOTALL)


def _front_door() -> str:
    names = [name for name in fauxlate.__all__ if name not in ("__version__", "testing")]
    return "\n".join("".join(_member(name, getattr(fauxlate, name))) for name in names)


def _member(name: str, member: Any) -> Iterator[str]:
    yield f"### fauxlate.{name}\n\n"
    if inspect.isfunction(member):
        yield f"{code(name + _signature(member))}\n\n"
    yield f"{_doc(member)}\n"
    if not inspect.isclass(member) or issubclass(member, Exception):
        return
    rows = [
        (code(label), _doc(value).partition("\n\n")[0]) for label, value in _public(member) if inspect.getdoc(value)
    ]
    if rows:
        yield "\n" + table(("Member", "Meaning"), rows)


def _doc(member: Any) -> str:
    return _SKIPPED_EXAMPLE.sub("", inspect.getdoc(member) or "")


def _public(cls: type) -> Iterator[tuple[str, Any]]:
    """Give what a class and its bases of this package define for others, as it is written."""
    seen: set[str] = set()
    for base in cls.__mro__:
        if not base.__module__.startswith("fauxlate"):
            continue
        for name, value in vars(base).items():
            if name.startswith("_") or name in seen:
                continue
            seen.add(name)
            if inspect.isfunction(value):
                yield name + _signature(value), value
            elif isinstance(value, classmethod | staticmethod):
                continue
            elif isinstance(value, property) or hasattr(value, "func"):
                yield name, getattr(value, "func", value)


_QUALIFIED = re.compile(r"\b(?:[a-z_]+\.)+(?=[A-Z])")


def _signature(function: Any) -> str:
    signature = inspect.signature(function)
    parameters = [parameter for parameter in signature.parameters.values() if parameter.name != "self"]
    text = str(signature.replace(parameters=parameters, return_annotation=inspect.Signature.empty))
    return _QUALIFIED.sub("", text.replace("'", ""))


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


BLOCKS = {"python": _front_door, "fixtures": _fixtures, "marks": _marks, "options": _options}
