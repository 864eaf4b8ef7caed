"""What scripts of single calls have in common: calls come as JSON, one after the other, and answers go as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

Json = dict[str, Any]


def answered(called: Callable[[Json], Json], package: str) -> None:
    """Make each call that the command line lists, and print the answers with the release of `package`.

    A parameter {"of": n, "take": name} is taken from `Data` in the answer to call n.
    """
    answers: list[Json] = []
    for call in json.loads(sys.argv[1]):
        for name, value in call["parameters"].items():
            if isinstance(value, dict):
                call["parameters"][name] = answers[value["of"]]["body"]["Data"][value["take"]]
        answers.append(called(call))
    print(json.dumps({"sdk": version(package), "answers": answers}))
