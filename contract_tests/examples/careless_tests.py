"""What the sweep and the tester say of the careless clients. Each of these tests fails, as it is meant to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fauxlate import Sandbox

from contract_tests.examples import adapters, careless
from contract_tests.examples.adapters import TEXT, URL
from contract_tests.examples.careful import TIMEOUT, TranslationError


@pytest.mark.fauxlate_sweep(raises=TranslationError, requests=80)
@pytest.mark.parametrize("kind", [careless.Resubmitting, careless.Endless, careless.Stale])
def test_a_document_is_translated(fauxlate: Sandbox, kind: Any) -> None:
    client = kind(fauxlate.huawei.client(timeout=TIMEOUT), fauxlate.clock.sleep)
    assert b"[en]" in client.translate(URL)


@pytest.mark.fauxlate_sweep(raises=TranslationError, requests=80)
@pytest.mark.parametrize("kind", [careless.Trusting])
def test_a_text_is_translated(fauxlate: Sandbox, kind: Any) -> None:
    client = kind(fauxlate.alibaba.client(read_timeout=500), fauxlate.clock.sleep)
    assert client.translate(TEXT).startswith("[en]")


@pytest.mark.parametrize("adapter", [adapters.Resubmitting, adapters.Endless, adapters.Stale, adapters.Trusting])
def test_whatever_the_provider_does_no_job_is_lost(adapter: Any, fauxlate_tester: Callable[..., None]) -> None:
    fauxlate_tester(adapter)
