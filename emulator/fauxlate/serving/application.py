"""The whole emulator as an application of aiohttp: put together as a server's is, but served by whoever takes it."""

from __future__ import annotations

from aiohttp import web

from fauxlate.serving.composition import new_world
from fauxlate.serving.server import door_settings
from fauxlate.settings import Settings
from fauxlate.web.app import new_answer
from fauxlate.web.application import new_application


def application(settings: Settings | None = None) -> web.Application:
    """Return an `aiohttp.web.Application` that is the whole emulator.

    It runs by `aiohttp.web.run_app`, is tested with pytest-aiohttp's `aiohttp_client`, and may be mounted as a
    sub-application. `host` is a name under which the admin API may be reached; `port`, `reload`, `patience` and
    `log_format` are the business of whoever serves it. Links name `public_url`, or where the first request came to.
    aiohttp's own server takes request lines of 8 KB and unpacks compressed bodies unless it is told otherwise:
    `AppRunner(application(), max_line_size=4194304, max_field_size=262144, auto_decompress=False)`.
    Raises `ScenarioError` and `ValueError` for a scenario or a setting that cannot be read.
    """
    settings = settings or Settings()
    world = new_world(settings)
    world.base_url = (settings.public_url or "").rstrip("/")
    return new_application(world, new_answer(world, door_settings(settings)))
