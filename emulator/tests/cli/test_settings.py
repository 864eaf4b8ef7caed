"""Settings: flags go over variables, and variables over defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from fauxlate.settings import SettingError, Settings, resolve
from tests.cli.serving import WRONG_MESSAGE, refusal_of_serve, serve_process


def test_a_variable_with_a_wrong_value_is_refused_by_name() -> None:
    assert "FAUXLATE_PORT is 'abc'; it takes a whole number" in refusal_of_serve(FAUXLATE_PORT="abc")


VALUES_BY_TYPE: Mapping[str, tuple[str, Any, Any]] = {
    "int": ("3", 3, 4),
    "float": ("2.5", 2.5, 3.0),
    "bool": ("true", True, False),
    "str": ("variable", "variable", "flag"),
    "tuple": ("one.yaml, two", ("one.yaml", "two"), ("three",)),
}
"""By type of a setting: how a variable says it, what that means, and another value."""
SETTINGS = {
    field.name: VALUES_BY_TYPE[str(field.type).partition("[")[0].partition(" ")[0]] for field in fields(Settings)
}
SETTINGS["log_format"] = ("json", "json", "text")  # one of a choice


def test_without_flags_and_variables_the_defaults_hold() -> None:
    assert resolve({}, dict.fromkeys(SETTINGS)) == Settings() == Settings(host="127.0.0.1", port=8585, strict=False)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_variable_goes_over_the_default(name: str) -> None:
    text, value, _ = SETTINGS[name]
    assert resolve({f"FAUXLATE_{name.upper()}": text}, {name: None}) == replace(Settings(), **{name: value})


@pytest.mark.parametrize("name", SETTINGS)
def test_a_flag_goes_over_a_variable(name: str) -> None:
    text, _, flag = SETTINGS[name]
    assert resolve({f"FAUXLATE_{name.upper()}": text}, {name: flag}) == replace(Settings(), **{name: flag})


@pytest.mark.parametrize(
    ("variable", "value", "kind"),
    [
        ("FAUXLATE_PORT", "8585.5", "a whole number"),
        ("FAUXLATE_SEED", "many", "a whole number"),
        ("FAUXLATE_STRICT", "maybe", "true or false"),
        ("FAUXLATE_PATIENCE", "endless", "a number"),
    ],
)
def test_a_value_of_another_kind_is_refused(variable: str, value: str, kind: str) -> None:
    with pytest.raises(SettingError, match=f"{variable} is '{value}'; it takes {kind}"):
        resolve({variable: value}, {})


def test_the_command_itself_lets_flags_go_over_variables(used_port: int, wrong_file: Path) -> None:
    with serve_process("--port", "0", "--quiet", FAUXLATE_PORT=str(used_port)) as (_, lines):
        assert lines[0].startswith("ready ")
    good = wrong_file.with_name("good.yaml")
    good.write_text("about: The documented course.\n", "utf-8")
    with serve_process("--port", "0", "--quiet", "--scenario", str(good), FAUXLATE_SCENARIO=str(wrong_file)) as (
        _,
        lines,
    ):
        assert lines[0].startswith("ready ")


def test_variables_hold_where_there_is_no_flag(wrong_file: Path) -> None:
    with serve_process("--quiet", FAUXLATE_PORT="0") as (_, lines):
        assert lines[0].startswith("ready ")
    assert WRONG_MESSAGE in refusal_of_serve(FAUXLATE_PORT="0", FAUXLATE_SCENARIO=str(wrong_file))


def test_a_variable_that_is_set_to_nothing_is_not_set() -> None:
    assert resolve({"FAUXLATE_HOST": "", "FAUXLATE_SEED": "", "FAUXLATE_SCENARIO": ""}, {}) == Settings()


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "1e9"])
def test_a_patience_that_has_no_bounds_is_refused(seconds: str) -> None:
    with pytest.raises(SettingError, match="patience lies between"):
        resolve({"FAUXLATE_PATIENCE": seconds}, {})
