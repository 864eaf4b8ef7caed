"""`fauxlate serve`: serve all providers on one port until stopped."""

from __future__ import annotations

import argparse
import gc
import os
from typing import TYPE_CHECKING, Any

from fauxlate.cli.output import refuse
from fauxlate.settings import DEFAULT_PORT, LOG_FORMATS, resolve

if TYPE_CHECKING:
    from fauxlate.cli.output import Commands


def add(commands: Commands) -> None:
    """Add the verb."""
    parser = commands.add_parser("serve", help="serve all providers on one port until stopped")
    parser.add_argument("--host", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, help=f"port to listen on; 0 takes a free one ({DEFAULT_PORT})")
    parser.add_argument(
        "--scenario",
        metavar="FILE|NAME",
        action="append",
        help="scenario of the default sandbox; later ones over earlier",
    )
    parser.add_argument(
        "--reload", action="store_true", default=None, help="follow the scenario's files as they change"
    )
    parser.add_argument("--seed", type=int, help="seed of ids and names (0)")
    parser.add_argument("--strict", action="store_true", default=None, help="refuse unknown credentials")
    parser.add_argument(
        "--ignore-signatures", action="store_true", default=None, help="let known credentials in without signing"
    )
    parser.add_argument(
        "--fetch-sources", action="store_true", default=None, help="get sources of Huawei's jobs from the internet"
    )
    parser.add_argument("--admin-token", help="token that the admin API then wants")
    parser.add_argument("--public-url", metavar="URL", help="where links point, if not to host and port")
    parser.add_argument("--log-format", metavar="|".join(LOG_FORMATS), help="how the log is written to stderr (text)")
    parser.add_argument(
        "--callback",
        metavar="PROVIDER=URL",
        action="append",
        help="where callbacks go, as dingtalk=http://127.0.0.1:9000/callback; provider.form=URL for another form",
    )
    parser.add_argument(
        "--callbacks-anywhere",
        action="store_true",
        default=None,
        help="let callbacks go to other machines, not to this one alone",
    )
    parser.add_argument(
        "--patience",
        metavar="SECONDS",
        type=float,
        help="how long a client may take to send a request that it has begun, or to read an answer (300)",
    )
    parser.add_argument("--quiet", action="store_true", help="print no snippets, only the line `ready URL`")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM; returns the exit code."""
    settings = resolve(os.environ, vars(options))
    gc.disable()  # a start makes much and throws nothing away; it is on again once the server answers
    from fauxlate.engine.grammar.diagnostics import ScenarioError
    from fauxlate.engine.world import environment
    from fauxlate.serving import logs
    from fauxlate.serving.composition import PROVIDERS
    from fauxlate.serving.server import ListenError, serve
    from fauxlate.snippets import format_snippets

    def announce(world: Any, url: str) -> None:
        if not options.quiet:
            print(format_snippets(environment(PROVIDERS, world.sandboxes.default, url)))
        print(f"ready {url}", flush=True)
        gc.freeze()
        gc.enable()

    logs.configure(settings.log_format)
    try:
        serve(settings, announce)
    except ScenarioError as refusal:
        return refuse(*refusal.lines)
    except (ListenError, ValueError) as error:
        return refuse(str(error))
    return 0
