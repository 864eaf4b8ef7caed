"""Scenario files as text: YAML or JSON read into plain data that remembers where each part stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LARGEST = 256 * 1024
DEEPEST = 40
MOST_NODES = 20_000

Way = tuple[str | int, ...]
Marks = dict[Way, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a scenario, and where: line and column, from 1; 0 where there is no line."""

    message: str
    line: int = 0
    column: int = 0

    def located(self, name: str) -> str:
        """Return `name:line:column: message`."""
        return f"{name}:{self.line}:{self.column}: {self.message}" if self.line else f"{name}: {self.message}"


class ScenarioError(ValueError):
    """A scenario is refused, as a whole; `faults` say why."""

    def __init__(self, faults: list[Fault], name: str) -> None:
        self.faults = faults
        self.lines = [fault.located(name) for fault in faults]
        super().__init__("\n".join(self.lines))


def read(text: str, *, is_json: bool = False, name: str = "scenario") -> tuple[Any, Marks]:
    """Return the data in `text` and where its parts stand. Raises `ScenarioError`, its lines beginning with `name`."""
    try:
        if len(text) > LARGEST:
            raise _FaultError(Fault(f"it has {len(text)} characters; a scenario has {LARGEST} at most"))
        data, marks = _read_json(text) if is_json else _read_yaml(text)
        _examine(data, marks)
    except _FaultError as fault:
        raise ScenarioError([fault.fault], name) from None
    return data, marks


class _FaultError(ValueError):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def _read_json(text: str) -> tuple[Any, Marks]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as fault:
        raise _FaultError(Fault(f"this is not JSON: {fault.msg}", fault.lineno, fault.colno)) from None
    except RecursionError:
        raise _FaultError(Fault(f"it is nested more than {DEEPEST} deep")) from None
    except ValueError as fault:  # thousands of digits
        raise _FaultError(Fault(f"this cannot be read: {fault}")) from None
    _examine(data, {}, small=True)  # before the slower reader sees it
    try:  # nearly all JSON is YAML; where it is not, the faults have no line
        marks = _read_yaml(text.replace("\t", " "))[1]
    except _FaultError:
        marks = {}
    return data, marks


def _examine(data: Any, marks: Marks, *, small: bool = False) -> None:
    """Refuse data without end, and what no JSON can say: a scenario is told of, and its bodies sent, as JSON.

    `small` looks at its size alone.
    """
    left: list[tuple[Way, Any]] = [((), data)]
    parts = 0
    while left:
        way, value = left.pop()
        parts += 1
        if parts > MOST_NODES or len(way) > DEEPEST:
            raise _FaultError(Fault(_TOO_LARGE, *mark(marks, way)))
        if isinstance(value, dict):
            left += [((*way, name), part) for name, part in reversed(value.items())]
        elif isinstance(value, list):
            left += [((*way, index), part) for index, part in reversed(tuple(enumerate(value)))]
        wrong = None if small else _unsayable(value)
        if wrong is not None:
            raise _FaultError(Fault(wrong, *mark(marks, way)))


_TOO_LARGE = f"it has more than {MOST_NODES} parts, or is nested more than {DEEPEST} deep"


def _unsayable(value: Any) -> str | None:
    """Return why JSON, as it is written here, cannot say this value; None where it can."""
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return "this number is out of range; one lies between -2^63 and 2^64-1, and a longer one stands in quotes"
    if isinstance(value, bytes):
        return "these are bytes, which JSON does not have; write text"
    for text in (value,) if isinstance(value, str) else value if isinstance(value, dict) else ():
        if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
            return f"{text[:40]!r} holds half a character, which is no text"
    return None


def mark(marks: Marks, way: Way) -> tuple[int, int]:
    """Return where the part at `way` stands, or the nearest one around it."""
    while way and way not in marks:
        way = way[:-1]
    return marks.get(way, (0, 0))


def _read_yaml(text: str) -> tuple[Any, Marks]:
    import yaml

    loader = None
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        marks: Marks = {}
        return (None if node is None else _Reader(loader, marks).data(node, ())), marks
    except yaml.MarkedYAMLError as fault:
        at = fault.problem_mark or fault.context_mark
        message = f"this is not YAML: {fault.problem or fault.context}"
        raise _FaultError(Fault(message, at.line + 1, at.column + 1) if at else Fault(message)) from None
    except yaml.YAMLError as fault:
        raise _FaultError(Fault(f"this is not YAML: {fault}")) from None
    except RecursionError:
        raise _FaultError(Fault(f"it is nested more than {DEEPEST} deep")) from None
    finally:
        if loader is not None:
            loader.dispose()


def _rejoined(data: dict[str, Any]) -> dict[str, Any]:
    """Return `data` with a value that a comma has cut in two put together again.

    Inside `{…}` YAML takes `delay: uniform(1s, 3s)` for two entries, `delay: uniform(1s` and an empty `3s)`.
    """
    whole: dict[str, Any] = {}
    for name, value in data.items():
        last = next(reversed(whole), None)
        before = None if last is None else whole[last]
        if value is None and name.endswith(")") and isinstance(before, str) and "(" in before and ")" not in before:
            assert last is not None
            whole[last] = f"{before}, {name}"
        else:
            whole[name] = value
    return whole


class _Reader:
    """Turns YAML nodes into data. Keys are taken as written: `on` is a name here, not YAML 1.1's true."""

    def __init__(self, loader: Any, marks: Marks) -> None:
        self._loader = loader
        self._marks = marks
        self._nodes = 0

    def data(self, node: Any, way: Way) -> Any:
        self._nodes += 1
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        self._marks[way] = (line, column)
        if self._nodes > MOST_NODES or len(way) > DEEPEST:  # aliases that multiply, nesting without end
            raise _FaultError(Fault(_TOO_LARGE, line, column))
        if node.id == "mapping":
            return _rejoined(dict(self._pairs(node, way)))
        if node.id == "sequence":
            return [self.data(item, (*way, index)) for index, item in enumerate(node.value)]
        try:
            return self._loader.construct_object(node)
        except ValueError as fault:  # 2026-13-45 looks like a date and is none
            raise _FaultError(Fault(f"`{node.value}` cannot be read: {fault}", line, column)) from None

    def _pairs(self, node: Any, way: Way) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key, value in node.value:
            line, column = key.start_mark.line + 1, key.start_mark.column + 1
            if key.id != "scalar":
                raise _FaultError(Fault("a key is a plain word here", line, column))
            name = str(key.value)
            if name in seen:
                raise _FaultError(Fault(f"`{name}` stands here twice", line, column))
            seen.add(name)
            yield name, self.data(value, (*way, name))
            self._marks[(*way, name)] = (line, column)
