"""The command `fauxlate`: parses and prints, no logic."""

from __future__ import annotations

import argparse
import gc
import os
import shlex
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from fauxlate import __version__
from fauxlate.settings import DEFAULT_PORT, LOG_FORMATS, SettingError, resolve, url_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code: 0 fine, 1 a failed check, 2 wrong usage or configuration."""
    asked = _parser().parse_args(arguments)
    try:
        run: Any = asked.run
        return int(run(asked))
    except SettingError as fault:
        return _refused(str(fault))
    except BrokenPipeError:  # `fauxlate catalog | head`
        sys.stderr.close()
        return 0


def _refused(*lines: str) -> int:
    for line in lines:
        print(f"fauxlate: {line}" if not line.startswith("fauxlate") else line, file=sys.stderr)
    return 2


def _serve(asked: argparse.Namespace) -> int:
    settings = resolve(os.environ, vars(asked))
    gc.disable()  # a start makes much and throws nothing away; it is on again once the server answers
    from fauxlate import logs
    from fauxlate.engine.grammar.text import ScenarioError
    from fauxlate.engine.world import environment
    from fauxlate.server import PROVIDERS, ListenError, serve
    from fauxlate.snippets import snippets

    def announce(world: Any, url: str) -> None:
        if not asked.quiet:
            print(snippets(environment(PROVIDERS, world.sandboxes.default, url)))
        print(f"ready {url}", flush=True)
        gc.freeze()
        gc.enable()

    logs.configure(settings.log_format)
    try:
        serve(settings, announce)
    except ScenarioError as refusal:
        return _refused(*refusal.lines)
    except (ListenError, ValueError) as fault:
        return _refused(str(fault))
    return 0


def _wait(asked: argparse.Namespace) -> int:
    from fauxlate import readiness
    from fauxlate.engine.timing.durations import parse_duration

    here = resolve(os.environ, {})
    url = asked.url or url_of(here.host, here.port)
    if not _has_scheme(url):
        return _no_scheme(url)
    try:
        patience = parse_duration(asked.timeout)
    except ValueError as refusal:
        return _refused(f"--timeout: {refusal}")
    try:
        readiness.wait(url.rstrip("/"), patience)
    except readiness.NotReadyError as late:
        print(f"fauxlate: {late}", file=sys.stderr)
        return 1
    print(f"ready {url}")
    return 0


def _has_scheme(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def _no_scheme(url: str) -> int:
    return _refused(f"--url {url!r} has no scheme; write for example http://127.0.0.1:{DEFAULT_PORT}")


def _env(asked: argparse.Namespace) -> int:
    from fauxlate.engine.sandboxes.sandbox import DEFAULT
    from fauxlate.engine.scenarios.scenario import Scenario
    from fauxlate.engine.world import environment
    from fauxlate.server import PROVIDERS, sandbox

    if not _has_scheme(asked.url):
        return _no_scheme(asked.url)
    told = environment(PROVIDERS, sandbox(DEFAULT, Scenario()), asked.url.rstrip("/"))
    if asked.json:
        _print_json(told)
        return 0
    for provider in PROVIDERS:
        for variable, name in provider.exports.items():
            print(f"export {variable}={shlex.quote(told[provider.name][name])}")
    return 0


def _catalog(asked: argparse.Namespace) -> int:
    from fauxlate.engine.service.catalog import catalog, shared_errors
    from fauxlate.engine.suggest import did_you_mean
    from fauxlate.server import PROVIDERS

    names = [provider.name for provider in PROVIDERS]
    if asked.provider is not None and asked.provider not in names:
        near = did_you_mean(asked.provider, names)
        return _refused(f"`{asked.provider}` is not a provider; there are {', '.join(names)}.{near}")
    told = catalog(provider for provider in PROVIDERS if asked.provider in (None, provider.name))
    if asked.json:
        _print_json(told)
        return 0
    for name, tables in told.items():
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
            _print_wrapped("    errors  ", errors)
        for group, keys in shared.items():
            print(f"  errors of {group}")
            _print_wrapped("    ", keys)
        if tables["errors"]:
            print(f"  any operation: {len(tables['errors'])} more errors, which --json lists")
        for event in tables["events"]:
            print(f"  event {event['name']}: {' | '.join(form['name'] for form in event['forms'])}")
        for quirk in tables["quirks"]:
            print(f"  quirk {quirk['name']}: {' | '.join(quirk['choices'])}")
    return 0


def _check(asked: argparse.Namespace) -> int:
    from fauxlate import library
    from fauxlate.engine.grammar.compiler import compile_scenario
    from fauxlate.server import PROVIDERS

    wrong = 0
    for name in asked.files:
        try:
            compile_scenario(library.named(name), PROVIDERS, find=library.find)
        except ValueError as refusal:  # a ScenarioError too, with a line for each fault
            wrong += 1
            print(refusal, file=sys.stderr)
        else:
            print(f"{name}: ok")
    return 2 if wrong else 0


def _scenarios(_: argparse.Namespace) -> int:
    from fauxlate import library
    from fauxlate.engine.grammar.compiler import compile_scenario
    from fauxlate.server import PROVIDERS

    for name in library.names():
        scenario = compile_scenario(library.shipped(name), PROVIDERS, find=library.find)
        print(f"{name}  {scenario.about}")
    return 0


def _print_wrapped(title: str, words: Iterable[str]) -> None:
    import textwrap

    text = ", ".join(words)
    print(textwrap.fill(text, 110, initial_indent=title, subsequent_indent=" " * len(title), break_on_hyphens=False))


def _print_json(data: object) -> None:
    import json

    print(json.dumps(data, ensure_ascii=False, indent=2))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("fauxlate", description=__import__("fauxlate").__doc__)
    parser.add_argument("--version", action="version", version=f"fauxlate {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="serve all providers on one port until stopped")
    serve.add_argument("--host", help="address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=int, help=f"port to listen on; 0 takes a free one ({DEFAULT_PORT})")
    serve.add_argument(
        "--scenario",
        metavar="FILE|NAME",
        action="append",
        help="scenario of the default sandbox; later ones over earlier",
    )
    serve.add_argument("--reload", action="store_true", default=None, help="follow the scenario's files as they change")
    serve.add_argument("--seed", type=int, help="seed of ids and names (0)")
    serve.add_argument("--strict", action="store_true", default=None, help="refuse unknown credentials")
    serve.add_argument(
        "--ignore-signatures", action="store_true", default=None, help="let known credentials in without signing"
    )
    serve.add_argument(
        "--fetch-sources", action="store_true", default=None, help="get sources of Huawei's jobs from the internet"
    )
    serve.add_argument("--admin-token", help="token that the admin API then wants")
    serve.add_argument("--public-url", metavar="URL", help="where links point, if not to host and port")
    serve.add_argument("--log-format", metavar="|".join(LOG_FORMATS), help="how the log is written to stderr (text)")
    serve.add_argument(
        "--callback",
        metavar="PROVIDER=URL",
        action="append",
        help="where callbacks go, as dingtalk=http://127.0.0.1:9000/callback; provider.form=URL for another form",
    )
    serve.add_argument(
        "--callbacks-anywhere",
        action="store_true",
        default=None,
        help="let callbacks go to other machines, not to this one alone",
    )
    serve.add_argument("--quiet", action="store_true", help="print no snippets, only the line `ready URL`")
    serve.set_defaults(run=_serve)

    wait = commands.add_parser("wait", help="wait until a server is ready; ends with 1 if it does not become so")
    wait.add_argument("--url", help=f"URL of the server (http://127.0.0.1:{DEFAULT_PORT})")
    wait.add_argument("--timeout", default="30s", help="how long to wait at most (30s)")
    wait.set_defaults(run=_wait)

    env = commands.add_parser("env", help="print what clients have to be told to reach the default sandbox")
    env.add_argument("--url", default=f"http://127.0.0.1:{DEFAULT_PORT}", help="URL of the server")
    env.add_argument("--json", action="store_true", help="print JSON instead of shell exports")
    env.set_defaults(run=_env)

    catalog = commands.add_parser("catalog", help="print operations, states, errors and quirks")
    catalog.add_argument("provider", nargs="?", help="only this provider")
    catalog.add_argument("--json", action="store_true", help="print everything, as JSON")
    catalog.set_defaults(run=_catalog)

    check = commands.add_parser("check", help="check scenario files")
    check.add_argument("files", nargs="+", metavar="FILE|NAME")
    check.set_defaults(run=_check)
    scenarios = commands.add_parser("scenarios", help="list the shipped scenarios")
    scenarios.set_defaults(run=_scenarios)
    return parser


if __name__ == "__main__":
    sys.exit(main())
