"""The admin API, route by route, with what it tells of the server itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from fauxlate.engine.catalog import catalog
from fauxlate.web import admin_callbacks, admin_records, admin_sandboxes, openapi
from fauxlate.web.admin import Route, Visit
from fauxlate.web.admin_shapes import ProviderTold, ScenariosTold
from fauxlate.web.probes import PROBES


async def _catalog(visit: Visit) -> Mapping[str, Any]:
    return catalog(visit.world.providers)


async def _schema(_: Visit) -> Mapping[str, Any]:
    from fauxlate.engine.scenario_model import schema

    return schema()


async def _scenarios(visit: Visit) -> ScenariosTold:
    shipped = await asyncio.to_thread(visit.world.shipped)  # the first time, each of them is compiled
    return {"scenarios": [{"name": name, "about": about} for name, about in shipped]}


async def _openapi(visit: Visit) -> Mapping[str, Any]:
    return openapi.document(ROUTES, guarded=visit.guarded)


ROUTES = (
    *PROBES,
    Route(
        "GET", "catalog", _catalog, "Every provider's operations, states, errors and quirks.", dict[str, ProviderTold]
    ),
    Route("GET", "openapi.json", _openapi, "This document.", dict[str, Any]),
    Route("GET", "scenario.schema.json", _schema, "The JSON Schema of scenario files.", dict[str, Any]),
    Route("GET", "scenarios", _scenarios, "The shipped scenarios.", ScenariosTold),
    *admin_sandboxes.ROUTES,
    *admin_callbacks.ROUTES,
    *admin_records.ROUTES,
)
