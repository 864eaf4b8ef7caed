"""Every quirk is a switch that does what its table says, under each of its choices."""

from __future__ import annotations

import aiohttp
import pytest
from fauxlate.serving.composition import PROVIDERS

from contract_tests.all_providers.quirks import alibaba, dingtalk, huawei
from contract_tests.all_providers.quirks.sandbox import QuirkSandbox
from contract_tests.harness.evidence import case
from contract_tests.harness.target import Target

CHOICES = [(quirk, choice) for provider in PROVIDERS for quirk in provider.quirks for choice in quirk.choices]
CHECKS = {**alibaba.CHECKS, **huawei.CHECKS, **dingtalk.CHECKS}


@pytest.mark.parametrize(("name", "choice"), [case(choice, quirk.name, choice.name) for quirk, choice in CHOICES])
async def test_a_quirk_does_what_its_choice_says(name: str, choice: str, server: Target) -> None:
    async with aiohttp.ClientSession(server.url) as session:
        settings = {"quirks": {name: choice}, "clock": {"mode": "frozen"}, "signatures": "ignored"}
        async with session.post("/__fauxlate/sandboxes", json=settings) as response:
            sandbox = QuirkSandbox(session, await response.json())
        await CHECKS[name](sandbox, choice)
        path = f"/__fauxlate/sandboxes/{sandbox.id}"
        _, coverage = await sandbox.send("GET", f"{path}/coverage?kind=quirk&only=served")
        assert f"{name} {choice}" in [row["name"] for row in coverage["rows"]]
        assert (await sandbox.send("DELETE", path))[0] == 200
