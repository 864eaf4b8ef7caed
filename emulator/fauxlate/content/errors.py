"""The error of a file whose content cannot be processed."""

from typing import Literal

from fauxlate.errors import FauxlateError

ContentErrorKind = Literal["empty", "unreadable", "too_large", "unsupported"]


class ContentError(FauxlateError, ValueError):
    """Raised for bytes that are not what their name says; a provider maps `kind` to its own error code.

    `kind`: `empty` has no bytes, `unreadable` is broken or encrypted, `too_large` would unpack beyond the limits,
    `unsupported` is sound but of a format that nothing here reads. `reason` is one sentence for the reader of a journal.
    """

    def __init__(self, kind: ContentErrorKind, reason: str) -> None:
        super().__init__(reason)
        self.kind: ContentErrorKind = kind
        self.reason = reason

    def __reduce__(self) -> tuple[type["ContentError"], tuple[ContentErrorKind, str]]:
        """Return the arguments of a copy, for a process pool; by default there would be the reason alone."""
        return type(self), (self.kind, self.reason)
