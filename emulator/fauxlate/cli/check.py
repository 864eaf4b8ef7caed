"""`fauxlate check`: check scenario files."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fauxlate.cli.output import Commands


def add(commands: Commands) -> None:
    """Add the verb."""
    parser = commands.add_parser("check", help="check scenario files")
    parser.add_argument("files", nargs="+", metavar="FILE|NAME", help="scenario files, or names of shipped scenarios")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compile each file and say what is wrong with it; returns the exit code."""
    from fauxlate import library
    from fauxlate.engine.grammar.compiler import compile_scenario
    from fauxlate.serving.composition import PROVIDERS

    wrong = 0
    for name in options.files:
        try:
            compile_scenario(library.load(name), PROVIDERS, find=library.resolve_extends)
        except ValueError as refusal:  # a ScenarioError too, with a line for each thing that is wrong
            wrong += 1
            print(refusal, file=sys.stderr)
        else:
            print(f"{name}: ok")
    return 2 if wrong else 0
