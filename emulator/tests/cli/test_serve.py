"""The command `fauxlate`: what it prints, where it prints it, and the code it ends with."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

import pytest
from fauxlate.cli import main
from fauxlate.settings import SettingError, Settings, resolve

PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("FAUXLATE_")}
WRONG = """\
about: A code that no page prints.
rules:
  - on: alibaba.GetAsyncTranslate
    then: {fail: System.Eror}
"""
WRONG_AT = ":4:12: `System.Eror` is not a documented error of alibaba.GetAsyncTranslate. Did you mean `System.Error`?"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("FAUXLATE_")]:
        monkeypatch.delenv(name)


@contextmanager
def serving(*flags: str, **variables: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run `fauxlate serve`; give the process, once it is ready or has ended, and the lines it printed."""
    command = [sys.executable, "-m", "fauxlate", "serve", *flags]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=PLAIN | variables,
    ) as process:
        overdue = threading.Timer(60, process.kill)
        overdue.start()
        try:
            assert process.stdout is not None
            lines: list[str] = []
            for line in process.stdout:
                lines.append(line.rstrip("\n"))
                if line.startswith("ready "):
                    break
            yield process, lines
        finally:
            process.terminate()
            process.wait()
            overdue.cancel()


def refused(*flags: str, **variables: str) -> str:
    """Run `fauxlate serve`, which has to end by itself with 2, announcing nothing; return what it said to stderr."""
    with serving(*flags, **variables) as (process, lines):
        said = process.stderr.read() if process.stderr is not None else ""
        assert (process.wait(), lines) == (2, []), said
    assert "Traceback" not in said
    return said


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG, "utf-8")
    return path


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that someone listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


# serve: how it starts and ends


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_ends_with_0(number: signal.Signals) -> None:
    with serving("--port", "0", "--quiet") as (process, lines):
        assert len(lines) == 1
        process.send_signal(number)
        assert process.wait() == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_port_0_takes_a_free_port_and_announces_it_once_the_server_answers() -> None:
    with serving("--port", "0", "--quiet") as (_, lines):
        (line,) = lines
        word, url = line.split()
        assert word == "ready"
        assert url.startswith("http://127.0.0.1:")
        with build_opener(ProxyHandler({})).open(f"{url}/__fauxlate/ready") as answer:
            assert json.load(answer)["status"] == "ready"


def test_waiting_ends_with_0_when_the_server_is_ready(capfd: pytest.CaptureFixture[str]) -> None:
    with serving("--port", "0", "--quiet") as (_, lines):
        url = lines[0].removeprefix("ready ")
        assert main(["wait", "--url", url, "--timeout", "10s"]) == 0
    assert capfd.readouterr().out == f"ready {url}\n"


def test_waiting_may_begin_before_the_server_does() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "fauxlate", "wait", "--url", f"http://127.0.0.1:{port}", "--timeout", "60s"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=PLAIN) as waiter:
        with serving("--port", str(port), "--quiet"):
            out, _ = waiter.communicate(timeout=60)
        assert (waiter.returncode, out) == (0, f"ready http://127.0.0.1:{port}\n")


def test_waiting_for_nobody_ends_with_1_and_says_why(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert main(["wait", "--url", f"http://127.0.0.1:{port}", "--timeout", "0.2s"]) == 1
    said = capfd.readouterr().err
    assert said == f"fauxlate: http://127.0.0.1:{port} is not ready after 0.2 s: Connection refused\n"


def test_waiting_asks_where_the_variables_say_the_server_is(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("FAUXLATE_PORT", str(port))
    assert main(["wait", "--timeout", "10ms"]) == 1
    assert f"http://127.0.0.1:{port} is not ready" in capfd.readouterr().err


@pytest.mark.parametrize("flags", [["--url", "localhost:1"], ["--timeout", "soon"]])
def test_waiting_wrongly_ends_with_2(flags: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["wait", *flags]) == 2
    assert flags[0] in capfd.readouterr().err


def test_the_log_can_be_json_a_line(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text("about: first")
    flags = ("--port", "0", "--quiet", "--reload", "--scenario", str(path), "--log-format", "json")
    with serving(*flags) as (process, _):
        path.write_text("about: [second")
        assert process.stderr is not None
        line = json.loads(process.stderr.readline())
    assert (line["level"], line["logger"]) == ("warning", "fauxlate")
    assert "the last good one stays\n" in line["message"]
    assert line["time"].endswith("+00:00")


def test_a_log_format_that_there_is_not_is_refused() -> None:
    assert "log format 'xml' is unknown; there are text and json" in refused("--log-format", "xml")
    assert "there are text and json" in refused(FAUXLATE_LOG_FORMAT="yaml")


def test_snippets_come_before_the_last_line_and_name_the_port_that_was_taken() -> None:
    with serving("--port", "0") as (_, lines):
        address = lines[-1].removeprefix("ready http://")
        assert sum(line.startswith("# ") and "pip install" in line for line in lines) == 3
        assert "\n".join(lines[:-1]).count(address) == 5  # the snippet of DingTalk has it three times


def test_a_flag_that_is_unknown_or_no_number_ends_with_2(capfd: pytest.CaptureFixture[str]) -> None:
    for flags in (["serve", "--prot", "1"], ["serve", "--port", "abc"], ["nothing"], []):
        with pytest.raises(SystemExit) as ended:
            main(flags)
        assert ended.value.code == 2
        assert "usage: fauxlate" in capfd.readouterr().err


@pytest.mark.parametrize("seed", [str(2**63), str(-(2**63) - 1), "9" * 4000])
def test_a_seed_out_of_range_is_refused(seed: str) -> None:
    assert "is out of range; a seed has 64 bits" in refused("--seed", seed)


@pytest.mark.parametrize(
    ("callback", "why"),
    [
        ("http://127.0.0.1:9000/", "none of dingtalk; write provider=URL"),
        ("dingtolk=http://127.0.0.1:9000/", "Did you mean `dingtalk`?"),
        ("dingtalk=nowhere", "`nowhere` is no URL to post to"),
        ("dingtalk.htp=http://127.0.0.1:9000/", "there are sync_http, http, stream"),
        ("dingtalk=http://example.com/", "does not lead to this machine; --callbacks-anywhere allows that"),
    ],
)
def test_a_callback_that_cannot_be_is_refused(callback: str, why: str) -> None:
    said = refused("--callback", callback)
    assert f"--callback {callback}" in said
    assert why in said


def test_callbacks_are_set_by_flag_or_variable() -> None:
    def told(*flags: str, **variables: str) -> dict[str, Any]:
        with serving("--port", "0", *flags, **variables) as (_, lines):
            url = lines[-1].removeprefix("ready ")
            at = f"{url}/__fauxlate/sandboxes/default/callbacks"
            with build_opener(ProxyHandler({})).open(at) as answer:
                receivers: dict[str, Any] = json.loads(answer.read())["receivers"]
        return receivers

    assert told() == {}
    one = told("--callback", "dingtalk.http=http://localhost:9000/a")
    assert (one["dingtalk"]["form"], one["dingtalk"]["url"]) == ("http", "http://localhost:9000/a")
    other = told("--callbacks-anywhere", FAUXLATE_CALLBACK="dingtalk=http://example.com/b")
    assert (other["dingtalk"]["form"], other["dingtalk"]["url"]) == ("sync_http", "http://example.com/b")


def test_a_port_out_of_range_is_refused() -> None:
    assert "port 70000 is out of range" in refused("--port", "70000")


def test_a_wrong_scenario_stops_the_start_before_anything_listens(wrong: Path, taken: int) -> None:
    said = refused("--port", str(taken), "--scenario", str(wrong))
    assert f"{wrong}{WRONG_AT}" in said
    assert "cannot listen" not in said  # it never tried the port, which is taken


def test_every_fault_of_a_scenario_is_told_with_its_own_place(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG + "quirks: {alibaba.code_typ: str}\n", "utf-8")
    lines = refused("--port", "0", "--scenario", str(path)).splitlines()
    assert [line.partition(str(path))[2][:6] for line in lines] == [":4:12:", ":5:10:"]


@pytest.mark.parametrize("name", ["nowhere.yaml", "."])
def test_a_scenario_that_cannot_be_read_is_refused(name: str, tmp_path: Path) -> None:
    assert str(tmp_path / name) in refused("--port", "0", "--scenario", str(tmp_path / name))


def test_a_scenario_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"about: caf\xe9\n")
    assert "is not UTF-8" in refused("--port", "0", "--scenario", str(path))


def test_a_port_in_use_is_refused_with_what_to_do(taken: int) -> None:
    said = refused("--port", str(taken))
    assert f"cannot listen on 127.0.0.1:{taken}" in said
    assert "--port" in said


def test_a_variable_with_a_wrong_value_is_refused_by_name() -> None:
    assert "FAUXLATE_PORT is 'abc'; it takes a whole number" in refused(FAUXLATE_PORT="abc")


# settings: flags over variables over defaults

KINDS: Mapping[str, tuple[str, Any, Any]] = {
    "int": ("3", 3, 4),
    "bool": ("true", True, False),
    "str": ("variable", "variable", "flag"),
    "tuple": ("one.yaml, two", ("one.yaml", "two"), ("three",)),
}
"""By type of a setting: how a variable says it, what that means, and another value."""
SETTINGS = {field.name: KINDS[str(field.type).partition("[")[0].partition(" ")[0]] for field in fields(Settings)}
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
    ("variable", "value", "wanted"),
    [
        ("FAUXLATE_PORT", "8585.5", "a whole number"),
        ("FAUXLATE_SEED", "many", "a whole number"),
        ("FAUXLATE_STRICT", "maybe", "true or false"),
    ],
)
def test_a_value_of_another_kind_is_refused(variable: str, value: str, wanted: str) -> None:
    with pytest.raises(SettingError, match=f"{variable} is '{value}'; it takes {wanted}"):
        resolve({variable: value}, {})


def test_the_command_itself_lets_flags_go_over_variables(taken: int, wrong: Path) -> None:
    with serving("--port", "0", "--quiet", FAUXLATE_PORT=str(taken)) as (_, lines):
        assert lines[0].startswith("ready ")
    good = wrong.with_name("good.yaml")
    good.write_text("about: The documented course.\n", "utf-8")
    with serving("--port", "0", "--quiet", "--scenario", str(good), FAUXLATE_SCENARIO=str(wrong)) as (_, lines):
        assert lines[0].startswith("ready ")


def test_variables_hold_where_there_is_no_flag(wrong: Path) -> None:
    with serving("--quiet", FAUXLATE_PORT="0") as (_, lines):
        assert lines[0].startswith("ready ")
    assert WRONG_AT in refused(FAUXLATE_PORT="0", FAUXLATE_SCENARIO=str(wrong))


# env

ENVIRONMENT = {
    "alibaba": ["endpoint", "access_key_id", "access_key_secret", "bearer_token"],
    "huawei": [
        "endpoint",
        "iam_endpoint",
        "access_key",
        "secret_key",
        "project_id",
        "domain",
        "user",
        "password",
    ],
    "dingtalk": [
        "endpoint",
        "openapi_endpoint",
        "app_key",
        "app_secret",
        "suite_key",
        "suite_secret",
        "corp_id",
        "union_id",
        "user_id",
        "callback_token",
        "callback_aes_key",
    ],
}


def environment(capfd: pytest.CaptureFixture[str], *flags: str) -> dict[str, dict[str, str]]:
    assert main(["env", "--json", *flags]) == 0
    told: dict[str, dict[str, str]] = json.loads(capfd.readouterr().out)
    return told


def test_env_json_has_these_keys_and_no_others(capfd: pytest.CaptureFixture[str]) -> None:
    told = environment(capfd)
    assert {provider: list(keys) for provider, keys in told.items()} == ENVIRONMENT
    assert all(value for keys in told.values() for value in keys.values())


def test_env_gives_endpoints_in_the_form_that_each_sdk_takes(capfd: pytest.CaptureFixture[str]) -> None:
    told = environment(capfd)
    assert told["alibaba"]["endpoint"] == told["dingtalk"]["endpoint"] == "127.0.0.1:8585"
    assert told["huawei"]["endpoint"] == told["huawei"]["iam_endpoint"] == "http://127.0.0.1:8585"


@pytest.mark.parametrize("url", ["http://10.1.2.3:9000", "http://10.1.2.3:9000/"])
def test_env_names_another_server_and_the_same_keys(url: str, capfd: pytest.CaptureFixture[str]) -> None:
    usual, told = environment(capfd), environment(capfd, "--url", url)
    assert told["alibaba"]["endpoint"] == told["dingtalk"]["endpoint"] == "10.1.2.3:9000"
    assert told["huawei"]["endpoint"] == told["huawei"]["iam_endpoint"] == "http://10.1.2.3:9000"
    for provider, keys in usual.items():
        secret = {key: value for key, value in keys.items() if "endpoint" not in key}
        assert secret.items() <= told[provider].items()


def test_env_without_json_is_what_a_shell_evaluates(capfd: pytest.CaptureFixture[str]) -> None:
    told = environment(capfd)
    assert main(["env"]) == 0
    exports = capfd.readouterr().out
    ran = subprocess.run(
        ["bash", "-c", 'eval "$(cat)" && exec env -0'],  # noqa: S607
        input=exports,
        capture_output=True,
        text=True,
        check=True,
        env=PLAIN,
    )
    exported = dict(entry.split("=", 1) for entry in ran.stdout.split("\0") if "=" in entry)
    assert exported["ALIBABA_CLOUD_ACCESS_KEY_ID"] == told["alibaba"]["access_key_id"]
    assert exported["HUAWEICLOUD_SDK_SK"] == told["huawei"]["secret_key"]
    values = {value for keys in told.values() for value in keys.values()}
    assert values <= set(exported.values())
    assert len(exports.splitlines()) == sum(len(keys) for keys in told.values())


# check


def test_check_says_ok_of_a_file_that_is_right(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "right.yaml"
    path.write_text("rules: [{on: alibaba.GetAsyncTranslate, then: {fail: System.Error}}]\n", "utf-8")
    assert main(["check", str(path)]) == 0
    assert capfd.readouterr() == (f"{path}: ok\n", "")


def test_check_reads_json_too(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "wrong.json"
    path.write_text('{\n  "quirks": {"alibaba.code_type": "float"}\n}\n', "utf-8")
    assert main(["check", str(path)]) == 2
    assert f"{path}:2:14: `float` is not a choice of `alibaba.code_type`" in capfd.readouterr().err


def test_check_tells_each_fault_with_file_line_and_column_and_goes_on(
    wrong: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    right, nowhere = tmp_path / "right.yaml", tmp_path / "nowhere.yaml"
    right.write_text("about: Nothing.\n", "utf-8")
    assert main(["check", str(wrong), str(nowhere), str(right)]) == 2
    said = capfd.readouterr()
    assert said.out == f"{right}: ok\n"
    first, second = said.err.splitlines()
    assert first.startswith(f"{wrong}{WRONG_AT}")
    assert second.startswith(f"{nowhere}: No such file or directory")


def test_a_variable_that_is_set_to_nothing_is_not_set() -> None:
    assert resolve({"FAUXLATE_HOST": "", "FAUXLATE_SEED": "", "FAUXLATE_SCENARIO": ""}, {}) == Settings()
