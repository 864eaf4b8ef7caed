"""Scenario files as text: YAML or JSON read into plain data, with the line and column of each part."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import isfinite
from typing import Any

from fauxlate.engine.grammar.diagnostics import Diagnostic, Location, Positions, ScenarioError, position

MAX_LENGTH = 256 * 1024
"""Characters of a scenario."""
MAX_DEPTH = 40
"""Mappings and lists inside each other."""
MAX_NODES = 20_000
"""Parts of a scenario, aliases written out."""
_TOO_LARGE = f"it has more than {MAX_NODES} parts, or is nested more than {MAX_DEPTH} deep"


def parse(text: str, *, is_json: bool = False, name: str = "scenario") -> tuple[Any, Positions]:
    """Return the data in `text` and the positions of its parts. Raises `ScenarioError`, whose lines begin with `name`."""
    try:
        if len(text) > MAX_LENGTH:
            raise _TextError(Diagnostic(f"it has {len(text)} characters; a scenario has {MAX_LENGTH} at most"))
        data, positions = _parse_json(text) if is_json else _parse_yaml(text)
        _check(data, positions)
    except _TextError as fault:
        raise ScenarioError([fault.diagnostic], name) from None
    return data, positions


class _TextError(ValueError):
    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def _parse_json(text: str) -> tuple[Any, Positions]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as fault:
        raise _TextError(Diagnostic(f"this is not JSON: {fault.msg}", fault.lineno, fault.colno)) from None
    except RecursionError:
        raise _TextError(Diagnostic(f"it is nested more than {MAX_DEPTH} deep")) from None
    except ValueError as fault:  # thousands of digits
        raise _TextError(Diagnostic(f"this cannot be read: {fault}")) from None
    _check(data, {}, size_only=True)  # before the slower reader sees it
    try:  # nearly all JSON is YAML; where it is not, diagnostics have no line
        positions = _parse_yaml(text.replace("\t", " "))[1]
    except _TextError:
        positions = {}
    return data, positions


def _check(data: Any, positions: Positions, *, size_only: bool = False) -> None:
    """Refuse data that is too large, and values that JSON cannot write: scenarios and their bodies are sent as JSON.

    `size_only` leaves the values alone.
    """
    remaining: list[tuple[Location, Any]] = [((), data)]
    nodes = 0
    while remaining:
        location, value = remaining.pop()
        nodes += 1
        if nodes > MAX_NODES or len(location) > MAX_DEPTH:
            raise _TextError(Diagnostic(_TOO_LARGE, *position(positions, location)))
        if isinstance(value, dict):
            remaining += [((*location, name), part) for name, part in reversed(value.items())]
        elif isinstance(value, list):
            remaining += [((*location, index), part) for index, part in reversed(tuple(enumerate(value)))]
        reason = None if size_only else _json_refusal(value)
        if reason is not None:
            raise _TextError(Diagnostic(reason, *position(positions, location)))


def _json_refusal(value: Any) -> str | None:
    """Return why our JSON cannot write this value, None where it can."""
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return "this number is out of range; one lies between -2^63 and 2^64-1, and a longer one stands in quotes"
    if isinstance(value, float) and not isfinite(value):
        return f"{value} is no number that JSON has; write a finite one"
    if isinstance(value, bytes):
        return "these are bytes, which JSON does not have; write text"
    for text in (value,) if isinstance(value, str) else value if isinstance(value, dict) else ():
        if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
            return f"{text[:40]!r} holds half a character, which is no text"
    return None


def _parse_yaml(text: str) -> tuple[Any, Positions]:
    import yaml

    loader = None
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        reader = _YamlReader(loader)
        return (None if node is None else reader.data(node, ())), reader.positions
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        message = f"this is not YAML: {fault.problem or fault.context}"
        raise _TextError(Diagnostic(message, mark.line + 1, mark.column + 1) if mark else Diagnostic(message)) from None
    except yaml.YAMLError as fault:
        raise _TextError(Diagnostic(f"this is not YAML: {fault}")) from None
    except RecursionError:
        raise _TextError(Diagnostic(f"it is nested more than {MAX_DEPTH} deep")) from None
    finally:
        if loader is not None:
            loader.dispose()


def _rejoin(data: dict[str, Any]) -> dict[str, Any]:
    """Return `data` with values that a comma has cut in two put together again.

    Inside `{…}` YAML takes `delay: uniform(1s, 3s)` for two entries, `delay: uniform(1s` and an empty `3s)`.
    """
    result: dict[str, Any] = {}
    for name, value in data.items():
        last = next(reversed(result), None)
        before = None if last is None else result[last]
        if value is None and name.endswith(")") and isinstance(before, str) and "(" in before and ")" not in before:
            assert last is not None
            result[last] = f"{before}, {name}"
        else:
            result[name] = value
    return result


class _YamlReader:
    """Turns YAML nodes into data. Keys are taken as written: `on` is a name here, not YAML 1.1's true."""

    def __init__(self, loader: Any) -> None:
        self.positions: dict[Location, tuple[int, int]] = {}
        self._loader = loader
        self._nodes = 0

    def data(self, node: Any, location: Location) -> Any:
        """Return the data of `node`, which is at `location`."""
        self._nodes += 1
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        self.positions[location] = (line, column)
        if self._nodes > MAX_NODES or len(location) > MAX_DEPTH:  # aliases that multiply, nesting without end
            raise _TextError(Diagnostic(_TOO_LARGE, line, column))
        if node.id == "mapping":
            return _rejoin(dict(self._pairs(node, location)))
        if node.id == "sequence":
            return [self.data(item, (*location, index)) for index, item in enumerate(node.value)]
        try:
            return self._loader.construct_object(node)
        except ValueError as fault:  # 2026-13-45 looks like a date and is none
            raise _TextError(Diagnostic(f"`{node.value}` cannot be read: {fault}", line, column)) from None

    def _pairs(self, node: Any, location: Location) -> Iterator[tuple[str, Any]]:
        names: set[str] = set()
        for key, value in node.value:
            line, column = key.start_mark.line + 1, key.start_mark.column + 1
            if key.id != "scalar":
                raise _TextError(Diagnostic("a key is a plain word here", line, column))
            name = str(key.value)
            if name in names:
                raise _TextError(Diagnostic(f"`{name}` stands here twice", line, column))
            names.add(name)
            yield name, self.data(value, (*location, name))
            self.positions[(*location, name)] = (line, column)
