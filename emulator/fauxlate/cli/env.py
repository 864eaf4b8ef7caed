"""`fauxlate env`: print the endpoints and credentials by which clients reach the sandbox `default`."""

from __future__ import annotations

import argparse
import shlex
from typing import TYPE_CHECKING

from fauxlate.cli.output import check_url, print_json
from fauxlate.settings import DEFAULT_PORT

if TYPE_CHECKING:
    from fauxlate.cli.output import Commands


def add(commands: Commands) -> None:
    """Add the verb."""
    parser = commands.add_parser("env", help="print endpoints and credentials that lead to the default sandbox")
    parser.add_argument("--url", default=f"http://127.0.0.1:{DEFAULT_PORT}", help="URL of the server")
    parser.add_argument("--json", action="store_true", help="print JSON instead of shell exports")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print them; returns the exit code."""
    from fauxlate.engine.sandboxes.sandbox import DEFAULT
    from fauxlate.engine.scenarios.scenario import Scenario
    from fauxlate.engine.world import environment
    from fauxlate.serving.composition import PROVIDERS, new_sandbox

    if (code := check_url(options.url)) is not None:
        return code
    variables = environment(PROVIDERS, new_sandbox(DEFAULT, Scenario()), options.url.rstrip("/"))
    if options.json:
        print_json(variables)
        return 0
    for provider in PROVIDERS:
        for variable, name in provider.exports.items():
            print(f"export {variable}={shlex.quote(variables[provider.name][name])}")
    return 0
