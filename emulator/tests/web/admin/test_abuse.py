"""Whatever is sent as a body, the server refuses it or does it, in bounded memory, and goes on answering."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from fauxlate.engine.grammar.model import ScenarioModel
from fauxlate.engine.grammar.text import MAX_LENGTH
from fauxlate.engine.grammar.verb_models import ThenModel
from fauxlate.serving.background import BackgroundServer
from fauxlate.serving.composition import PROVIDERS
from fauxlate.web.admin.door import MAX_BODY
from fauxlate.web.admin.route import PREFIX
from fauxlate.web.admin.routes import ROUTES
from fauxlate.web.admin.shapes.requests import ClockChange, NewFork, NewSandbox
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.web.admin.conftest import Admin
from tests.web.clients import PATIENCE

MUTATING = [route for route in ROUTES if route.method != "GET"]
TYPES = ["application/json", "application/yaml", "text/plain", ""]
BOUNDED = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
MOST_MEMORY = 300 * 1024
"""Kilobytes that the process may grow by over all that is sent here."""


@pytest.fixture(scope="module", autouse=True)
def bounded() -> Iterator[None]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY


@pytest.fixture(scope="module")
def abused(emulator: BackgroundServer) -> Iterator[Admin]:
    admin = Admin(emulator.url)
    assert admin.ask("POST", "sandboxes", {"id": "abused"}).status == 201
    yield admin
    admin.close()


def endured(admin: Admin, method: str, path: str, body: bytes, kind: str) -> int:
    """Send a body; return the status, which `ask` has found in the document, after asking whether all is well."""
    answer = admin.ask(method, path, data=body, headers={"Content-Type": kind})
    assert answer.status < 500
    assert admin.told("health")["status"] == "ok"
    made = answer.data.get("id") if answer.status == 201 else None
    if made is not None:
        assert admin.ask("DELETE", f"sandboxes/{made}").status == 200
    return answer.status


numbers = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([2**63, -(2**64), 10**400, 1e308, float("nan"), float("inf")]),
)
words = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["\ud800", "\0", "9" * 5000, "nan", "1e999", "((((", "*" * 50, "default", "manual", "3 polls", "1s"]
    ),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, words)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4), max_leaves=12
)


def like(*models: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with the right keys, and any values."""
    names = [field.alias or name for model in models for name, field in model.model_fields.items()]
    return st.dictionaries(st.sampled_from(names), anything, max_size=5)


def mostly(right: st.SearchStrategy[Any], wrong: st.SearchStrategy[Any] = anything) -> st.SearchStrategy[Any]:
    """Values that are right, but for one in eight or so."""
    return st.integers(0, 7).flatmap(lambda draw: wrong if draw == 7 else right)


def one(*choices: Any) -> st.SearchStrategy[Any]:
    return mostly(st.sampled_from(choices))


def key(*choices: str) -> st.SearchStrategy[str]:
    return mostly(st.sampled_from(choices), words)


operations = [f"{provider.name}.{operation.name}" for provider in PROVIDERS for operation in provider.operations]
codes = sorted({row.code for provider in PROVIDERS for row in provider.errors})
lifecycles = [lifecycle.name for provider in PROVIDERS for lifecycle in provider.lifecycles]
states = sorted({state.name for provider in PROVIDERS for table in provider.lifecycles for state in table.states})
quirks = [quirk.name for provider in PROVIDERS for quirk in provider.quirks]
patterns = one(*operations, "*", "*", "huawei.*", "alibaba.*", "dingtalk.*", "*.*Translat*")
lengths = one("1s", "0s", "100d", "uniform(1s, 3s)", "lognormal(200ms, 0.6)", "normal(1s, 9s)", "-1s", 5, "99999d")
steps = st.lists(one(*states, "WAITING 2s", "created 1 poll", "0 manual", "ERROR NLP.6306", "FINISHED 1s"), max_size=3)
small = mostly(st.integers(1, 3), numbers)
verbs = st.one_of(
    st.fixed_dictionaries({"fail": one(*codes)}),
    st.fixed_dictionaries(
        {"fail": st.fixed_dictionaries({"code": one(*codes), "status": mostly(st.just(503), numbers)})}
    ),
    st.fixed_dictionaries({"delay": lengths}),
    st.fixed_dictionaries({"delay": st.fixed_dictionaries({"for": lengths, "clock": one("real", "sandbox")})}),
    st.fixed_dictionaries({"drop": one("reset", "empty", "stall")}),
    st.fixed_dictionaries({"drop": st.fixed_dictionaries({"how": one("stall"), "when": one("after"), "for": lengths})}),
    st.fixed_dictionaries({"body": one("truncated", "html", "dribble", "garbage", "malformed")}),
    st.fixed_dictionaries({"timeline": mostly(steps)}),
    st.fixed_dictionaries(
        {"timeline": st.fixed_dictionaries({"steps": steps, "kept": lengths, "progress": one("polls")})}
    ),
    st.fixed_dictionaries({"patch": st.dictionaries(words, anything, max_size=3)}),
    st.fixed_dictionaries(
        {"respond": st.fixed_dictionaries({"status": mostly(st.just(200), numbers), "body": anything})}
    ),
    st.fixed_dictionaries({"throttle": one("20/s", "0/s", "1/0s", "9" * 400 + "/s", "1/1000000d")}),
    st.fixed_dictionaries({"throttle": st.fixed_dictionaries({"next": small, "code": one(*codes)})}),
    like(ThenModel),
)
fields = key("body.url", "path.job_id", "header.x", "query.x", "job.state", "job.nth", "job.file")
conditions = one("*", "a*", "[!]", "FINISHED", 1, {"regex": "a.*"}, {"absent": True}, {"regex": "("}, {"regex": "(?i"})
rules = st.fixed_dictionaries(
    {"on": patterns, "then": mostly(verbs | st.lists(verbs, min_size=1, max_size=3))},
    optional={
        "when": st.dictionaries(fields, conditions, max_size=2),
        "times": small,
        "skip": small,
        "every": small,
        "chance": mostly(st.just(0.5), numbers),
        "per": one("sandbox", "job", "request"),
        "undocumented": mostly(st.booleans()),
    },
)
clocks = st.fixed_dictionaries(
    {}, optional={"mode": one("real", "frozen", "rate"), "at": one("2026-01-01", "0001-01-01", 1e18), "rate": small}
)
scenarios = st.one_of(
    like(ScenarioModel),
    st.fixed_dictionaries(
        {"rules": st.lists(rules, min_size=1, max_size=2)},
        optional={
            "seed": mostly(st.integers(0, 9), numbers),
            "clock": mostly(clocks),
            "quirks": st.dictionaries(key(*quirks), one("int", "str", "BEGIN"), max_size=1),
            "lifecycles": st.dictionaries(
                key(*lifecycles),
                st.dictionaries(key(*states, "kept", "link", "progress"), lengths, max_size=2),
                max_size=1,
            ),
        },
    ),
    st.fixed_dictionaries(
        {"extends": words | st.lists(words, max_size=2) | one("huawei/never-ending-job", "../a.yaml")}
    ),
)


def as_body(data: Any) -> bytes:
    return json.dumps(data).encode()


@BOUNDED
@given(route=st.sampled_from(MUTATING), body=st.binary(max_size=200), kind=st.sampled_from(TYPES))
def test_random_bytes_are_endured(abused: Admin, route: Any, body: bytes, kind: str) -> None:
    endured(abused, route.method, route.path.format(id="default", job="x", provider="dingtalk"), body, kind)


@BOUNDED
@given(route=st.sampled_from(MUTATING), data=anything, kind=st.sampled_from(TYPES))
def test_random_json_is_endured(abused: Admin, route: Any, data: Any, kind: str) -> None:
    endured(abused, route.method, route.path.format(id="default", job="x", provider="dingtalk"), as_body(data), kind)


@BOUNDED
@given(data=like(NewSandbox) | st.fixed_dictionaries({"scenario": scenarios}))
def test_sandboxes_with_the_right_keys_are_endured(abused: Admin, data: Any) -> None:
    endured(abused, "POST", "sandboxes", as_body(data), "application/json")


@BOUNDED
@given(data=like(NewFork))
def test_forks_with_the_right_keys_are_endured(abused: Admin, data: Any) -> None:
    endured(abused, "POST", "sandboxes/abused/fork", as_body(data), "application/json")


@BOUNDED
@given(data=like(ClockChange))
def test_clock_changes_with_the_right_keys_are_endured(abused: Admin, data: Any) -> None:
    endured(abused, "PATCH", "sandboxes/abused/clock", as_body(data), "application/json")


@settings(BOUNDED, max_examples=400)
@given(data=scenarios, kind=st.sampled_from(TYPES[:2]))
def test_scenarios_with_the_right_keys_are_endured(abused: Admin, data: Any, kind: str) -> None:
    if endured(abused, "PUT", "sandboxes/abused/scenario", as_body(data), kind) == 200:
        abused.told("sandboxes/abused")
        abused.told("sandboxes/abused/scenario")


@BOUNDED
@given(text=st.text(alphabet=st.sampled_from("&*!{}[]:-,#|>%@`'\"?<= \n\tab0.~"), max_size=60))
def test_random_yaml_is_endured(abused: Admin, text: str) -> None:
    endured(abused, "PUT", "sandboxes/abused/scenario", text.encode(), "application/yaml")


def laughs(of: int, times: int) -> str:
    """Return a list of lists of lists … that refer to each other."""
    lines = ["a0: &a0 [ha, ha]"]
    lines += [f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * of)}]" for number in range(1, times)]
    return "\n".join(lines)


BOMBS = {
    "a billion laughs": laughs(10, 30),
    "a billion laughs in JSON's form": "{" + ", ".join(laughs(9, 20).splitlines()) + "}",
    "laughs where rules stand": laughs(10, 9) + "\nrules: *a8",
    "quadratic": f"a: &a {'x' * 1000}\nb: [{', '.join(['*a'] * 20_000)}]",
    "a snake that bites its tail": "a: &a [*a]",
    "a map that is its own key": "&a {*a : 1}",
    "merge keys": "a: &a {x: 1}\nb: {<<: [" + ", ".join(["*a"] * 20_000) + "]}",
    "deep lists": "[" * 100_000,
    "deep maps": "{a: " * 50_000,
    "deep blocks": "\n".join(" " * depth + "a:" for depth in range(500)),
    "many entries": "\n".join(f"k{number}: v" for number in range(19_000)),
    "many documents": "---\n" * 60_000,
    "many tabs": "\t" * 200_000,
    "a long line": "a: " + "x" * 250_000,
    "many escapes": '"' + "\\x41" * 60_000 + '"',
    "a long number": "seed: " + "9" * 200_000,
    "a long hexadecimal number": "seed: 0x" + "f" * 200_000,
    "a long number to the base of 60": "seed: 1" + ":59" * 50_000,
    "a long float": "seed: 1." + "9" * 200_000,
    "objects of Python": "!!python/object/apply:os.system ['true']",
    "an unknown tag": "!<tag:example.com,2000:x> {}",
    "bytes": "about: !!binary aGVsbG8=",
    "bytes in an answer": "rules: [{on: 'huawei.*', then: {respond: {body: {x: !!binary aGVsbG8=}}}}]",
    "a set": "rules: !!set {a, b}",
    "dates": "clock: {at: 0001-01-01}",
    "dates that are none": "clock: {at: 2026-99-99}",
    "half a character": 'about: "\\ud800"',
    "a null character": 'about: "\\0"',
    "a directive": "%YAML 9.9\n---\n{}",
    "many stars": "rules: [{on: '" + "*" * 100_000 + "', then: {fail: x}}]",
    "many brackets": "rules: [{on: '" + "[!" * 50_000 + "', then: {fail: x}}]",
    "a pattern that repeats repeats": "rules: [{on: '*', when: {body.x: {regex: '"
    + "(" * 90
    + "a"
    + ")+" * 90
    + "'}}, then: {delay: 1s}}]",
    "a pattern that counts": "rules: [{on: '*', when: {body.x: {regex: '(((a{1,9999}){1,9999}){1,9999})'}}, then: {delay: 1s}}]",
    "a deep pattern": "rules: [{on: '*', when: {body.x: {regex: '" + "(" * 20_000 + "'}}, then: {delay: 1s}}]",
    "over the limit of a scenario": "#" * (MAX_LENGTH + 1),
    "nearly all that a body may have": "#" * (MAX_BODY - 1),
}


def test_others_are_answered_while_a_large_scenario_is_read(abused: Admin) -> None:
    text = "about: x\nrules: [" + "a, " * 40_000 + "]"
    at = f"{abused.url}{PREFIX}sandboxes/abused/scenario"
    with ThreadPoolExecutor(1) as aside:
        kind = {"Content-Type": "application/yaml"}
        read = aside.submit(requests.put, at, data=text, headers=kind, timeout=PATIENCE)
        answered = 0
        while not read.done():
            abused.told("health")
            answered += 1
    assert read.result().status_code == 400
    assert answered > 5


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_are_endured(abused: Admin, bomb: str) -> None:
    text = BOMBS[bomb].encode()
    for method, path in (
        ("PUT", "sandboxes/abused/scenario"),
        ("PATCH", "sandboxes/abused/clock"),
        ("POST", "sandboxes"),
    ):
        for kind in ("application/yaml", "application/json"):
            endured(abused, method, path, text, kind)
