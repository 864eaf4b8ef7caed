"""Snippets, one a provider, in which the unmodified official SDK runs a job from start to finish."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from importlib.resources import files

PACKAGES = {
    "alibaba": "alibabacloud_alimt20181012",
    "huawei": "huaweicloudsdknlp",
    "dingtalk": "alibabacloud_dingtalk",
}
"""By provider the package of the SDK that its snippet uses, as `pip install` names it."""


def format_snippet(provider: str, environment: Mapping[str, Mapping[str, str]]) -> str:
    """Return the snippet of `provider` with endpoints and credentials; `environment` has them by provider."""
    return files(__name__).joinpath(f"{provider}.py.txt").read_text("utf-8").format(**environment)


def format_snippets(environment: Mapping[str, Mapping[str, str]]) -> str:
    """Return all snippets as shell commands to paste; they run in the Python that runs this, into which pip goes too."""
    python = shlex.quote(sys.executable)
    return "\n".join(
        f"# {provider}, once: {python} -m pip install {package}\n"
        f"{python} - <<'PY'\n{format_snippet(provider, environment)}PY\n"
        for provider, package in PACKAGES.items()
    )
