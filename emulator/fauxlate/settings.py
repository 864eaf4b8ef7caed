"""The settings of a server: flags over `FAUXLATE_*` variables over defaults. Nothing else reads the environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from fauxlate.errors import FauxlateError

DEFAULT_PORT = 8585
MIN_PATIENCE, MAX_PATIENCE = 0.1, 86400.0
LOG_FORMATS = ("text", "json")


class SettingError(FauxlateError, ValueError):
    """A setting has a value that it cannot have; the message says which and what to write."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a server.

    `port` 0 takes any free one. `scenario` holds files or shipped names, later ones over earlier ones (commas in the
    variable); with `reload` their files are watched. `seed` makes ids and names; the same seed and requests give
    the same bytes. `strict` refuses unknown credentials instead of letting them into the sandbox `default`;
    `ignore_signatures` lets the known ones of that sandbox in without a good signature.
    `public_url` is what links point to where clients reach the server under another address. `log_format` is `text` or
    `json`. `fetch_sources` gets the sources of jobs from the internet, instead of letting a sample stand in. `callback` says where clients want to be called back, as `provider=URL` or `provider.form=URL`;
    `callbacks_anywhere` lets those URLs lead to other machines. `patience` is how many seconds a client may take to
    send a request that it has begun, or to read an answer, before it is left.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    scenario: tuple[str, ...] = ()
    seed: int = 0
    strict: bool = False
    ignore_signatures: bool = False
    reload: bool = False
    admin_token: str | None = None
    public_url: str | None = None
    log_format: str = "text"
    fetch_sources: bool = False
    callback: tuple[str, ...] = ()
    callbacks_anywhere: bool = False
    patience: float = 300.0


def local_url(host: str, port: int) -> str:
    """Return the URL under which this machine reaches a server that listens on `host`, an address or a name."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104  (every address of the machine)
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


_NUMBERS: Mapping[str, Callable[[str], int | float]] = {"int": int, "float": float}
_BOOLEANS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def resolve(environ: Mapping[str, str], flags: Mapping[str, Any]) -> Settings:
    """Return the settings; a flag that is None was not given. Raises `SettingError`."""
    values: dict[str, Any] = {}
    for field in fields(Settings):
        variable = f"FAUXLATE_{field.name.upper()}"
        if flags.get(field.name) is not None:
            flag = flags[field.name]
            values[field.name] = tuple(flag) if isinstance(flag, list) else flag
        elif environ.get(variable, ""):
            values[field.name] = _parse(variable, str(field.type), environ[variable])
    settings = Settings(**values)
    if not 0 <= settings.port < 2**16:
        raise SettingError(f"port {settings.port} is out of range; a port lies between 0 (any free one) and 65535")
    if not MIN_PATIENCE <= settings.patience <= MAX_PATIENCE:
        bounds = f"lies between {MIN_PATIENCE:g} and {MAX_PATIENCE:g} seconds"
        raise SettingError(f"patience {settings.patience:g} is out of range; patience {bounds}")
    if settings.log_format not in LOG_FORMATS:
        raise SettingError(f"log format {settings.log_format!r} is unknown; there are {' and '.join(LOG_FORMATS)}")
    if not -(2**63) <= settings.seed < 2**63:
        raise SettingError(f"seed {str(settings.seed)[:40]} is out of range; a seed has 64 bits: -2^63 to 2^63-1")
    return settings


def _parse(variable: str, kind: str, text: str) -> Any:
    try:
        if kind in _NUMBERS:
            return _NUMBERS[kind](text)
        if kind.startswith("tuple"):
            return tuple(part.strip() for part in text.split(",") if part.strip())
        if kind == "bool":
            return _BOOLEANS[text.strip().lower()]
    except (KeyError, ValueError):
        expected = {"int": "a whole number", "float": "a number"}.get(kind, "true or false")
        raise SettingError(f"{variable} is {text!r}; it takes {expected}") from None
    return text
