"""The parameters of a call: collected from the places that their model names, and validated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fauxlate.engine.service.call import Call
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.engine.tables.errors import Refusal

if TYPE_CHECKING:
    from fauxlate.engine.tables.parameters import Parameters, Place

MAX_LENGTH = 64 * 1024
"""Characters of a parameter that its model does not mark as long."""


def read_parameters(call: Call, operation: Operation) -> Parameters:
    """Return what `operation` is asked. Raises the provider's `Refusal` of what is missing or wrong."""
    values = _collect_values(call, operation)
    try:
        parameters: Parameters = operation.parameters.__pydantic_validator__.validate_python(values)
    except ValueError as refusal:  # a pydantic.ValidationError, which a start does without
        raise _refuse(call, operation, refusal) from None
    return parameters


def _refuse(call: Call, operation: Operation, error: ValueError) -> Refusal:
    from fauxlate.engine.tables.parameters import first_error, places

    details = first_error(error)
    name = str(details["loc"][0]) if details["loc"] else ""
    if details["type"] == "missing":
        place = places(operation.parameters).get(name, "request")
        where = "query" if place == "query or form" else place
        return call.refuse(ProblemKind.MISSING, f"`{name}` is missing; it is sent in the {where}.", name)
    location = ".".join(str(part)[:80] for part in details["loc"])
    detail = f"`{location}` is refused: {details['msg']}; it came as {details['input']!r:.120}."
    return call.refuse(
        ProblemKind.INVALID, detail, next((part for part in reversed(details["loc"]) if isinstance(part, str)), "")
    )


_NAMES_BY_PLACE: dict[type[Parameters], tuple[tuple[Place, tuple[str, ...]], ...]] = {}


def _names_by_place(model: type[Parameters]) -> tuple[tuple[Place, tuple[str, ...]], ...]:
    """Return the names of a model's parameters by the place that they are sent in."""
    names_by_place = _NAMES_BY_PLACE.get(model)
    if names_by_place is None:
        from fauxlate.engine.tables.parameters import places

        by_place: dict[Place, list[str]] = {}
        for name, place in places(model).items():
            by_place.setdefault(place, []).append(name)
        names_by_place = _NAMES_BY_PLACE[model] = tuple((place, tuple(names)) for place, names in by_place.items())
    return names_by_place


def _collect_values(call: Call, operation: Operation) -> dict[str, Any]:
    """Return the parameters of `operation` that came, from the places its table names."""
    values: dict[str, Any] = {}
    for place, names in _names_by_place(operation.parameters):
        source = _SOURCES[place](call)
        for name in names:
            value = source.get(name)
            if value is not None:
                if isinstance(value, str) and len(value) > MAX_LENGTH:
                    _check_length(call, operation, name, value)
                values[name] = value
    return values


def _check_length(call: Call, operation: Operation, name: str, value: str) -> None:
    """Refuse a value that is too long for a parameter which is no text. Raises `Refusal`."""
    from fauxlate.engine.tables.parameters import long_names

    if name not in long_names(operation.parameters):
        detail = f"`{name}` has {len(value)} characters; here it has {MAX_LENGTH} at most."
        raise call.refuse(ProblemKind.INVALID, detail, name)


_SOURCES: Mapping[Place, Callable[[Call], Mapping[str, Any]]] = {
    "path": lambda call: call.path,
    "header": lambda call: call.request.headers,
    "query": lambda call: call.request.query,
    "body": lambda call: call.request.json,
    "form": lambda call: call.request.parameters,
    "query or form": lambda call: call.request.parameters,
    "file": lambda call: call.request.parameters,
}
