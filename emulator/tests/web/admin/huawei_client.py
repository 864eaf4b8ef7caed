"""Ten document jobs by the official Huawei SDK; prints, as JSON, how each of them ended.

Usage: huawei_client.py CREDENTIALS, those of `huawei` in `fauxlate env --json`. Says `ready`, and begins when it is
sent a line.
"""

from __future__ import annotations

import json
import sys
import tempfile
from os import environ

environ["HOME"] = tempfile.gettempdir()  # where the SDK writes an application id

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdknlp.v2 import (
    FileTranslationReq,
    NlpClient,
    RunFileTranslationRequest,
    RunGetFileTranslationResultRequest,
)

told = json.loads(sys.argv[1])
credentials = BasicCredentials(told["access_key"], told["secret_key"], told["project_id"])
client = NlpClient.new_builder().with_credentials(credentials).with_endpoint(told["endpoint"]).build()
body = FileTranslationReq(url="https://bucket.obs.cn-north-4.myhuaweicloud.com/a.txt", _from="zh", to="en", type="txt")


def ended() -> str:
    """Run a job; return the state or the code of the error that it ended in."""
    try:
        job = client.run_file_translation(RunFileTranslationRequest(body=body)).job_id
        while True:
            answer = client.run_get_file_translation_result(RunGetFileTranslationResultRequest(job_id=job))
            if answer.status in ("FINISHED", "ERROR"):
                return str(answer.status)
    except ClientRequestException as refusal:
        return str(refusal.error_code)


print("ready", flush=True)  # noqa: T201
sys.stdin.readline()
sys.stdout.write(json.dumps([ended() for _ in range(10)]))
