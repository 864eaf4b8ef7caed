"""A made-up provider: the engine knows none of the real ones, and is tested with this."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypedDict

from fauxlate.engine.exchange.reply import Reply, encode_json
from fauxlate.engine.sandboxes.sandbox import Sandbox
from fauxlate.engine.service.call import Call
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.problems import Problem, ProblemKind
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.tables.errors import ErrorRow, Refusal, parse_errors
from fauxlate.engine.tables.lifecycles import Lifecycle, State
from fauxlate.engine.tables.parameters import Parameters, body, path
from fauxlate.engine.tables.quirks import Choice, Quirk
from fauxlate.stores.memory import MemoryStore

ERRORS = """
[[table]]
name = "baker"
about = "What the baker says"
source = "the baker's page"
evidence = "documented"
operations = ["BakeLoaf", "GetLoaf"]
rows = [
  { code = "Oven.Cold", listed = 101, status = 200, message = "The oven is cold." },
  { code = "Flour.Missing", listed = 400, message = "%s", fill = { "%s" = "no flour" } },
]

[[table]]
name = "door"
about = "What is said at the door"
source = "a sign"
evidence = "reported"
operations = ["*"]
rows = [
  { code = "Shop.Closed", listed = 503, message = "Closed.", texts = { rude = "Go away." }, quirk = "bakery.manners" },
]
"""

GENERAL = """
[[table]]
name = "street"
about = "What may happen in the street"
source = "the town"
evidence = "documented"
operations = ["*"]
rows = [{ code = "Street.Blocked", listed = 503, message = "No way through." }]
"""

LOAF = Lifecycle(
    name="bakery.loaf",
    course=(State("dough", "10s"), State("baking", "30s", spellings=("bakin",)), State("bread")),
    failed_state=State("burnt"),
    expired_state=State("stale"),
    retention=3600,
    link_lifetime=600,
)


class BakeLoaf(Parameters):
    flour: str = body("flour", min_length=1)
    grams: int = body("grams", 500)


class GetLoaf(Parameters):
    loaf: str = path("loaf")


class Crust(TypedDict):
    colour: str


class Loaf(TypedDict):
    id: str
    crusts: list[Crust]


async def bake(call: Call, _asked: BakeLoaf) -> Mapping[str, Any]:
    nothing: dict[str, str] = {}
    job = await call.start_job(LOAF, call.sandbox.chance.uuid("loaf"), nothing)
    return {"id": job.id}


async def look(call: Call, asked: GetLoaf) -> Mapping[str, Any]:
    job = await call.find_job(LOAF, asked.loaf)
    if job is None:
        raise Refusal("Flour.Missing")
    return {"state": (await call.poll_job(job)).state}


def refuse(_call: Call, problem: Problem) -> Refusal:
    key = "Shop.Closed" if problem.kind in (ProblemKind.UNKNOWN_OPERATION, ProblemKind.INTERNAL) else "Flour.Missing"
    return Refusal(key, {"%s": problem.detail}, hint=problem.detail)


def render(call: Call, row: ErrorRow, refusal: Refusal) -> Reply:
    code, message = row.format(call.quirk, refusal.placeholders)
    return Reply(row.status, encode_json({"code": code, "message": message}))


BAKERY = Provider(
    name="bakery",
    title="A bakery",
    load_operations=lambda: (
        Operation(
            name="BakeLoaf",
            path="/loaves",
            run=bake,
            parameters=BakeLoaf,
            response=Loaf,
            family="bread",
            source="the baker's page",
            lifecycle=LOAF,
            creates_job=True,
        ),
        Operation(
            name="GetLoaf",
            methods=("GET",),
            path="/loaves/{loaf}",
            run=look,
            parameters=GetLoaf,
            family="bread",
            source="the baker's page",
            lifecycle=LOAF,
            read_job_id=lambda asked: asked.loaf,
        ),
    ),
    load_errors=lambda: parse_errors(ERRORS),
    load_general_errors=lambda: parse_errors(GENERAL),
    quirks=(Quirk("bakery.manners", "How it is said.", (Choice("polite", "a sign"), Choice("rude", "a customer"))),),
    lifecycles=(LOAF,),
    error_groups={"bread": ("baker", "door", "street")},
    hosts=re.compile("made-up"),
    has_credential=lambda _: False,
    owns=lambda _: True,
    read_credentials=lambda request: request.headers.get("baker", "").split(),
    mint_credentials=lambda tag: {"key": f"key-{tag}"},
    make_environment=lambda credentials, url: {"endpoint": url, **credentials},
    exports={},
    throttling_errors={"bread": "Shop.Closed"},
    refuse=refuse,
    encode=lambda _, data: Reply(200, encode_json(data)),
    render=render,
)


class Wall:
    """A wall clock that stands until it is moved."""

    def __init__(self, at: float = 1_000_000.0) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


def sandbox(wall: Wall | None = None, name: str = "default", **settings: Any) -> Sandbox:
    return Sandbox(name, (BAKERY,), MemoryStore, wall or Wall(), **settings)
