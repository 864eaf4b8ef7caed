"""Scenario files: what they may say, how a wrong one is refused, and which rule a call meets."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from fauxlate.engine.chance import Chance
from fauxlate.engine.exchange.request import Request
from fauxlate.engine.grammar.compiler import compile_scenario
from fauxlate.engine.grammar.diagnostics import ScenarioError
from fauxlate.engine.grammar.sources import Source
from fauxlate.engine.grammar.text import MAX_DEPTH, MAX_LENGTH, MAX_NODES
from fauxlate.engine.scenarios.conditions import Subject
from fauxlate.engine.scenarios.contacts import Contacts, Person
from fauxlate.engine.scenarios.distributions import Distribution
from fauxlate.engine.scenarios.effects import Delay, Fail, SetTimeline
from fauxlate.engine.scenarios.rules import RuleCounters
from fauxlate.engine.scenarios.scenario import Scenario
from fauxlate.engine.tables.errors import ErrorRow
from fauxlate.engine.timing.timeline import Step, parse_dwell
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.made_up import BAKERY, LOAF, Wall, sandbox

WHOLE = """\
# yaml-language-server: $schema=./scenario.schema.json
$schema: ./scenario.schema.json
about: The oven is cold twice.
source: the baker's page
seed: 7
clock: {mode: frozen, at: 2026-01-01T00:00:00Z}
quirks: {bakery.manners: rude}
lifecycles:
  bakery.loaf: {dough: 1s, bakin: 2 polls, kept: 1h, link: 5m}
rules:
  - {on: bakery.GetLoaf, times: 2, then: {fail: Oven.Cold}}
  - on: [bakery.BakeLoaf]
    then: [{delay: 20ms}, {timeline: ["dough 1s", "burnt Oven.Cold"]}]
"""


def compile_(text: str, *, is_json: bool = False) -> Scenario:
    return compile_scenario(Source(text, "f.yaml", is_json), [BAKERY])


def refused(text: str, *, is_json: bool = False) -> list[str]:
    with pytest.raises(ScenarioError) as refusal:
        compile_(text, is_json=is_json)
    return refusal.value.lines


def test_a_whole_scenario_is_read() -> None:
    scenario = compile_(WHOLE)
    assert (scenario.about, scenario.seed, scenario.quirks) == (
        "The oven is cold twice.",
        7,
        {"bakery.manners": "rude"},
    )
    loaf = scenario.timelines["bakery.loaf"]
    assert loaf.steps == (Step("dough", parse_dwell("1s")), Step("baking", parse_dwell("2 polls")), Step("bread"))
    assert (loaf.retention, scenario.link_lifetimes["bakery.loaf"]) == (3600, 300)
    assert scenario.rules[0].effects == {"bakery.GetLoaf": (Fail("Oven.Cold"),)}
    course = SetTimeline(LOAF.parse_timeline(["dough 1s", "burnt Oven.Cold"], {"Oven.Cold": 1}))
    assert scenario.rules[1].effects == {"bakery.BakeLoaf": (Delay(Distribution("fixed", 0.02)), course)}


def test_json_says_the_same_as_yaml() -> None:
    import yaml

    data = yaml.load(WHOLE, yaml.BaseLoader)  # noqa: S506  (it makes strings alone)
    assert (
        compile_(json.dumps(data), is_json=True).rules_by_operation.keys() == compile_(WHOLE).rules_by_operation.keys()
    )


def test_an_empty_file_is_the_documented_happy_path() -> None:
    assert compile_("").rules == ()


def test_a_sandbox_that_follows_a_scenario_has_its_clock_seed_quirks_and_lifecycles() -> None:
    here = sandbox(Wall(5))
    here.follow(compile_(WHOLE))
    assert here.now() == 1767225600
    assert here.chance.seed == 7
    assert here.quirks["bakery.manners"] == "rude"
    assert here.timeline(LOAF).steps[0].dwell.amount == 1
    assert here.link_lifetime(LOAF) == 300
    here.follow(Scenario())
    assert (here.quirks["bakery.manners"], here.link_lifetime(LOAF)) == ("polite", 600)
    assert here.timeline(LOAF) == LOAF.default_timeline()


def test_a_rule_is_used_so_many_times_and_the_next_one_then() -> None:
    scenario = compile_(
        "rules: [{on: bakery.GetLoaf, times: 2, then: {fail: Oven.Cold}}, {on: 'bakery.*', then: {fail: Shop.Closed}}]"
    )
    tally, look, chance = RuleCounters(), Subject(Request("GET", "/loaves/1", {}), {}), Chance(0)
    met = [scenario.match("bakery.GetLoaf", look, tally, chance).effects for _ in range(4)]
    assert met == [(Fail("Oven.Cold"),)] * 2 + [(Fail("Shop.Closed"),)] * 2
    assert scenario.match("bakery.BakeLoaf", look, tally, chance).effects == (Fail("Shop.Closed"),)


def test_a_pattern_is_narrowed_to_the_operations_that_its_verbs_fit() -> None:
    scenario = compile_('rules: [{on: "bakery.*", then: {timeline: ["dough"]}}]')
    assert list(scenario.rules[0].effects) == ["bakery.BakeLoaf"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules:\n  - {on: bakery.GetLof, then: {delay: 1s}}", "f.yaml:2:6: `bakery.GetLof` is not an operation."),
        ("rules:\n  - {on: bakery.GetLof, then: {delay: 1s}}", "Did you mean `bakery.GetLoaf`?"),
        ("rules:\n- on: bakery.GetLoaf\n  then:\n    fail: Oven.Clod", "f.yaml:4:5: `Oven.Clod` is not a documented"),
        ("rules:\n- on: bakery.GetLoaf\n  then:\n    - fail: Oven.Clod", "f.yaml:4:7: `Oven.Clod` is not a documented"),
        ("ruls: []", "f.yaml:1:1: `ruls` is not a key here"),
        ("ruls: []", "Did you mean `rules`?"),
        ("rules: [{on: bakery.GetLoaf, tims: 2, then: {delay: 1s}}]", "f.yaml:1:30: `tims` is not a key here"),
        ("rules: [{on: bakery.GetLoaf, then: {dely: 1s}}]", "Did you mean `delay`?"),
        ("rules: [{then: {delay: 1s}}]", "f.yaml:1:9: `on` is missing here"),
        ("rules: [{on: bakery.GetLoaf, times: 0, then: {delay: 1s}}]", "greater than or equal to 1"),
        ("rules: [{on: bakery.GetLoaf, then: {delay: soon}}]", "is not a duration"),
        ("rules: [{on: bakery.GetLoaf, then: {delay: 1s, fail: Oven.Cold}}]", "names one verb"),
        ("rules: [{on: bakery.GetLoaf, then: {fail: }}]", "this verb has no value"),
        ("rules: [{on: bakery.GetLoaf, then: []}]", "at least 1 item"),
        ("rules: [{on: bakery.GetLoaf, then: {timeline: [dough]}}]", "a timeline goes on BakeLoaf"),
        ("rules: [{on: bakery.BakeLoaf, then: {timeline: [doug]}}]", "Did you mean `dough`?"),
        ("lifecycles: {bakery.lof: {}}", "Did you mean `bakery.loaf`?"),
        ("lifecycles: {bakery.loaf: {bread: 1s}}", "f.yaml:1:28: `bread` is where it ends"),
        ("lifecycles: {bakery.loaf: {doug: 1s}}", "Did you mean `dough`?"),
        ("lifecycles: {bakery.loaf: {progress: pols}}", "Did you mean `polls`?"),
        ("quirks: {bakery.maners: rude}", "Did you mean `bakery.manners`?"),
        ("quirks: {bakery.manners: gruff}", "it has polite, rude"),
        ("clock: {mode: rate}", "`rate` goes with `mode: rate`"),
        ("clock: {mode: frozn}", "f.yaml:1:9: Input should be 'real', 'frozen' or 'rate'"),
        ("clock: 2026-13-45", "cannot be read"),
        ("a: [1", "f.yaml:1:6: this is not YAML"),
        ("about: a\nabout: b", "f.yaml:2:1: `about` stands here twice"),
        ("[]", "written as a mapping"),
        ("just words", "written as a mapping"),
        ("? [1]\n: 2", "a key is a plain word"),
        ("a: \0", "f.yaml: this is not YAML"),
    ],
)
def test_a_wrong_scenario_is_refused_with_place_reason_and_nearest_name(text: str, said: str) -> None:
    lines = refused(text)
    assert any(said in line for line in lines), lines


def test_every_fault_is_told_at_once_in_the_order_of_the_file() -> None:
    lines = refused(
        "quirks: {x: y}\nrules:\n- {on: nowhere, then: {delay: 1s}}\n- {on: bakery.GetLoaf, then: {fail: X}}"
    )
    assert [line.split(":")[1] for line in lines] == ["1", "3", "4"]


def test_wrong_json_is_refused_with_its_place() -> None:
    assert refused('{"rules": [}', is_json=True)[0].startswith("f.yaml:1:12: this is not JSON")
    assert refused('{\n\t"ruls": []}', is_json=True)[0].startswith("f.yaml:2:2: `ruls`")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (str(2**64), "this number is out of range"),
        (str(-(2**63) - 1), "this number is out of range"),
        ("9" * 4000, "this number is out of range"),
        (r'"\ud800"', "half a character"),
        (r'{"\ud800": 1}', "half a character"),
    ],
)
def test_what_json_cannot_say_is_refused_with_its_place(value: str, said: str) -> None:
    text = f'{{"rules": [\n{{"on": "bakery.*", "then": {{"respond": {{"body": {{"x": {value}}}}}}}}}]}}'
    for is_json in (True, False):
        assert [(line.split(":")[1], said in line) for line in refused(text, is_json=is_json)] == [("2", True)]


@pytest.mark.parametrize("value", [2**64 - 1, -(2**63)])
def test_a_number_of_64_bits_can_be_sent(value: int) -> None:
    rule = {"on": "bakery.*", "then": {"respond": {"body": {"x": value}}}}
    for is_json in (True, False):
        assert compile_(json.dumps({"rules": [rule]}), is_json=is_json).rules


@pytest.mark.parametrize(
    "text", ["[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2), json.dumps([1] * (MAX_NODES + 1)), "[" * 999 + "]" * 999]
)
def test_json_is_no_deeper_and_no_larger_than_yaml_may_be(text: str) -> None:
    for is_json in (True, False):
        (line,) = refused(f'{{"rules": {text}}}', is_json=is_json)
        assert f"more than {MAX_NODES} parts, or is nested more than {MAX_DEPTH} deep" in line or "nested more" in line


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    for is_json in (True, False):
        assert "cannot be read" in refused(f'{{"seed": {"9" * 5000}}}', is_json=is_json)[0]


@pytest.mark.parametrize("seed", [2**63, -(2**63) - 1])
def test_a_seed_has_64_bits(seed: int) -> None:
    assert refused(f"seed: {seed}")[0].startswith("f.yaml:1:1: ")
    assert compile_(f"seed: {2**63 - 1}").seed == 2**63 - 1


def test_how_many_calls_are_throttled_is_said_once() -> None:
    text = "rules:\n- on: bakery.*\n  times: 3\n  then: {throttle: {next: 5, code: Oven.Cold}}"
    (line,) = [line for line in refused(text) if "next" in line]
    assert line == "f.yaml:3:3: `times: 3` and `next: 5` both say how many calls are refused; write one of them"


@pytest.mark.parametrize(
    "bomb",
    [
        "&a [" * 500,
        "[" * 5000,
        "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(9)),
        "a: &a [*a]",
        "x" * (MAX_LENGTH + 1),
        "{a: " * (MAX_DEPTH + 2) + "1" + "}" * (MAX_DEPTH + 2),
        "!!python/object/apply:os.system [echo]",
        "a: !!binary notbase64!",
    ],
    ids=["open", "deep", "laughs", "self", "large", "nested", "object", "binary"],
)
def test_a_bomb_is_refused_at_once(bomb: str) -> None:
    refused(bomb)
    refused(bomb, is_json=True)


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_whatever_stands_in_a_file_it_compiles_or_is_refused(text: str) -> None:
    for is_json in (False, True):
        with suppress(ScenarioError):
            compile_(text, is_json=is_json)


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_KEYS = st.sampled_from(["rules", "on", "then", "times", "clock", "at", "quirks", "lifecycles", "bakery.loaf", "seed"])


@given(
    st.dictionaries(
        _KEYS,
        st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3)),
    )
)
def test_whatever_is_written_under_known_keys_it_compiles_or_is_refused(data: dict[str, object]) -> None:
    with suppress(ScenarioError):
        compile_(json.dumps(data), is_json=True)


DIRECTORY = """
directory:
  users:
    u1: 张三
    2: {name: Müller, unionId: m, mobile: 150, email: m@example.com}
  departments: {1: 总部}
  languages: [zh, ko]
"""


def test_a_directory_lists_people_shortly_or_in_full() -> None:
    contacts = compile_(DIRECTORY).contacts
    assert contacts is not None
    assert contacts.users == {"u1": Person("张三"), "2": Person("Müller", "m", "150", "m@example.com")}
    assert (contacts.departments, contacts.languages) == ({"1": "总部"}, ("zh", "ko"))
    assert compile_("directory: {users: {}}").contacts == Contacts({})
    assert compile_("about: x").contacts is None


def test_a_later_directory_takes_the_place_of_an_earlier_one() -> None:
    whole = compile_scenario([Source(DIRECTORY, "a.yaml"), Source("directory: {users: {u3: X}}", "b.yaml")], [BAKERY])
    assert whole.contacts == Contacts({"u3": Person("X")})
    assert whole.document["directory"] == {"users": {"u3": "X"}}
    kept = compile_scenario([Source(DIRECTORY, "a.yaml"), Source("about: x", "b.yaml")], [BAKERY])
    assert kept.contacts is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "directory:\n  people: {}",
            "f.yaml:2:3: `people` is not a key here; there are users, departments, languages.",
        ),
        (
            "directory:\n  users:\n    u1: {name: X, nam: Y}",
            "f.yaml:3:19: `nam` is not a key here; there are name, unionId",
        ),
        ("directory:\n  users:\n    u1: {mobile: '1'}", "f.yaml:3:5: `name` is missing here"),
        ("directory:\n  users:\n    u1: ''", "f.yaml:3:5: String should have at least 1 character"),
        ("directory:\n  departments:\n    sales: X", "f.yaml:3:5: `sales` is no department id: a number"),
        ("directory:\n  languages: [klingon]", "f.yaml:2:15: Input should be 'zh', 'en', 'ja', 'ko', 'de' or 'ar'"),
        ("directory: all", "f.yaml:1:1: this is written as a mapping"),
    ],
)
def test_a_wrong_directory_is_refused_where_it_is_wrong(text: str, said: str) -> None:
    (line,) = refused(text)
    assert said in line


def test_an_error_of_no_operation_in_particular_can_be_named_on_any_that_fits() -> None:
    rule = compile_("rules: [{on: 'bakery.*', then: {fail: Street.Blocked}}]").rules[0]
    assert set(rule.effects) == {"bakery.BakeLoaf", "bakery.GetLoaf"}
    (effect,) = rule.effects["bakery.GetLoaf"]
    assert isinstance(effect, Fail)
    assert effect.row is not None
    assert (effect.row.code, effect.row.status) == ("Street.Blocked", 503)
    assert "is not a documented error" in refused("rules: [{on: bakery.GetLoaf, then: {fail: Street.Elsewhere}}]")[0]


def test_errors_of_no_operation_in_particular_are_not_read_before_one_is_named() -> None:
    read: list[str] = []

    def general() -> tuple[ErrorRow, ...]:
        read.append("read")
        return ()

    provider = replace(BAKERY, load_general_errors=general)
    compile_scenario(
        "rules: [{on: 'bakery.*', then: {fail: Oven.Cold}}, {on: 'bakery.*', then: {throttle: 1/s}}]", [provider]
    )
    assert read == []
    with pytest.raises(ScenarioError):
        compile_scenario("rules: [{on: 'bakery.*', then: {fail: Nowhere}}]", [provider])
    assert read
