"""Single calls by aliyun-python-sdk-core and -alimt; takes and prints what calls.py does.

The two operations that the old SDK has are called by its classes, the others by its CommonRequest.
"""

from __future__ import annotations

import json
import time
from typing import Any

from aliyunsdkalimt.request.v20181012.GetTranslateImageBatchResultRequest import GetTranslateImageBatchResultRequest
from aliyunsdkalimt.request.v20181012.TranslateImageBatchRequest import TranslateImageBatchRequest
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest

from contract_tests.clients.alibaba.call_runner import run_calls

CLASSES = {
    "TranslateImageBatch": TranslateImageBatchRequest,
    "GetTranslateImageBatchResult": GetTranslateImageBatchResultRequest,
}
LATE_TIME = time.gmtime(1_577_836_800)
_gmtime = time.gmtime


def make_call(call: dict[str, Any]) -> dict[str, Any]:
    client = AcsClient(call["key"], call["secret"], "cn-hangzhou", auto_retry=False)
    if call["operation"] in CLASSES:
        request = CLASSES[call["operation"]]()
        request.set_endpoint(call["endpoint"])
    else:
        request = CommonRequest(domain=call["endpoint"], version="2018-10-12", action_name=call["operation"])
    request.set_method("POST")
    request.set_accept_format("JSON")
    for name, value in call["parameters"].items():
        request.add_body_params(name, value)
    time.gmtime = (lambda *_: LATE_TIME) if call["late"] else _gmtime  # this machine's clock; the SDK takes no other
    try:
        body = client.do_action_with_exception(request)
    except ServerException as fault:
        return {
            "raised": type(fault).__name__,
            "code": fault.error_code,
            "message": fault.message,
            "status": fault.http_status,
        }
    return {"body": json.loads(body), "status": 200}


if __name__ == "__main__":
    run_calls(make_call, "aliyun-python-sdk-alimt")
