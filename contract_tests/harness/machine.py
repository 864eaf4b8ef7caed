"""The parts of the machine that some tests need besides `.venv`: Node with an SDK's modules, and a second Python."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
"""The repository's root."""
CLIENTS = ROOT / "contract_tests" / "clients"
"""The scripts that tests run as clients."""
_NODE_FOLDERS = ROOT / "contract_tests" / "node"


def skip_without(part: str) -> None:
    """Skip the test because a part of the machine is missing; fail it in CI, where no part may be missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{part} is missing, and CI has to have it")
    pytest.skip(f"{part} is missing")


def find_rpc_python() -> str:
    """Return the interpreter of `.venv-rpc`, whose SDK release signs in RPC style; skip the test without it."""
    python = ROOT / ".venv-rpc" / "bin" / "python"
    if not python.exists():
        skip_without("`.venv-rpc`, which `make test` sets up,")
    return str(python)


def find_node(package: str) -> tuple[str, Path]:
    """Return Node, and the folder of the package under `node/`; skip the test without Node or the package's modules."""
    node, folder = shutil.which("node"), _NODE_FOLDERS / package
    if node is None:
        skip_without("node")
    if not (folder / "node_modules").is_dir():
        skip_without(f"`contract_tests/node/{package}/node_modules`, which `make test` sets up by npm,")
    return str(node), folder


def run_node(package: str, script: Path, home: Path, *arguments: str) -> Any:
    """Run a script with the modules of a package under `node/`; return the JSON of the last line that it prints."""
    node, folder = find_node(package)
    environment = {"NODE_PATH": str(folder / "node_modules"), "HOME": str(home), "PATH": os.environ["PATH"]}
    process = subprocess.run(
        [node, str(script), *arguments], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(process.stdout.splitlines()[-1])
