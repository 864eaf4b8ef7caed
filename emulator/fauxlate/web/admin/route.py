"""A route of the admin API: its row in the table, the request that its handler gets, and the refusal that it may raise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from fauxlate.engine.exchange.reply import JSON, Reply
from fauxlate.engine.exchange.request import Request
from fauxlate.engine.sandboxes.sandbox import Sandbox
from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.world import World
from fauxlate.errors import FauxlateError

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

PREFIX = "/__fauxlate/"
"""What every path of the admin API begins with."""
SANDBOX = "sandboxes/{id}"
"""The path of a sandbox."""
YAML = frozenset({"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"})
"""Media types of a scenario in YAML."""

ModelT = TypeVar("ModelT", bound="BaseModel")


class AdminError(FauxlateError):
    """A request to the admin API is refused: `status` is the HTTP status, the message says what came, why, what to do.

    `headers` and `members` of the JSON body go with it.
    """

    def __init__(
        self, status: int, message: str, headers: Mapping[str, str] | None = None, **members: list[Any]
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.members = members


class AdminRequest:
    """One request to the admin API in its `world`: `path` holds the values in its path, `http` the request itself.

    `requires_token` says that the server's admin API wants a token.
    """

    def __init__(self, world: World, http: Request, path: Mapping[str, str], *, requires_token: bool) -> None:
        self.world = world
        self.http = http
        self.path = path
        self.requires_token = requires_token

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox that the path names, which counts as a use of it. Raises `AdminError`."""
        sandboxes = self.world.sandboxes
        sandboxes.expire(sandboxes.default.wall)
        sandbox = sandboxes.get(self.path["id"])
        if sandbox is None:
            raise AdminError(404, f"There is no sandbox `{self.path['id'][:80]}`; GET {PREFIX}sandboxes lists them.")
        sandbox.last_used = sandbox.wall
        return sandbox

    def parse_body(self, model: type[ModelT]) -> ModelT:
        """Return the body as an instance of `model`. Raises `AdminError`."""
        return _validate(model, self.http.json if self.http.body else {})

    def parse_query(self, model: type[ModelT]) -> ModelT:
        """Return the query as an instance of `model`; numbers are text there. Raises `AdminError`."""
        names: set[str] = set()
        for name, _ in self.http.query_pairs:
            if name in names:
                raise AdminError(400, f"`{name[:80]}` comes more than once in the query; name it once.")
            names.add(name)
        return _validate(model, self.http.query)


@dataclass(frozen=True, slots=True)
class Route:
    """A row of the admin API's table.

    `body` and `query` are models of what comes, `response` is the shape of the answer, `media_types` are those of the
    body. `error_statuses` lists refusals that path, query and body do not imply. `is_public` needs no token and no
    particular Host.
    """

    method: str
    path: str
    handle: Callable[[AdminRequest], Awaitable[Mapping[str, Any] | Reply]]
    summary: str
    response: Any = None
    body: Any = None
    query: type[BaseModel] | None = None
    status: int = 200
    media_type: str = JSON
    media_types: frozenset[str] = frozenset({JSON})
    error_statuses: tuple[int, ...] = ()
    is_public: bool = False

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's segments; `{name}` stands for any."""
        return tuple(self.path.split("/"))


def _validate(model: type[ModelT], data: Any) -> ModelT:
    from pydantic import ValidationError

    try:
        return model.model_validate(data)
    except ValidationError as refusal:
        raise AdminError(400, _explain(model, refusal.errors(include_url=False))) from None


def _explain(model: type[BaseModel], errors: list[ErrorDetails]) -> str:
    """Return what is wrong first with what `model` refuses."""
    first = errors[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        keys = list(model.model_fields)
        hint = f"there are {', '.join(keys)}" if keys else "there are none"
        return f"`{name[:80]}` is not a key here; {hint}.{did_you_mean(name[:80], keys)}"
    same_key = [error for error in errors if error["loc"][:1] == first["loc"][:1]]
    reasons = " or ".join(dict.fromkeys(_reason(error) for error in same_key))
    name = str(first["loc"][0]) if len(same_key) > 1 else name  # one of a choice: none of it fits
    return f"`{name}`: {reasons}."


def _reason(error: ErrorDetails) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])  # in our own words
    return f"{error['msg']}; it came as {error['input']!r:.120}"
