"""Routing: from a request to its operation, by a look-up in the provider's own tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import unquote

from fauxlate.engine.exchange.request import Request
from fauxlate.engine.service.operation import Operation, PathAlias
from fauxlate.engine.service.problems import Problem, ProblemKind
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.suggest import nearest

_NO_VALUES: Mapping[str, str] = {}
_Route = tuple[Operation, Mapping[str, str]]
_QuirkChoice = Callable[[str], str]
_Lookup = Callable[[Request, _QuirkChoice], Iterable[_Route]]
_NO_ROUTES: tuple[_Route, ...] = ()


class _Template:
    """A path with names in it, as a pattern: `{name}` is one segment, `{name+}` at the end all that is left."""

    __slots__ = ("_pattern", "alias", "is_open", "operation", "slashes")

    def __init__(self, operation: Operation, alias: PathAlias | None = None) -> None:
        path = (alias or operation).path
        self.operation = operation
        self.alias = alias
        self.is_open = path.endswith("+}")
        self.slashes = path.count("/")
        parts = [_NAME.fullmatch(part) or re.escape(part) for part in re.split(r"(\{\w+\+?\})", path)]
        self._pattern = re.compile(
            "".join(
                [part if isinstance(part, str) else f"(?P<{part[1]}>{_SEGMENT_PATTERNS[part[2]]})" for part in parts]
            )
        )

    def match(self, path: str) -> Mapping[str, str] | None:
        """Return the decoded values in a path, which is as on the wire; None where it does not fit."""
        match = self._pattern.fullmatch(path)
        if match is None:
            return None
        values = match.groupdict()
        return {name: unquote(value) for name, value in values.items()} if "%" in path else values


_NAME = re.compile(r"\{(\w+)(\+?)\}")
_SEGMENT_PATTERNS = {"": "[^/]+", "+": ".+"}


def _match_templates(request: Request, templates: Iterable[_Template]) -> Iterator[_Route]:
    for template in templates:
        values = template.match(request.raw_path)
        matches = template.operation.matches
        if values is not None and (matches is None or matches(request)):
            yield template.operation, values


class Routes:
    """The routes to every operation of one provider."""

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
        lookups: tuple[tuple[_Lookup, object], ...] = (
            (self._by_path, self._exact),
            (self._by_template, self._by_slashes or self._open),
            (self._by_alias, self._aliases),
        )
        self._lookups = tuple(lookup for lookup, rows in lookups if rows)

    def find(self, request: Request, quirk: _QuirkChoice) -> _Route | Problem:
        """Return the operation and the values in its path, or the problem of the request.

        `quirk` returns the choice of a quirk, where that decides about a path that only some documents print.
        """
        other = action = None
        for lookup in self._lookups:
            for route in lookup(request, quirk):
                if request.method in route[0].methods:
                    return route
                other = other or route[0]
            if other is not None:
                return self._wrong_method(request, other)
        if self._actions:
            action = self._provider.read_action(request)
            operation = self._actions.get(action) if action else None
            if operation is not None:
                is_allowed = request.method in operation.methods
                return (operation, _NO_VALUES) if is_allowed else self._wrong_method(request, operation)
        return self._unknown(request, action)

    def _by_path(self, request: Request, _: _QuirkChoice) -> Iterable[_Route]:
        exact = self._exact.get(request.raw_path)
        if exact is None:
            return _NO_ROUTES
        return [(op, _NO_VALUES) for op in exact if op.matches is None or op.matches(request)]

    def _by_template(self, request: Request, _: _QuirkChoice) -> Iterable[_Route]:
        templates = self._by_slashes.get(request.raw_path.count("/"))
        return _match_templates(request, (templates or []) + self._open) if templates or self._open else _NO_ROUTES

    def _by_alias(self, request: Request, quirk: _QuirkChoice) -> Iterator[_Route]:
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
        action = action and action[:200]
        actual = f"`{action}`" if action else f"{request.method} {request.path[:200]}"
        near = self._suggest(request, action, provider.operations)
        return Problem(
            ProblemKind.UNKNOWN_OPERATION,
            f"{actual} is not an operation of {provider.name}.{near} `fauxlate catalog {provider.name}` lists them.",
            action or request.path[:200],
        )

    @staticmethod
    def _suggest(request: Request, action: str | None, operations: Iterable[Operation]) -> str:
        if action:
            match = nearest(action, [op.action for op in operations if op.action])
            return f" Did you mean `{match}`?" if match else ""
        paths = {op.path: f"{op.methods[0]} {op.path} ({op.name})" for op in operations if op.action is None}
        match = nearest(request.path[:200], paths)
        return f" Did you mean {paths[match]}?" if match else ""
