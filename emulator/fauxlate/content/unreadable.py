"""A file that cannot be processed, and why."""

from typing import Literal

Kind = Literal["empty", "unreadable", "too_large", "unsupported"]


class Unreadable(ValueError):  # noqa: N818 - the documents say so of a file; the error is the provider's
    """Raised for bytes that are not what their name says; a provider maps `kind` to its own error code.

    `kind`: `empty` has no bytes, `unreadable` is broken or encrypted, `too_large` would unpack beyond the
    limits, `unsupported` is sound but of a format nobody here reads. `reason` is one sentence for the reader
    of a journal.
    """

    def __init__(self, kind: Kind, reason: str) -> None:
        super().__init__(reason)
        self.kind: Kind = kind
        self.reason = reason

    def __reduce__(self) -> tuple[type["Unreadable"], tuple[Kind, str]]:
        """Survive a process pool: the default would call `Unreadable(reason)`."""
        return type(self), (self.kind, self.reason)
