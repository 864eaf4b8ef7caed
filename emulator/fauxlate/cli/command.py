"""The command as a whole: its verbs, and what becomes of what they raise."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from fauxlate.cli import catalog, check, completion, env, scenarios, serve, wait
from fauxlate.cli.output import refuse
from fauxlate.settings import SettingError
from fauxlate.version import __version__

VERBS = (serve, wait, env, catalog, check, scenarios, completion)
"""In the order in which the help lists them. Each has `add(commands)`, which adds its parser and names what it runs."""


def new_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command."""
    parser = argparse.ArgumentParser(
        "fauxlate", description="An emulator of three providers of asynchronous translation, for tests."
    )
    parser.add_argument("--version", action="version", version=f"fauxlate {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for verb in VERBS:
        verb.add(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code: 0 fine, 1 a failed check, 2 wrong usage or configuration."""
    parser = new_parser()
    options = parser.parse_args(arguments)
    options.parser = parser
    try:
        run: Any = options.run
        return int(run(options))
    except SettingError as error:
        return refuse(str(error))
    except BrokenPipeError:  # `fauxlate catalog | head`
        sys.stderr.close()
        return 0
