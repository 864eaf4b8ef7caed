"""The official SDK of Huawei Cloud at an emulator."""

from __future__ import annotations

from typing import Any

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdknlp.v2 import NlpClient

from contract_tests.harness.target import Target


def build_credentials(emulator: Target, *, project: bool = True) -> BasicCredentials:
    """Return the keys of the emulator, with its project id or without it."""
    environment = emulator.environment["huawei"]
    return BasicCredentials(
        environment["access_key"], environment["secret_key"], environment["project_id"] if project else None
    )


def build_client(emulator: Target, kind: Any = NlpClient) -> Any:
    """Return a client of NLP at the emulator."""
    builder = kind.new_builder().with_credentials(build_credentials(emulator))
    return builder.with_endpoint(emulator.environment["huawei"]["endpoint"]).build()
