"""`fauxlate catalog`: print operations, states, errors and quirks."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fauxlate.cli.output import print_json, print_wrapped, refuse

if TYPE_CHECKING:
    from fauxlate.cli.output import Commands


def add(commands: Commands) -> None:
    """Add the verb."""
    parser = commands.add_parser("catalog", help="print operations, states, errors and quirks")
    parser.add_argument("provider", nargs="?", help="only this provider")
    parser.add_argument("--json", action="store_true", help="print everything, as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the tables of all providers, or of one; returns the exit code."""
    from fauxlate.engine.service.catalog import build_catalog
    from fauxlate.engine.suggest import did_you_mean
    from fauxlate.serving.composition import PROVIDERS

    names = [provider.name for provider in PROVIDERS]
    if options.provider is not None and options.provider not in names:
        near = did_you_mean(options.provider, names)
        return refuse(f"`{options.provider}` is not a provider; there are {', '.join(names)}.{near}")
    providers = build_catalog(provider for provider in PROVIDERS if options.provider in (None, provider.name))
    if options.json:
        print_json(providers)
        return 0
    for name, tables in providers.items():
        _print_tables(name, tables)
    return 0


def _print_tables(name: str, tables: Mapping[str, Any]) -> None:
    from fauxlate.engine.service.catalog import shared_errors

    print(f"{name}: {tables['title']}")
    shared = shared_errors(tables["operations"])
    for operation in tables["operations"]:
        action = f" Action={operation['action']}" if operation["action"] else ""
        print(f"  {operation['name']}  {'|'.join(operation['methods'])} {operation['path']}{action}")
        if operation["states"]:
            print(f"    states  {', '.join(operation['states'])}")
        groups = dict.fromkeys(error["group"] for error in operation["errors"])
        own = [error["key"] for error in operation["errors"] if error["key"] not in shared.get(error["group"], ())]
        errors = [*own, *(f"those of {group}" for group in groups if group in shared)]
        print_wrapped("    errors  ", errors)
    for group, keys in shared.items():
        print(f"  errors of {group}")
        print_wrapped("    ", keys)
    if tables["errors"]:
        print(f"  any operation: {len(tables['errors'])} more errors, which --json lists")
    for event in tables["events"]:
        print(f"  event {event['name']}: {' | '.join(form['name'] for form in event['forms'])}")
    for quirk in tables["quirks"]:
        print(f"  quirk {quirk['name']}: {' | '.join(quirk['choices'])}")
