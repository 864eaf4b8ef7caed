"""The command `fauxlate`: each module is a verb, which says what it takes and what it prints."""

from fauxlate.cli.command import main

__all__ = ["main"]
