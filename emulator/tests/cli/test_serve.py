"""`fauxlate serve`: how it starts and ends, what it prints, and what it refuses."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

import pytest
from fauxlate.cli import main
from tests.cli.serving import WRONG_MESSAGE, WRONG_SCENARIO, refusal_of_serve, serve_process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_ends_with_0(number: signal.Signals) -> None:
    with serve_process("--port", "0", "--quiet") as (process, lines):
        assert len(lines) == 1
        process.send_signal(number)
        assert process.wait() == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_port_0_takes_a_free_port_and_announces_it_once_the_server_answers() -> None:
    with serve_process("--port", "0", "--quiet") as (_, lines):
        (line,) = lines
        word, url = line.split()
        assert word == "ready"
        assert url.startswith("http://127.0.0.1:")
        with build_opener(ProxyHandler({})).open(f"{url}/__fauxlate/ready") as response:
            assert json.load(response)["status"] == "ready"


def test_the_log_can_be_json_a_line(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text("about: first")
    flags = ("--port", "0", "--quiet", "--reload", "--scenario", str(path), "--log-format", "json")
    with serve_process(*flags) as (process, _):
        path.write_text("about: [second")
        assert process.stderr is not None
        line = json.loads(process.stderr.readline())
    assert (line["level"], line["logger"]) == ("warning", "fauxlate")
    assert "the last good one stays\n" in line["message"]
    assert line["time"].endswith("+00:00")


def test_a_log_format_that_there_is_not_is_refused() -> None:
    assert "log format 'xml' is unknown; there are text and json" in refusal_of_serve("--log-format", "xml")
    assert "there are text and json" in refusal_of_serve(FAUXLATE_LOG_FORMAT="yaml")


def test_snippets_come_before_the_last_line_and_name_the_port_that_was_taken() -> None:
    with serve_process("--port", "0") as (_, lines):
        address = lines[-1].removeprefix("ready http://")
        assert sum(line.startswith("# ") and "pip install" in line for line in lines) == 3
        assert "\n".join(lines[:-1]).count(address) == 5  # the snippet of DingTalk has it three times


def test_a_flag_that_is_unknown_or_no_number_ends_with_2(capfd: pytest.CaptureFixture[str]) -> None:
    for flags in (["serve", "--prot", "1"], ["serve", "--port", "abc"], ["nothing"], []):
        with pytest.raises(SystemExit) as exit_info:
            main(flags)
        assert exit_info.value.code == 2
        assert "usage: fauxlate" in capfd.readouterr().err


@pytest.mark.parametrize("seed", [str(2**63), str(-(2**63) - 1), "9" * 4000])
def test_a_seed_out_of_range_is_refused(seed: str) -> None:
    assert "is out of range; a seed has 64 bits" in refusal_of_serve("--seed", seed)


@pytest.mark.parametrize(
    ("callback", "reason"),
    [
        ("http://127.0.0.1:9000/", "none of dingtalk; write provider=URL"),
        ("dingtolk=http://127.0.0.1:9000/", "Did you mean `dingtalk`?"),
        ("dingtalk=nowhere", "`nowhere` is no URL to post to"),
        ("dingtalk.htp=http://127.0.0.1:9000/", "there are sync_http, http, stream"),
        ("dingtalk=http://example.com/", "does not lead to this machine; --callbacks-anywhere allows that"),
    ],
)
def test_a_callback_that_cannot_be_is_refused(callback: str, reason: str) -> None:
    output = refusal_of_serve("--callback", callback)
    assert f"--callback {callback}" in output
    assert reason in output


def test_callbacks_are_set_by_flag_or_variable() -> None:
    def read_receivers(*flags: str, **variables: str) -> dict[str, Any]:
        with serve_process("--port", "0", *flags, **variables) as (_, lines):
            url = lines[-1].removeprefix("ready ")
            callbacks_url = f"{url}/__fauxlate/sandboxes/default/callbacks"
            with build_opener(ProxyHandler({})).open(callbacks_url) as response:
                receivers: dict[str, Any] = json.loads(response.read())["receivers"]
        return receivers

    assert read_receivers() == {}
    by_flag = read_receivers("--callback", "dingtalk.http=http://localhost:9000/a")
    assert (by_flag["dingtalk"]["form"], by_flag["dingtalk"]["url"]) == ("http", "http://localhost:9000/a")
    by_variable = read_receivers("--callbacks-anywhere", FAUXLATE_CALLBACK="dingtalk=http://example.com/b")
    assert (by_variable["dingtalk"]["form"], by_variable["dingtalk"]["url"]) == ("sync_http", "http://example.com/b")


def test_a_port_out_of_range_is_refused() -> None:
    assert "port 70000 is out of range" in refusal_of_serve("--port", "70000")


def test_a_wrong_scenario_stops_the_start_before_anything_listens(wrong_file: Path, used_port: int) -> None:
    output = refusal_of_serve("--port", str(used_port), "--scenario", str(wrong_file))
    assert f"{wrong_file}{WRONG_MESSAGE}" in output
    assert "cannot listen" not in output  # it never tried the port, which is taken


def test_every_fault_of_a_scenario_is_told_with_its_own_place(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG_SCENARIO + "quirks: {alibaba.code_typ: str}\n", "utf-8")
    lines = refusal_of_serve("--port", "0", "--scenario", str(path)).splitlines()
    assert [line.partition(str(path))[2][:6] for line in lines] == [":4:12:", ":5:10:"]


@pytest.mark.parametrize("name", ["nowhere.yaml", "."])
def test_a_scenario_that_cannot_be_read_is_refused(name: str, tmp_path: Path) -> None:
    assert str(tmp_path / name) in refusal_of_serve("--port", "0", "--scenario", str(tmp_path / name))


def test_a_scenario_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"about: caf\xe9\n")
    assert "is not UTF-8" in refusal_of_serve("--port", "0", "--scenario", str(path))


def test_a_port_in_use_is_refused_with_what_to_do(used_port: int) -> None:
    output = refusal_of_serve("--port", str(used_port))
    assert f"cannot listen on 127.0.0.1:{used_port}" in output
    assert "--port" in output
