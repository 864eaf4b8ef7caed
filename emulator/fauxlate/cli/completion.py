"""`fauxlate completion`: print the script by which a shell completes verbs, flags and files."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fauxlate.cli.output import Commands

SHELLS = ("bash", "zsh", "tcsh")


def add(commands: Commands) -> None:
    """Add the verb."""
    parser = commands.add_parser("completion", help="print a script that completes this command in a shell")
    parser.add_argument("shell", choices=SHELLS, help='the shell; for bash: eval "$(fauxlate completion bash)"')
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the script; returns the exit code."""
    import shtab

    print(shtab.complete(options.parser, shell=options.shell))
    return 0
