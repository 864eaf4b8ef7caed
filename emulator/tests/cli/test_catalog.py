"""The catalog: every endpoint, field, state and error row of the five source documents is in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from fauxlate.cli import main

PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("FAUXLATE_")}
ALIMT_RESULT_ROWS = """
109 System.SubNotPermission The sub account is not authorized to perform the operation.
400 Parameter.SourceLangError Source languages are not supported.
400 Parameter.TargetLangError Target languages are not supported.
400 System.AccountNotActivated The account has not activated the service.
400 System.AccountNotActivatedOrInArrears The service is not activated or the account has an outstanding balance.
400 System.LanguageNotSupported The specified language pair is not supported.
400 System.ParameterError Some required parameters are missing.
400 System.StringTooLong The maximum length of the specified string is exceeded.
403 System.subNotPermission The sub-account is not authorized to perform the operation.
500 System.Error A system error occurred.
500 System.LanguageDetectError An error occurred while detecting the language.
500 System.RequestTimeOut The request has timed out.
500 System.SubServiceFailed Sub-account service failed.
500 System.TranslateError An error occurred while translating.
500 System.TranslateServiceCallFailed Failed to call the translation service.
500 System.unknownError An unknown error occurred.
500 System.UrlDecodingError An error occurred while decoding the URL. Verify that the specified URL is encoded.
"""
ALIMT_IMAGE_ROWS = """
101 System.RequestTimeOut The request has timed out.
102 System.Error A system error occurred.
103 System.UrlDecodingError An error occurred while decoding the URL. Verify that the specified URL is encoded.
104 System.ParameterError Some required parameters are missing.
105 System.LanguageNotSupported The specified language pair is not supported.
106 System.LanguageDetectError An error occurred while detecting the language.
107 System.TranslateError An error occurred while translating.
108 System.StringTooLong The maximum length of the specified string is exceeded.
110 System.AccountNotActivated The account has not activated the service.
111 System.SubServiceFailed Sub-account service failed.
112 System.TranslateServiceCallFailed Failed to call the translation service.
113 System.AccountNotActivatedOrInArrears The service is not activated or the account has an outstanding balance.
"""
TOKEN = ("x-acs-dingtalk-access-token", "header", True)
JOBS = "/v1/{project_id}/machine-translation/file-translation/jobs"

DOCUMENTED: Mapping[str, Mapping[str, Any]] = {
    "dingtalk.GetTranslateFileJobResult": {
        "source": "seed 000",
        "endpoint": ("GET", "/v1.0/contact/files/translateResults", None),
        "parameters": {TOKEN, ("jobId", "query", True)},
        "response": {"status", "url"},
        "states": {"0", "1", "2"},
        "errors": "400 param.invalid %s\n500 system.busy The system is busy.",
    },
    "dingtalk.TranslateFile": {
        "source": "seed 001",
        "endpoint": ("POST", "/v1.0/contact/files/translate", None),
        "parameters": {
            TOKEN,
            ("medias", "body", True),
            ("outputFileName", "body", False),
            ("unionId", "body", True),
        },
        "response": {"jobId"},
        "states": {"0", "1", "2"},
        "errors": "400 param.invalid %s\n500 system.busy System busy",
    },
    "alibaba.GetAsyncTranslate": {
        "source": "seed 002",
        "endpoint": ("POST", "/", "GetAsyncTranslate"),
        "parameters": {("JobId", "form", True)},
        "response": {
            "RequestId",
            "Code",
            "Message",
            "Data",
            "Data.Status",
            "Data.TranslatedText",
            "Data.WordCount",
            "Data.DetectedLanguage",
        },
        "states": {"ready"},
        "errors": ALIMT_RESULT_ROWS,
    },
    "huawei.RunGetFileTranslationResult": {
        "source": "seed 003",
        "endpoint": ("GET", f"{JOBS}/{{job_id}}", None),
        "parameters": {("project_id", "path", True), ("job_id", "path", True)},
        "response": {"status", "url", "error_code", "error_msg"},
        "states": {"WAITING", "BGEIN", "FINISHED", "ERROR"},
        "errors": "401 NLP.0101 Authentication failed. Verify the token.",
    },
    "alibaba.GetTranslateImageBatchResult": {
        "source": "seed 004",
        "endpoint": ("POST", "/", "GetTranslateImageBatchResult"),
        "parameters": {("TaskId", "form", True)},
        "response": {
            "Code",
            "Message",
            "RequestId",
            "Data",
            "Data.Status",
            "Data.Result",
            "Data.Result[].InPaintingUrl",
            "Data.Result[].FinalImageUrl",
            "Data.Result[].TemplateJson",
            "Data.Result[].SourceImageUrl",
            "Data.Result[].Code",
            "Data.Result[].Message",
            "Data.Result[].Success",
        },
        "states": {"created", "running", "finished", "invalid"},
        "errors": ALIMT_IMAGE_ROWS,
    },
}
PRINTED = [
    (name, *line.split(" ", 2))
    for name, tables in DOCUMENTED.items()
    for line in str(tables["errors"]).strip().splitlines()
]


@pytest.fixture(scope="module")
def catalog() -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, "-m", "fauxlate", "catalog", "--json"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        env=PLAIN,
    )
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


@pytest.fixture(scope="module")
def operations(catalog: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f"{name}.{op['name']}": op for name, tables in catalog.items() for op in tables["operations"]}


def test_catalog_json_has_its_shape(catalog: dict[str, Any], operations: dict[str, dict[str, Any]]) -> None:
    assert set(catalog) == {"alibaba", "huawei", "dingtalk"}
    for operation in operations.values():
        keys = {"name", "method", "path", "evidence", "source", "parameters", "response", "states", "errors"}
        assert keys <= set(operation)
        assert operation["evidence"] in {"documented", "sdk", "reported", "assumed"}
        for parameter in operation["parameters"]:
            assert {"name", "in", "required", "type"} == set(parameter)
        assert operation["errors"]
        for error in operation["errors"]:
            assert {"code", "listed", "status", "message", "source"} <= set(error)
            assert 200 <= error["status"] < 600
    for tables in catalog.values():
        for quirk in tables["quirks"]:
            assert {"name", "choices", "default", "source"} <= set(quirk)
            assert quirk["default"] == quirk["choices"][0]
            assert len(quirk["choices"]) > 1


@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_documented_operation_is_there_with_endpoint_parameters_fields_and_states(
    name: str, operations: dict[str, dict[str, Any]]
) -> None:
    told, wanted = operations[name], DOCUMENTED[name]
    assert (told["method"], told["path"], told["action"]) == wanted["endpoint"]
    assert {(one["name"], one["in"], one["required"]) for one in told["parameters"]} == wanted["parameters"]
    assert wanted["response"] <= set(told["response"])
    assert wanted["states"] <= set(told["states"])
    assert (told["source"], told["evidence"]) == (wanted["source"], "documented")


@pytest.mark.parametrize(("name", "listed", "code", "message"), PRINTED)
def test_a_documented_error_is_there_as_printed(
    name: str, listed: str, code: str, message: str, operations: dict[str, dict[str, Any]]
) -> None:
    (row,) = [one for one in operations[name]["errors"] if one["code"] == code and one["listed"] == int(listed)]
    assert row["message"] == message
    assert (row["source"], row["evidence"]) == (DOCUMENTED[name]["source"], "documented")
    assert row["status"] == max(200, int(listed))  # 101 to 113 cannot be meant as HTTP's


def test_nothing_is_said_to_stand_on_a_page_that_does_not_print_it(operations: dict[str, dict[str, Any]]) -> None:
    assert len(PRINTED) == 2 + 2 + 17 + 1 + 12
    for name, wanted in DOCUMENTED.items():
        printed = [code for operation, _, code, _ in PRINTED if operation == name]
        told = [row["code"] for row in operations[name]["errors"] if row["source"] == wanted["source"]]
        assert sorted(told) == sorted(printed)


def test_catalog_of_one_provider_is_that_provider_alone(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "huawei", "--json"]) == 0
    assert list(json.loads(capfd.readouterr().out)) == ["huawei"]


def test_catalog_for_people_names_operations_states_errors_and_quirks(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "huawei"]) == 0
    said = capfd.readouterr().out
    for name in (f"GET {JOBS}/{{job_id}}", "RunGetFileTranslationResult", "BGEIN", "NLP.0101", "huawei.failed_job"):
        assert name in said


@pytest.mark.parametrize("provider", ["alibaba", "dingtalk", "huawei"])
def test_catalog_for_people_fits_a_page_and_leaves_no_error_out(
    provider: str, catalog: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["catalog", provider]) == 0
    said = capfd.readouterr().out
    words = set(said.replace(",", " ").split())
    keys = {error["key"] for operation in catalog[provider]["operations"] for error in operation["errors"]}
    assert keys <= words
    assert max(map(len, said.splitlines())) <= 120
    assert said.count("InvalidAction.NotFound") <= 1


def test_catalog_of_an_unknown_provider_says_which_there_are(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "nowhere"]) == 2
    said = capfd.readouterr()
    assert said.out == ""
    assert all(name in said.err for name in ("`nowhere`", "alibaba", "huawei", "dingtalk"))
    assert main(["catalog", "dingtlak"]) == 2
    assert "Did you mean `dingtalk`?" in capfd.readouterr().err


def test_a_reader_that_stops_early_gets_no_traceback() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "fauxlate", "catalog", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=PLAIN,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == 0
