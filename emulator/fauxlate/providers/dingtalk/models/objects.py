"""The parameters of the object store."""

from __future__ import annotations

from fauxlate.engine.tables.parameters import Parameters, path


class PutObject(Parameters):
    """The object at the `resourceUrl` of upload information."""

    key: str = path("key")
