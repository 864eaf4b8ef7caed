"""`fauxlate scenarios`: list the shipped scenarios."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fauxlate.cli.output import Commands


def add(commands: Commands) -> None:
    """Add the verb."""
    parser = commands.add_parser("scenarios", help="list the shipped scenarios")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Print name and meaning of each; returns the exit code."""
    from fauxlate import library
    from fauxlate.engine.grammar.compiler import compile_scenario
    from fauxlate.serving.composition import PROVIDERS

    for name in library.shipped_names():
        scenario = compile_scenario(library.load_shipped(name), PROVIDERS, find=library.resolve_extends)
        print(f"{name}  {scenario.about}")
    return 0
