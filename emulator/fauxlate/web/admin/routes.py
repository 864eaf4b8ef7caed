"""The admin API, route by route, with what it tells of the server itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from fauxlate.engine.service.catalog import catalog
from fauxlate.web.admin import callbacks, openapi, records, sandboxes
from fauxlate.web.admin.door import AdminRequest, Route
from fauxlate.web.admin.probes import PROBES
from fauxlate.web.admin.shapes import ProviderTables, ShippedScenarioList


async def _catalog(visit: AdminRequest) -> Mapping[str, Any]:
    return catalog(visit.world.providers)


async def _schema(_: AdminRequest) -> Mapping[str, Any]:
    from fauxlate.engine.grammar.model import schema

    return schema()


async def _scenarios(visit: AdminRequest) -> ShippedScenarioList:
    shipped = await asyncio.to_thread(visit.world.shipped)  # the first time, each of them is compiled
    return {"scenarios": [{"name": name, "about": about} for name, about in shipped]}


async def _openapi(visit: AdminRequest) -> Mapping[str, Any]:
    return openapi.document(ROUTES, guarded=visit.guarded)


ROUTES = (
    *PROBES,
    Route(
        "GET", "catalog", _catalog, "Every provider's operations, states, errors and quirks.", dict[str, ProviderTables]
    ),
    Route("GET", "openapi.json", _openapi, "This document.", dict[str, Any]),
    Route("GET", "scenario.schema.json", _schema, "The JSON Schema of scenario files.", dict[str, Any]),
    Route("GET", "scenarios", _scenarios, "The shipped scenarios.", ShippedScenarioList),
    *sandboxes.ROUTES,
    *callbacks.ROUTES,
    *records.ROUTES,
)
