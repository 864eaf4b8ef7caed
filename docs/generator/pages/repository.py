"""Blocks about the repository: its folders, the snippets of the SDKs, and what was measured of them."""

from __future__ import annotations

import ast
from functools import partial
from pathlib import Path

from fauxlate.engine.sandboxes.sandbox import DEFAULT
from fauxlate.engine.scenarios.scenario import Scenario
from fauxlate.engine.world import environment
from fauxlate.serving.composition import PROVIDERS, new_sandbox
from fauxlate.settings import DEFAULT_PORT
from fauxlate.snippets import PACKAGES, format_snippet

from docs.generator.markdown import table

ROOT = Path(__file__).parent.parent.parent.parent
PACKAGE = ROOT / "emulator" / "fauxlate"
FAULTS = ROOT / "docs" / "en" / "reference" / "faults.md"
"""The page with the table that is measured."""
URL = f"http://127.0.0.1:{DEFAULT_PORT}"
"""Where the snippets find the server."""


def _snippet(provider: str) -> str:
    variables = environment(PROVIDERS, new_sandbox(DEFAULT, Scenario()), URL)
    program = format_snippet(provider, variables)
    return (
        f"<!-- fmt: off -->\n<!-- not run: the contract tests run it -->\n```python\n{program}```\n<!-- fmt: on -->\n"
    )


SDKS = {
    "alibaba": "alimt 1.5.2 (ACS3) and 1.5.1 (RPC), aliyun-python-sdk-alimt; Node: alimt, pop-core",
    "huawei": "huaweicloudsdknlp, esdk-obs-python; Node: huaweicloud-sdk-core",
    "dingtalk": "alibabacloud_dingtalk, dingtalk-sdk, dingtalk-stream; Node: @alicloud/dingtalk",
}
"""The official SDKs, unmodified, with which the contract tests call each provider."""


def _providers() -> str:
    """Make a table of the providers: their jobs, their callbacks, and the SDKs that the contract tests drive."""
    rows = [
        (
            provider.title,
            ", ".join(f"`{operation.name}`" for operation in provider.operations if operation.creates_job),
            ", ".join(dict.fromkeys(form.name for event in provider.events for form in event.forms)) or "none",
            SDKS[provider.name],
        )
        for provider in PROVIDERS
    ]
    return table(("Provider", "Jobs", "Callbacks", "SDKs driven"), rows)


def _folders() -> str:
    """Make a table of the folders of the package: what each says that it is, and how many modules it has."""
    rows = []
    for path in sorted(PACKAGE.rglob("__init__.py")):
        folder = path.parent
        modules = [module for module in folder.glob("*.py") if module.name != "__init__.py"]
        name = folder.relative_to(PACKAGE.parent).as_posix()
        rows.append((f"`{name}/`", _first_line(path), str(len(modules))))
    return table(("Folder", "What it is", "Modules"), rows)


def _first_line(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert docstring is not None, f"{path} does not say what it is"
    return docstring.splitlines()[0]


def measured_faults(text: str) -> str:
    """Return the table in the page of faults, which `contract_tests` measures."""
    _, _, rest = text.partition("<!-- measured: contract_tests/all_providers/sdk_faults -->\n")
    return rest.partition("<!-- end -->")[0]


def _faults() -> str:
    return measured_faults(FAULTS.read_text("utf-8"))


BLOCKS = {
    **{f"snippet {provider}": partial(_snippet, provider) for provider in PACKAGES},
    "folders": _folders,
    "providers": _providers,
    "faults": _faults,
}
