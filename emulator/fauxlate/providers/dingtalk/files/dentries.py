"""Dentries: the files in the folders of the drive's spaces, and what becomes of one whose name is there already."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from fauxlate.engine.chance import BASE62
from fauxlate.engine.sandboxes.store import Record

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

ConflictPolicy = Literal["autoRename", "overwrite", "returnExisting", "returnError"]

_DENTRIES = "dingtalk.dentry"
"""The kind of record under which the store keeps the `Dentry` of each corp, space, folder and name."""
_ILLEGAL_NAME = re.compile(r'[\t*"<>|]|\.$')
"""不能包含特殊字符，包括：制表符、*、"、<、>、| ; 不能以"."结尾"""


@dataclass(frozen=True, slots=True)
class Dentry:
    """A file in a folder of a space; `size` in bytes, `created` and `modified` in seconds since the epoch."""

    id: str
    uuid: str
    space_id: str
    parent_id: str
    name: str
    size: int
    union_id: str
    created: float
    modified: float
    version: int = 1

    @property
    def extension(self) -> str:
        """The extension of its name, without the dot."""
        return PurePosixPath(self.name).suffix[1:]


def clean_name(name: str) -> str | None:
    """Return a name without the spaces around it (头尾不能包含空格), None where it is illegal."""
    name = name.strip(" ")
    return None if not name or _ILLEGAL_NAME.search(name) else name


def format_time(time: float) -> str:
    """Return a time as 2022-01-01T10:00:00Z."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def save(
    call: Call, space_id: str, parent_id: str, name: str, size: int, policy: ConflictPolicy, union_id: str
) -> Dentry | None:
    """Store a file in a folder and return its dentry; None where the name is there already and `policy` is returnError."""
    existing = await _find(call, space_id, parent_id, name)
    if existing is not None and policy == "returnError":
        return None
    if existing is not None and policy == "returnExisting":
        return existing
    number, path = 0, PurePosixPath(name)
    while existing is not None and policy == "autoRename":
        number += 1
        name = f"{path.stem}({number}){path.suffix}"
        existing = await _find(call, space_id, parent_id, name)
    chance = call.sandbox.chance
    dentry = Dentry(
        id=chance.text("dingtalk.dentry", 12, BASE62[:10]) if existing is None else existing.id,
        uuid=chance.text("dingtalk.dentry_uuid", 32) if existing is None else existing.uuid,
        space_id=space_id,
        parent_id=parent_id,
        name=name,
        size=size,
        union_id=union_id,
        created=call.now if existing is None else existing.created,
        modified=call.now,
        version=1 if existing is None else existing.version + 1,
    )
    await call.sandbox.store.put(_DENTRIES, _make_key(call, space_id, parent_id, name), Record(dentry))
    return dentry


async def _find(call: Call, space_id: str, parent_id: str, name: str) -> Dentry | None:
    record = await call.sandbox.store.get(_DENTRIES, _make_key(call, space_id, parent_id, name))
    return record.value if record is not None else None


def _make_key(call: Call, space_id: str, parent_id: str, name: str) -> str:
    return f"{call.owner}/{space_id}/{parent_id}/{name}"
