"""The scenario of a sandbox in the admin API: compiled, followed and dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fauxlate.engine.exchange.reply import JSON
from fauxlate.engine.grammar.sources import Source
from fauxlate.engine.scenarios.scenario import Scenario
from fauxlate.web import scheduler
from fauxlate.web.admin.route import SANDBOX, YAML, AdminError, AdminRequest, Route
from fauxlate.web.admin.shapes.requests import ScenarioDocument
from fauxlate.web.problems import printable

_COMPILER_THREAD = ThreadPoolExecutor(1, "scenario")
"""A scenario as large as one may be takes seconds to read; those who call the providers do not wait for that."""


async def compile_scenarios(
    request: AdminRequest, scenarios: str | list[str] | dict[str, Any] | None, overlay: Mapping[str, Any]
) -> Scenario:
    """Return the scenario that a body names or holds, with `overlay` over it. Raises `AdminError`.

    Files of this machine are not read, only shipped ones.
    """
    from fauxlate.engine.grammar.compiler import compile_scenario

    sources: list[Source] = []
    if isinstance(scenarios, dict):
        sources.append(_new_source(scenarios, "scenario"))
    else:
        names = [scenarios] if isinstance(scenarios, str) else scenarios or []
        try:
            sources += [request.world.find_source(name, Source("")) for name in names]
        except ValueError as refusal:
            raise AdminError(400, f"`scenario`: {refusal}") from None
    if overlay:
        sources.append(_new_source(overlay, "the request"))
    return await _run_compiler(
        lambda: compile_scenario(sources, request.world.providers, find=request.world.find_source)
    )


def _new_source(data: Mapping[str, Any], name: str) -> Source:
    """Return the source of what came as an object, with a line for each of its parts as most tools print it."""
    import orjson

    try:
        return Source(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode(), name, is_json=True)
    except TypeError as error:
        raise AdminError(400, f"`{name}` is refused: {error}.") from None


async def _run_compiler(compile_: Callable[[], Scenario]) -> Scenario:
    from fauxlate.engine.grammar.diagnostics import ScenarioError

    try:
        return await asyncio.get_running_loop().run_in_executor(_COMPILER_THREAD, compile_)
    except ScenarioError as refusal:
        faults = [
            {"line": diagnostic.line, "column": diagnostic.column, "message": printable(diagnostic.message)}
            for diagnostic in refusal.diagnostics
        ]
        raise AdminError(400, f"The scenario is refused; nothing has changed. {refusal}", faults=faults) from None


async def get_scenario(request: AdminRequest) -> Mapping[str, Any]:
    """Tell which scenario is in force."""
    return request.sandbox.scenario.document


async def replace_scenario(request: AdminRequest) -> Mapping[str, Any]:
    """Follow another scenario."""
    from fauxlate.engine.grammar.compiler import compile_scenario

    sandbox, http = request.sandbox, request.http
    try:
        text = http.body.decode()
    except UnicodeDecodeError as error:
        raise AdminError(400, f"The scenario is not UTF-8: {error}; nothing has changed.") from None
    source = Source(text, is_json=http.media_type == JSON)
    world = request.world
    scenario = await _run_compiler(lambda: compile_scenario(source, world.providers, find=world.find_source))
    sandbox.follow(scenario)
    await scheduler.change_clock(sandbox, lambda clock, _: clock)  # it may bring a time at which something is due
    return scenario.document


async def delete_scenario(request: AdminRequest) -> Mapping[str, Any]:
    """Follow no scenario."""
    request.sandbox.follow(Scenario())
    return {}


ROUTES = (
    Route("GET", f"{SANDBOX}/scenario", get_scenario, "The scenario in force.", ScenarioDocument),
    Route(
        "PUT",
        f"{SANDBOX}/scenario",
        replace_scenario,
        "Follow another scenario; its rules count from nothing. Jobs stay, and quirks, clock and seed that it does not name.",
        ScenarioDocument,
        media_types=YAML | {JSON},
        body=ScenarioDocument | None,
    ),
    Route("DELETE", f"{SANDBOX}/scenario", delete_scenario, "Follow no scenario.", ScenarioDocument),
)
