"""What each official SDK makes of each fault: measured over a real socket, told as the table in docs/faults.md.

Usage: python -m contract_tests.faults_seen [--write]

Prints the table; --write puts it into docs/faults.md. The release of the Alibaba SDK that signs the old way lives in
`.venv-rpc`, whose interpreter runs this same file with what to try as its argument; hence only the standard library
is imported at the top.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.request import Request, urlopen

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "faults.md"
BLOCK = re.compile(r"(?P<open><!-- measured: contract_tests/faults_seen\.py -->\n).*?(?P<end><!-- end -->)", re.DOTALL)
TIMEOUT = 0.6
"""Seconds that each client waits for bytes; a dribble takes longer as a whole, though not between two pieces."""

Told = Mapping[str, str]
"""What a client has to be told of its sandbox: endpoint and credentials of one provider."""


@dataclass(frozen=True)
class Fault:
    """A row: what it is called, what the scenario says, and (`by_provider`) where that differs."""

    name: str
    then: Mapping[str, Any]
    by_provider: Mapping[str, Mapping[str, Any]] | None = None

    def on(self, provider: str) -> Mapping[str, Any]:
        return (self.by_provider or {}).get(provider, self.then)


def faults(login: str) -> tuple[Fault, ...]:
    """The rows; `login` is a page that a redirection leads to."""
    in_body = {"code": "system.busy", "message": "busy", "requestid": "0"}
    in_body_too = {"error_code": "NLP.0201", "error_msg": "Internal error."}
    return (
        Fault("`drop: reset`, before the operation", {"drop": "reset"}),
        Fault("`drop: reset`, after it", {"drop": {"how": "reset", "when": "after"}}),
        Fault("`drop: empty`", {"drop": "empty"}),
        Fault("`drop: stall`, longer than the client waits", {"drop": "stall"}),
        Fault("`drop: stall` after it, longer than the client waits", {"drop": {"how": "stall", "when": "after"}}),
        Fault("`body: truncated`", {"body": "truncated"}),
        Fault("`body: garbage`", {"body": "garbage"}),
        Fault("`body: malformed`", {"body": "malformed"}),
        Fault("`body: html`, status 502", {"body": "html"}),
        Fault(
            "`body: dribble`, longer than the client waits", {"body": {"how": "dribble", "for": f"{2 * TIMEOUT:g}s"}}
        ),
        Fault("`throttle`", {"throttle": {"next": 1}}),
        Fault("`respond` with 503 and text", {"respond": {"status": 503, "body": "Service Unavailable"}}),
        Fault(
            "status 200 and an error code in the body",
            {"fail": "10003"},
            {
                "dingtalk": {"respond": {"status": 200, "body": in_body}},
                "huawei": {"respond": {"status": 200, "body": in_body_too}},
            },
        ),
        Fault("`respond` with 302 to a login page", {"respond": {"status": 302, "headers": {"Location": login}}}),
        Fault("`respond` with 204 and nothing", {"respond": {"status": 204}}),
    )


def raised(fault: BaseException) -> str:
    """What a table cell says of an exception: its type, the one within, and its code."""
    names = [type(fault).__name__]
    inner = getattr(fault, "inner_exception", None)
    if inner is not None:
        names.append(type(inner).__name__)
    code = getattr(fault, "error_code", None) or getattr(fault, "code", None)
    return " of ".join(f"`{name}`" for name in names) + (f", code `{code}`" if code else "")


def returned(job_id: str | None, code: object = None) -> str:
    """What a table cell says of an answer that raised nothing."""
    said = "returns the job" if job_id else "returns no job id, raises nothing"
    return said if code is None else f"{said}, code `{code}`"


def tried(call: Callable[[], str]) -> str:
    try:
        return call()
    except Exception as fault:  # noqa: BLE001  (whatever it raises is what is looked at)
        return raised(fault)


def alimt(told: Told, *, later: bool = False) -> str:
    """Create a text job by the Alibaba SDK, whichever release the interpreter has."""
    from alibabacloud_alimt20181012 import models
    from alibabacloud_alimt20181012.client import Client
    from alibabacloud_tea_openapi.models import Config

    config = Config(
        endpoint=told["endpoint"],
        protocol="http",
        access_key_id=told["access_key_id"],
        access_key_secret=told["access_key_secret"],
    )
    asked = models.CreateAsyncTranslateRequest(
        source_language="zh",
        target_language="en",
        source_text="你好",
        scene="general",
        format_type="text",
        api_type="translate_standard",
    )
    client, options = Client(config), _options()
    if later:
        body = asyncio.run(client.create_async_translate_with_options_async(asked, options)).body
    else:
        body = client.create_async_translate_with_options(asked, options).body
    return returned(body.data and body.data.job_id, None if body.code in (200, "200") else body.code)


def dingtalk(told: Told, *, later: bool = False) -> str:
    """Have a file translated by the DingTalk SDK; token and upload are fetched plainly, so that nothing is in the way."""
    from alibabacloud_dingtalk.contact_1_0 import models
    from alibabacloud_dingtalk.contact_1_0.client import Client
    from alibabacloud_tea_openapi.models import Config

    url = f"http://{told['endpoint']}"
    keys = {"appKey": told["app_key"], "appSecret": told["app_secret"]}
    token = _post(f"{url}/v1.0/oauth2/accessToken", keys)["accessToken"]
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n$userName=u1$\r\n--b--\r\n'
    upload = Request(
        f"{url}/file/upload/single?access_token={token}", form, {"Content-Type": "multipart/form-data; boundary=b"}
    )
    with urlopen(upload) as answer:
        media_id = json.load(answer)["media_id"]
    client = Client(Config(endpoint=told["endpoint"], protocol="http", region_id="central"))
    asked = models.TranslateFileRequest(medias={media_id: "a.csv"}, union_id=told["union_id"])
    headers = models.TranslateFileHeaders(x_acs_dingtalk_access_token=token)
    if later:
        body = asyncio.run(client.translate_file_with_options_async(asked, headers, _options())).body
    else:
        body = client.translate_file_with_options(asked, headers, _options()).body
    return returned(body.job_id)


def huawei(told: Told) -> str:
    """Have a document translated by the Huawei SDK."""
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdkcore.http.http_config import HttpConfig
    from huaweicloudsdknlp.v2 import FileTranslationReq, NlpClient, RunFileTranslationRequest

    config = HttpConfig.get_default_config()
    config.timeout = TIMEOUT
    nlp = (
        NlpClient.new_builder()
        .with_http_config(config)
        .with_credentials(BasicCredentials(told["access_key"], told["secret_key"], told["project_id"]))
        .with_endpoint(told["endpoint"])
        .build()
    )
    body = FileTranslationReq(url="https://example.com/a.docx", _from="zh", to="en", type="docx")
    return returned(nlp.run_file_translation(RunFileTranslationRequest(body=body)).job_id)


def _options() -> Any:
    from alibabacloud_tea_util.models import RuntimeOptions

    return RuntimeOptions(read_timeout=int(TIMEOUT * 1000), connect_timeout=5000)


OPERATIONS = {
    "alibaba": "alibaba.CreateAsyncTranslate",
    "dingtalk": "dingtalk.TranslateFile",
    "huawei": "huawei.RunFileTranslation",
}


@dataclass(frozen=True)
class Column:
    """A client: what it is called, its provider, and what it does; one with no `run` runs in `.venv-rpc`."""

    name: str
    provider: str
    run: Callable[[Told], str] | None


COLUMNS = (
    Column("alimt 1.5.2", "alibaba", alimt),
    Column("alimt 1.5.2, async", "alibaba", lambda told: alimt(told, later=True)),
    Column("alimt 1.5.1 (RPC)", "alibaba", None),
    Column("dingtalk 2.2.65", "dingtalk", dingtalk),
    Column("dingtalk 2.2.65, async", "dingtalk", lambda told: dingtalk(told, later=True)),
    Column("nlp 3.1.219 (Huawei)", "huawei", huawei),
)


@dataclass(frozen=True)
class Seen:
    """What one client made of one fault; `requests` is how often it asked, `jobs` how many jobs there are then."""

    said: str
    requests: int
    jobs: int


def measured(url: str, rpc_python: str) -> dict[str, dict[str, Seen]]:
    """Try every fault on every client, each in a sandbox of its own at the server at `url`; by fault and client."""
    with _login_page() as login, _home():
        rows = faults(login)
        boxes = {(row.name, column.name): _sandbox(url, row, column) for row in rows for column in COLUMNS}
        said: dict[tuple[str, str], str] = {}
        for column in COLUMNS:
            told = [boxes[row.name, column.name]["credentials"][column.provider] for row in rows]
            run = column.run
            answers = _elsewhere(rpc_python, told) if run is None else [tried(lambda: run(one)) for one in told]  # noqa: B023
            said |= {(row.name, column.name): answer for row, answer in zip(rows, answers, strict=True)}
        seen = {key: Seen(said[key], *_counts(url, box["id"], key[1])) for key, box in boxes.items()}
    return {row.name: {column.name: seen[row.name, column.name] for column in COLUMNS} for row in rows}


def _sandbox(url: str, row: Fault, column: Column) -> dict[str, Any]:
    rule = {"on": OPERATIONS[column.provider], "then": row.on(column.provider)}
    return _post(f"{url}/__fauxlate/sandboxes", {"scenario": {"rules": [rule]}})


def _counts(url: str, sandbox: str, column: str) -> tuple[int, int]:
    """Return how often the operation was asked for, and how many jobs came of it; the sandbox is gone then."""
    at = f"{url}/__fauxlate/sandboxes/{sandbox}"
    operation = OPERATIONS[next(one.provider for one in COLUMNS if one.name == column)]
    with urlopen(f"{at}/journal?operation={operation}") as answer:
        entries = json.load(answer)["entries"]
    with urlopen(f"{at}/jobs") as answer:
        jobs = json.load(answer)["jobs"]
    with urlopen(Request(at, method="DELETE")):
        return len(entries), len(jobs)


def _post(url: str, body: Mapping[str, Any]) -> dict[str, Any]:
    request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request) as answer:
        said: dict[str, Any] = json.load(answer)
    return said


def _elsewhere(python: str, told: list[Told]) -> list[str]:
    ran = subprocess.run(
        [python, __file__, "--try", json.dumps(told)], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    answers: list[str] = json.loads(ran.stdout)
    return answers


class _LoginPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = b"<html><title>Log in</title></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def _login_page() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _LoginPage) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/login"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def _home() -> Iterator[None]:
    """A home folder for an SDK that writes into it."""
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, HOME=folder):
        yield


def table(seen: Mapping[str, Mapping[str, Seen]]) -> str:
    """Return the table, in Markdown."""
    lines = ["| Fault | A job then | " + " | ".join(column.name for column in COLUMNS) + " |"]
    lines.append("| --- | --- |" + " --- |" * len(COLUMNS))
    for fault, row in seen.items():
        jobs = {one.jobs for one in row.values()}
        there = {frozenset({0}): "no", frozenset({1}): "yes"}.get(frozenset(jobs), "differs")
        cells = [one.said + ("" if one.requests == 1 else f" ({one.requests} requests)") for one in row.values()]
        lines.append(f"| {fault} | {there} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    if sys.argv[1:2] == ["--try"]:
        print(json.dumps([tried(lambda: alimt(told)) for told in json.loads(sys.argv[2])]))  # noqa: B023
        return
    from fauxlate.server import Emulator

    logging.disable(logging.CRITICAL)
    with Emulator() as emulator:
        made = table(measured(emulator.url, str(ROOT / ".venv-rpc" / "bin" / "python")))
    print(made, end="")
    if "--write" in sys.argv:
        page = PAGE.read_text("utf-8")
        PAGE.write_text(BLOCK.sub(lambda block: f"{block['open']}{made}{block['end']}", page), "utf-8")


if __name__ == "__main__":
    main()
