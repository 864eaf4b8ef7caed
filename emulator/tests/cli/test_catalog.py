"""The catalog: every endpoint, field, state and error row of the five source documents is in it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from fauxlate.cli import main
from tests.cli.serving import ENVIRONMENT

ALIMT_RESULT_ERRORS = """
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
ALIMT_IMAGE_ERRORS = """
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
TOKEN_PARAMETER = ("x-acs-dingtalk-access-token", "header", True)
JOBS_PATH = "/v1/{project_id}/machine-translation/file-translation/jobs"

DOCUMENTED_OPERATIONS: Mapping[str, Mapping[str, Any]] = {
    "dingtalk.GetTranslateFileJobResult": {
        "source": "seed 000",
        "endpoint": ("GET", "/v1.0/contact/files/translateResults", None),
        "parameters": {TOKEN_PARAMETER, ("jobId", "query", True)},
        "response": {"status", "url"},
        "states": {"0", "1", "2"},
        "errors": "400 param.invalid %s\n500 system.busy The system is busy.",
    },
    "dingtalk.TranslateFile": {
        "source": "seed 001",
        "endpoint": ("POST", "/v1.0/contact/files/translate", None),
        "parameters": {
            TOKEN_PARAMETER,
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
        "errors": ALIMT_RESULT_ERRORS,
    },
    "huawei.RunGetFileTranslationResult": {
        "source": "seed 003",
        "endpoint": ("GET", f"{JOBS_PATH}/{{job_id}}", None),
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
        "errors": ALIMT_IMAGE_ERRORS,
    },
}
PRINTED_ERRORS = [
    (name, *line.split(" ", 2))
    for name, tables in DOCUMENTED_OPERATIONS.items()
    for line in str(tables["errors"]).strip().splitlines()
]


@pytest.fixture(scope="module")
def catalog() -> dict[str, Any]:
    process = subprocess.run(
        [sys.executable, "-m", "fauxlate", "catalog", "--json"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        env=ENVIRONMENT,
    )
    document: dict[str, Any] = json.loads(process.stdout)
    return document


@pytest.fixture(scope="module")
def operations(catalog: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{name}.{operation['name']}": operation
        for name, tables in catalog.items()
        for operation in tables["operations"]
    }


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


@pytest.mark.parametrize("name", DOCUMENTED_OPERATIONS)
def test_a_documented_operation_is_there_with_endpoint_parameters_fields_and_states(
    name: str, operations: dict[str, dict[str, Any]]
) -> None:
    operation, expected = operations[name], DOCUMENTED_OPERATIONS[name]
    assert (operation["method"], operation["path"], operation["action"]) == expected["endpoint"]
    assert {
        (parameter["name"], parameter["in"], parameter["required"]) for parameter in operation["parameters"]
    } == expected["parameters"]
    assert expected["response"] <= set(operation["response"])
    assert expected["states"] <= set(operation["states"])
    assert (operation["source"], operation["evidence"]) == (expected["source"], "documented")


@pytest.mark.parametrize(("name", "listed", "code", "message"), PRINTED_ERRORS)
def test_a_documented_error_is_there_as_printed(
    name: str, listed: str, code: str, message: str, operations: dict[str, dict[str, Any]]
) -> None:
    (row,) = [error for error in operations[name]["errors"] if error["code"] == code and error["listed"] == int(listed)]
    assert row["message"] == message
    assert (row["source"], row["evidence"]) == (DOCUMENTED_OPERATIONS[name]["source"], "documented")
    assert row["status"] == max(200, int(listed))  # 101 to 113 cannot be meant as HTTP's


def test_nothing_is_said_to_stand_on_a_page_that_does_not_print_it(operations: dict[str, dict[str, Any]]) -> None:
    assert len(PRINTED_ERRORS) == 2 + 2 + 17 + 1 + 12
    for name, expected in DOCUMENTED_OPERATIONS.items():
        printed = [code for operation, _, code, _ in PRINTED_ERRORS if operation == name]
        codes = [row["code"] for row in operations[name]["errors"] if row["source"] == expected["source"]]
        assert sorted(codes) == sorted(printed)


def test_catalog_of_one_provider_is_that_provider_alone(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "huawei", "--json"]) == 0
    assert list(json.loads(capfd.readouterr().out)) == ["huawei"]


def test_catalog_for_people_names_operations_states_errors_and_quirks(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "huawei"]) == 0
    output = capfd.readouterr().out
    for name in (
        f"GET {JOBS_PATH}/{{job_id}}",
        "RunGetFileTranslationResult",
        "BGEIN",
        "NLP.0101",
        "huawei.failed_job",
    ):
        assert name in output


@pytest.mark.parametrize("provider", ["alibaba", "dingtalk", "huawei"])
def test_catalog_for_people_fits_a_page_and_leaves_no_error_out(
    provider: str, catalog: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["catalog", provider]) == 0
    output = capfd.readouterr().out
    words = set(output.replace(",", " ").split())
    keys = {error["key"] for operation in catalog[provider]["operations"] for error in operation["errors"]}
    assert keys <= words
    assert max(map(len, output.splitlines())) <= 120
    assert output.count("InvalidAction.NotFound") <= 1


def test_catalog_of_an_unknown_provider_says_which_there_are(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "nowhere"]) == 2
    output = capfd.readouterr()
    assert output.out == ""
    assert all(name in output.err for name in ("`nowhere`", "alibaba", "huawei", "dingtalk"))
    assert main(["catalog", "dingtlak"]) == 2
    assert "Did you mean `dingtalk`?" in capfd.readouterr().err


def test_a_reader_that_stops_early_gets_no_traceback() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "fauxlate", "catalog", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == 0
