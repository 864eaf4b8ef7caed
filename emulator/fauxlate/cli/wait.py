"""`fauxlate wait`: wait until a server is ready."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from fauxlate.cli.output import check_url, refuse
from fauxlate.settings import DEFAULT_PORT, local_url, resolve

if TYPE_CHECKING:
    from fauxlate.cli.output import Commands


def add(commands: Commands) -> None:
    """Add the verb."""
    parser = commands.add_parser("wait", help="wait until a server is ready; ends with 1 if it does not become so")
    parser.add_argument("--url", help=f"URL of the server (http://127.0.0.1:{DEFAULT_PORT})")
    parser.add_argument("--timeout", default="30s", help="how long to wait at most (30s)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Ask until the server is ready or the time is over; returns the exit code."""
    from fauxlate.engine.timing.durations import parse_duration
    from fauxlate.serving import readiness

    settings = resolve(os.environ, {})
    url = options.url or local_url(settings.host, settings.port)
    if (code := check_url(url)) is not None:
        return code
    try:
        timeout = parse_duration(options.timeout)
    except ValueError as refusal:
        return refuse(f"--timeout: {refusal}")
    try:
        readiness.wait(url.rstrip("/"), timeout)
    except readiness.NotReadyError as error:
        print(f"fauxlate: {error}", file=sys.stderr)
        return 1
    print(f"ready {url}")
    return 0
