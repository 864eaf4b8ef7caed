"""From a request to its operation: a look-up in the providers' own tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import unquote

from emulator.engine.provider import Alias, Operation, Problem, Provider, Trouble
from emulator.engine.request import Request
from emulator.engine.suggest import nearest

_NOTHING: Mapping[str, str] = {}


class _Template:
    """A path with names in it: which segments are fixed, and which are values."""

    __slots__ = ("_fixed", "_last", "_named", "alias", "length", "operation")

    def __init__(self, operation: Operation, alias: Alias | None = None) -> None:
        segments = (alias or operation).path.split("/")
        self.operation = operation
        self.alias = alias
        self.length = len(segments)
        self._last = segments.pop()[1:-2] if segments[-1].endswith("+}") else None
        named = {at: segment[1:-1] for at, segment in enumerate(segments) if segment.startswith("{")}
        self._named = tuple(named.items())
        self._fixed = tuple((at, segment) for at, segment in enumerate(segments) if at not in named)

    @property
    def is_open(self) -> bool:
        """Whether its last name takes all that is left of a path."""
        return self._last is not None

    def match(self, segments: list[str]) -> Mapping[str, str] | None:
        """Return the values in a path's segments, still encoded on the wire, or None where they do not fit."""
        if len(segments) != self.length and (self._last is None or len(segments) < self.length):
            return None
        for at, segment in self._fixed:
            if segments[at] != segment:
                return None
        found = {name: unquote(segments[at]) for at, name in self._named}
        if self._last is not None:
            found[self._last] = unquote("/".join(segments[self.length - 1 :]))
        return found if all(found.values()) else None


class Routes:
    """The way to every operation of one provider."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._actions = {op.action: op for op in provider.operations if op.action is not None}
        by_path = [op for op in provider.operations if op.action is None]
        self._exact: dict[str, list[Operation]] = {}
        self._by_length: dict[int, list[_Template]] = {}
        self._open: list[_Template] = []
        for operation in by_path:
            template = _Template(operation)
            if "{" not in operation.path:
                self._exact.setdefault(operation.path, []).append(operation)
            elif template.is_open:
                self._open.append(template)
            else:
                self._by_length.setdefault(template.length, []).append(template)
        self._aliases = [_Template(op, alias) for op in by_path for alias in op.aliases]

    def find(self, request: Request, quirk: Callable[[str], str]) -> tuple[Operation, Mapping[str, str]] | Problem:
        """Return the operation and the values in its path, or what is wrong with the request.

        `quirk` gives the choice of one, where it decides about a path that only some documents print.
        """
        matches = [
            (op, _NOTHING) for op in self._exact.get(request.raw_path, ()) if op.when is None or op.when(request)
        ]
        if not matches and (self._by_length or self._open):
            matches = list(self._by_template(request))
        if not matches and self._aliases:
            matches = list(self._by_alias(request, quirk))
        action = None
        if not matches and self._actions:
            action = self._provider.action(request)
            if action in self._actions:
                matches.append((self._actions[action], _NOTHING))
        for found in matches:
            if request.method in found[0].methods:
                return found
        return self._unknown(request, action) if not matches else self._wrong_method(request, matches[0][0])

    def _by_template(self, request: Request) -> Iterator[tuple[Operation, Mapping[str, str]]]:
        segments = request.raw_path.split("/")
        for templates in (self._by_length.get(len(segments), ()), self._open):
            for template in templates:
                when = template.operation.when
                if when is None or when(request):
                    values = template.match(segments)
                    if values is not None:
                        yield template.operation, values

    def _by_alias(self, request: Request, quirk: Callable[[str], str]) -> Iterator[tuple[Operation, Mapping[str, str]]]:
        for template in self._aliases:
            alias, values = template.alias, template.match(request.raw_path.split("/"))
            if alias is not None and values is not None and quirk(alias.quirk) == alias.choice:
                yield template.operation, values

    def _wrong_method(self, request: Request, operation: Operation) -> Problem:
        allowed = " or ".join(operation.methods)
        detail = f"{operation.name} is called by {allowed}, not by {request.method}."
        return Problem(Trouble.WRONG_METHOD, detail, request.method)

    def _unknown(self, request: Request, action: str | None) -> Problem:
        provider = self._provider
        came = f"`{action}`" if action else f"{request.method} {request.path[:200]}"
        near = self._near(request, action, provider.operations)
        return Problem(
            Trouble.UNKNOWN_OPERATION,
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
