"""Code of a client that tests of the test kit begin with: requests to the file translation of Huawei Cloud."""

from __future__ import annotations

HUAWEI_CLIENT = """
import pytest, requests

SESSION = requests.Session()
SESSION.trust_env = False

def jobs_url(fauxlate):
    return f"{fauxlate.url}/v1/{fauxlate.huawei.project_id}/machine-translation/file-translation/jobs"

def submit(fauxlate):
    body = {"url": "https://b.obs.cn-north-4.myhuaweicloud.com/a.txt", "from": "zh", "to": "en", "type": "txt"}
    return SESSION.post(jobs_url(fauxlate), json=body, headers={"X-Auth-Token": fauxlate.huawei.token()})

def query(fauxlate, job):
    return SESSION.get(f"{jobs_url(fauxlate)}/{job}", headers={"X-Auth-Token": fauxlate.huawei.token()})
"""
