"""The common part of the scripts of single calls: they take calls as JSON, make one after the other, and print JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

Json = dict[str, Any]


def run_calls(make_call: Callable[[Json], Json], package: str) -> None:
    """Make each call that the command line lists; print the answers, with the release of `package`.

    A parameter {"of": n, "take": name} is replaced by a member of `Data` in the answer to call n.
    """
    answers: list[Json] = []
    for call in json.loads(sys.argv[1]):
        for name, value in call["parameters"].items():
            if isinstance(value, dict):
                call["parameters"][name] = answers[value["of"]]["body"]["Data"][value["take"]]
        answers.append(make_call(call))
    print(json.dumps({"sdk": version(package), "answers": answers}))
