"""A sandbox is deleted as a whole, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fauxlate.engine.timing.jobs import Job
from fauxlate.providers.huawei.lifecycles import FILE_TRANSLATION
from tests.web.conftest import Alone


def test_a_sandbox_whose_end_cannot_be_told_stays_whole(alone: Alone, caplog: pytest.LogCaptureFixture) -> None:
    server, box = alone()
    store = server.engine_sandbox(box.id).store
    job = Job("j", 1, FILE_TRANSLATION.name, "\ud800", 1e10, FILE_TRANSLATION.default_timeline(), None)
    server.run(store.add_job(job))
    assert box.admin("DELETE").status_code == 500
    assert f"DELETE /__fauxlate/sandboxes/{box.id} failed" in caplog.text
    assert box.admin("GET").status_code == 200
    assert box.huawei.create().status_code == 200
    server.run(store.add_job(replace(job, owner="o")))
    assert box.admin("DELETE").status_code == 200
    assert box.admin("GET").status_code == 404
    assert box.admin("DELETE").status_code == 404
