"""The table of the admin API: every route, with those that tell of the server itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from fauxlate.engine.service.catalog import build_catalog
from fauxlate.web.admin import openapi
from fauxlate.web.admin.handlers import callbacks, clock, coverage, jobs, journal, probes, sandboxes, scenarios
from fauxlate.web.admin.route import AdminRequest, Route
from fauxlate.web.admin.shapes.responses import ProviderTables, ShippedScenarioList


async def get_catalog(request: AdminRequest) -> Mapping[str, Any]:
    """Tell every provider's tables."""
    return build_catalog(request.world.providers)


async def get_scenario_schema(_: AdminRequest) -> Mapping[str, Any]:
    """Tell the JSON Schema of scenario files."""
    from fauxlate.engine.grammar.model import schema

    return schema()


async def list_shipped_scenarios(request: AdminRequest) -> ShippedScenarioList:
    """Tell name and meaning of each shipped scenario."""
    shipped = await asyncio.to_thread(request.world.list_shipped)  # the first time, each of them is compiled
    return {"scenarios": [{"name": name, "about": about} for name, about in shipped]}


async def get_openapi(request: AdminRequest) -> Mapping[str, Any]:
    """Tell the OpenAPI document."""
    return openapi.document(ROUTES, requires_token=request.requires_token)


ROUTES = (
    *probes.ROUTES,
    Route(
        "GET",
        "catalog",
        get_catalog,
        "Every provider's operations, states, errors and quirks.",
        dict[str, ProviderTables],
    ),
    Route("GET", "openapi.json", get_openapi, "This document.", dict[str, Any]),
    Route("GET", "scenario.schema.json", get_scenario_schema, "The JSON Schema of scenario files.", dict[str, Any]),
    Route("GET", "scenarios", list_shipped_scenarios, "The shipped scenarios.", ShippedScenarioList),
    *sandboxes.ROUTES,
    *clock.ROUTES,
    *scenarios.ROUTES,
    *jobs.ROUTES,
    *callbacks.ROUTES,
    *coverage.ROUTES,
    *journal.ROUTES,
)
