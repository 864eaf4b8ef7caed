"""What the verbs print alike: refusals, JSON, and long lists in lines that fit a terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from typing import Protocol

from fauxlate.settings import DEFAULT_PORT


class Commands(Protocol):
    """What `ArgumentParser.add_subparsers` returns, which argparse has no public name for."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser:  # noqa: A002  (argparse's own name)
        """Add a verb."""


def refuse(*lines: str) -> int:
    """Print why the command ends here; returns the exit code of wrong usage, 2."""
    for line in lines:
        print(f"fauxlate: {line}" if not line.startswith("fauxlate") else line, file=sys.stderr)
    return 2


def check_url(url: str) -> int | None:
    """Return None for a URL of HTTP, else the exit code, having said what to write."""
    if url.startswith(("http://", "https://")):
        return None
    return refuse(f"--url {url!r} has no scheme; write for example http://127.0.0.1:{DEFAULT_PORT}")


def print_wrapped(title: str, words: Iterable[str]) -> None:
    """Print `title` and the words behind it, further lines indented below the first word."""
    import textwrap

    text = ", ".join(words)
    print(textwrap.fill(text, 110, initial_indent=title, subsequent_indent=" " * len(title), break_on_hyphens=False))


def print_json(data: object) -> None:
    """Print `data` as JSON for people and machines."""
    import json

    print(json.dumps(data, ensure_ascii=False, indent=2))
