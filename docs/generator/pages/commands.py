"""Blocks about the command: each verb with its flags, and the settings of a server."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import fields

from fauxlate.cli.command import new_parser
from fauxlate.settings import Settings

from docs.generator.markdown import code, prose, sentence, table


def _verbs() -> dict[str, tuple[argparse.ArgumentParser, str]]:
    """Return by verb its parser, and what the help says of it."""
    parsers = next(action for action in new_parser()._actions if isinstance(action, argparse._SubParsersAction))  # noqa: SLF001
    helps = {choice.dest: choice.help or "" for choice in parsers._choices_actions}  # noqa: SLF001
    return {name: (parser, helps[name]) for name, parser in parsers.choices.items()}


def _commands() -> str:
    return "\n".join("".join(_verb(name, *verb)) for name, verb in _verbs().items())


def _verb(name: str, parser: argparse.ArgumentParser, about: str) -> Iterator[str]:
    yield f"### fauxlate {name}\n\n{sentence(about)}\n"
    rows = [
        (code(_usage(action)), sentence(prose(action.help or "")))
        for action in parser._actions  # noqa: SLF001
        if not isinstance(action, argparse._HelpAction)  # noqa: SLF001
    ]
    if rows:
        yield "\n" + table(("Argument", "Meaning"), rows)


def _usage(action: argparse.Action) -> str:
    metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if not action.option_strings:
        return {"?": f"[{metavar}]", "+": f"{metavar} …", "*": f"[{metavar} …]"}.get(str(action.nargs), metavar)
    flag = ", ".join(action.option_strings)
    return flag if action.nargs == 0 else f"{flag} {metavar}"


_DEFAULT = re.compile(r" \([^()]*\)$")


def _settings() -> str:
    actions = {action.dest: action for action in _verbs()["serve"][0]._actions}  # noqa: SLF001
    rows = []
    for field in fields(Settings):
        default = getattr(Settings(), field.name)
        shown = "" if default in (None, ()) else code(str(default).lower())
        meaning = _DEFAULT.sub("", actions[field.name].help or "")
        flag = actions[field.name].option_strings[0]
        rows.append((code(flag), code(f"FAUXLATE_{field.name.upper()}"), shown, sentence(prose(meaning))))
    return table(("Flag", "Variable", "Default", "Meaning"), rows)


BLOCKS = {"commands": _commands, "settings": _settings}
