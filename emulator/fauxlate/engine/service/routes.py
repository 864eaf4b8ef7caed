"""From a request to its operation: a look-up in the providers' own tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import unquote

from fauxlate.engine.exchange.request import Request
from fauxlate.engine.service.operation import Alias, Operation
from fauxlate.engine.service.problems import Problem, ProblemKind
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.suggest import nearest

_NOTHING: Mapping[str, str] = {}
_Found = tuple[Operation, Mapping[str, str]]
_Quirk = Callable[[str], str]
_Way = Callable[[Request, _Quirk], Iterable[_Found]]
_NONE: tuple[_Found, ...] = ()


class _Template:
    """A path with names in it, as a pattern: `{name}` is one segment, `{name+}` at the end all that is left."""

    __slots__ = ("_pattern", "alias", "is_open", "operation", "slashes")

    def __init__(self, operation: Operation, alias: Alias | None = None) -> None:
        path = (alias or operation).path
        self.operation = operation
        self.alias = alias
        self.is_open = path.endswith("+}")
        self.slashes = path.count("/")
        parts = [_NAME.fullmatch(part) or re.escape(part) for part in re.split(r"(\{\w+\+?\})", path)]
        self._pattern = re.compile(
            "".join([part if isinstance(part, str) else f"(?P<{part[1]}>{_TAKES[part[2]]})" for part in parts])
        )

    def match(self, path: str) -> Mapping[str, str] | None:
        """Return the values in a path as it is on the wire, decoded, or None where it does not fit."""
        found = self._pattern.fullmatch(path)
        if found is None:
            return None
        values = found.groupdict()
        return {name: unquote(value) for name, value in values.items()} if "%" in path else values


_NAME = re.compile(r"\{(\w+)(\+?)\}")
_TAKES = {"": "[^/]+", "+": ".+"}


def _fitting(request: Request, templates: Iterable[_Template]) -> Iterator[_Found]:
    for template in templates:
        values = template.match(request.raw_path)
        when = template.operation.when
        if values is not None and (when is None or when(request)):
            yield template.operation, values


class Routes:
    """The way to every operation of one provider."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._actions = {op.action: op for op in provider.operations if op.action is not None}
        by_path = [op for op in provider.operations if op.action is None]
        self._exact: dict[str, list[Operation]] = {}
        self._by_slashes: dict[int, list[_Template]] = {}
        self._open: list[_Template] = []
        for operation in by_path:
            template = _Template(operation)
            if "{" not in operation.path:
                self._exact.setdefault(operation.path, []).append(operation)
            elif template.is_open:
                self._open.append(template)
            else:
                self._by_slashes.setdefault(template.slashes, []).append(template)
        self._aliases = [_Template(op, alias) for op in by_path for alias in op.aliases]
        ways: tuple[tuple[_Way, object], ...] = (
            (self._by_path, self._exact),
            (self._by_template, self._by_slashes or self._open),
            (self._by_alias, self._aliases),
        )
        self._ways = tuple(way for way, is_postable in ways if is_postable)

    def find(self, request: Request, quirk: _Quirk) -> _Found | Problem:
        """Return the operation and the values in its path, or what is wrong with the request.

        `quirk` gives the choice of one, where it decides about a path that only some documents print.
        """
        other = action = None
        for way in self._ways:
            for found in way(request, quirk):
                if request.method in found[0].methods:
                    return found
                other = other or found[0]
            if other is not None:
                return self._wrong_method(request, other)
        if self._actions:
            action = self._provider.action(request)
            operation = self._actions.get(action) if action else None
            if operation is not None:
                right = request.method in operation.methods
                return (operation, _NOTHING) if right else self._wrong_method(request, operation)
        return self._unknown(request, action)

    def _by_path(self, request: Request, _: _Quirk) -> Iterable[_Found]:
        exact = self._exact.get(request.raw_path)
        return _NONE if exact is None else [(op, _NOTHING) for op in exact if op.when is None or op.when(request)]

    def _by_template(self, request: Request, _: _Quirk) -> Iterable[_Found]:
        templates = self._by_slashes.get(request.raw_path.count("/"))
        return _fitting(request, (templates or []) + self._open) if templates or self._open else _NONE

    def _by_alias(self, request: Request, quirk: _Quirk) -> Iterator[_Found]:
        for template in self._aliases:
            alias, values = template.alias, template.match(request.raw_path)
            if alias is not None and values is not None and quirk(alias.quirk) == alias.choice:
                yield template.operation, values

    def _wrong_method(self, request: Request, operation: Operation) -> Problem:
        allowed = " or ".join(operation.methods)
        detail = f"{operation.name} is called by {allowed}, not by {request.method}."
        return Problem(ProblemKind.WRONG_METHOD, detail, request.method)

    def _unknown(self, request: Request, action: str | None) -> Problem:
        provider = self._provider
        came = f"`{action}`" if action else f"{request.method} {request.path[:200]}"
        near = self._near(request, action, provider.operations)
        return Problem(
            ProblemKind.UNKNOWN_OPERATION,
            f"{came} is not an operation of {provider.name}.{near} `fauxlate catalog {provider.name}` lists them.",
            action or request.path[:200],
        )

    @staticmethod
    def _near(request: Request, action: str | None, operations: Iterable[Operation]) -> str:
        if action:
            match = nearest(action, [op.action for op in operations if op.action])
            return f" Did you mean `{match}`?" if match else ""
        ways = {op.path: f"{op.methods[0]} {op.path} ({op.name})" for op in operations if op.action is None}
        match = nearest(request.path[:200], ways)
        return f" Did you mean {ways[match]}?" if match else ""
