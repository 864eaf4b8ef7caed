"""Single calls by the official SDK, whichever release the interpreter has; prints JSON.

Usage: python -m contract_tests.clients.alibaba.calls CALLS

CALLS is a JSON list of {endpoint, key, secret, operation, parameters, late}. `parameters` are by their wire names; a
value {"of": n, "take": name} is taken from `Data` in the answer to call n. `late` sends the timestamp
2020-01-01T00:00:00Z. Runs under 1.5.2, which signs ACS3, and under 1.5.1, which signs RPC HMAC-SHA1.
"""

from __future__ import annotations

import re
from typing import Any

from alibabacloud_alimt20181012 import models
from alibabacloud_alimt20181012.client import Client
from alibabacloud_tea_openapi.models import Config

from contract_tests.clients.alibaba.call_runner import run_calls

LATE_TIMESTAMP = "2020-01-01T00:00:00Z"


def runtime_options(*, late: bool) -> Any:
    """Return the options of a call; the SDKs take a timestamp of another time as an option."""
    try:
        from darabonba.runtime import ExtendsParameters, RuntimeOptions

        timestamp = {"headers": {"x-acs-date": LATE_TIMESTAMP}}
    except ImportError:
        from alibabacloud_tea_util.models import ExtendsParameters, RuntimeOptions

        timestamp = {"queries": {"Timestamp": LATE_TIMESTAMP}}
    return RuntimeOptions(extends_parameters=ExtendsParameters(**timestamp)) if late else RuntimeOptions()


def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def make_call(call: dict[str, Any]) -> dict[str, Any]:
    config = Config(
        endpoint=call["endpoint"], protocol="http", access_key_id=call["key"], access_key_secret=call["secret"]
    )
    request = getattr(models, f"{call['operation']}Request")().from_map(call["parameters"])
    try:
        run = getattr(Client(config), f"{snake_case(call['operation'])}_with_options")
        answer = run(request, runtime_options(late=call["late"]))
    except Exception as fault:  # noqa: BLE001  (what it raises is the result)
        status = getattr(fault, "status_code", None) or getattr(fault, "statusCode", None)
        return {"raised": type(fault).__name__, "code": fault.code, "message": fault.message, "status": status}  # type: ignore[attr-defined]
    return {"body": answer.body.to_map(), "status": answer.status_code}


if __name__ == "__main__":
    run_calls(make_call, "alibabacloud_alimt20181012")
