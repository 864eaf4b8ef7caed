"""People: who is at the browser, and what the corp's directory knows of somebody."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from fauxlate.engine.chance import BASE62
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.dingtalk.access.auth import Grant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fauxlate.content.directory import Directory
    from fauxlate.engine.scenarios.contacts import Person
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.dingtalk.models import users as models


@dataclass(frozen=True, slots=True)
class User:
    """Somebody of the corp, under both ids."""

    user_id: str
    union_id: str


def directory(call: Call) -> Directory:
    """Return the corp's contacts: those that the scenario lists, and otherwise people made up from the seed."""
    from fauxlate.content.directory import Directory

    contacts = call.sandbox.scenario.contacts
    seed = call.sandbox.chance.seed
    if contacts is None:
        return Directory(seed)
    users = None if contacts.users is None else {user_id: told.name for user_id, told in contacts.users.items()}
    return Directory(seed, users, contacts.departments, contacts.languages)


def _listed(call: Call) -> Mapping[str, Person]:
    contacts = call.sandbox.scenario.contacts
    return (contacts.users or {}) if contacts is not None else {}


def signed_in(call: Call) -> User:
    """Return the user who is at the browser: the one of `fauxlate env`, or the first that the scenario lists."""
    own = call.sandbox.credentials["dingtalk"]
    for user_id, told in _listed(call).items():
        return User(user_id, told.union_id or own["union_id"])
    return User(own["user_id"], own["union_id"])


def other(call: Call) -> User:
    """Return a user who is not the one at the browser."""
    listed = list(_listed(call))
    return of_id(call, listed[1] if len(listed) > 1 else "other")


def of_id(call: Call, user_id: str) -> User:
    """Return the user with this userid."""
    first = signed_in(call)
    if user_id == first.user_id:
        return first
    told = _listed(call).get(user_id)
    given = told.union_id if told is not None else None
    return User(user_id, given or made_up(call, user_id, 22, BASE62) + "iE")


def of_union_id(call: Call, union_id: str) -> User | None:
    """Return the user with this unionId, None where it is nobody's."""
    known = (signed_in(call), other(call), *(of_id(call, user_id) for user_id in _listed(call)))
    return next((user for user in known if user.union_id == union_id), None)


def made_up(call: Call, what: str, length: int, alphabet: str = BASE62[:10]) -> str:
    """Return characters that depend on the sandbox and on `what` alone."""
    drawn = blake2b(f"{call.sandbox.tag}/{what}".encode("utf-8", "surrogatepass"), digest_size=length).digest()
    return "".join(alphabet[byte % len(alphabet)] for byte in drawn)


async def get_user(call: Call, asked: models.GetUser) -> models.GetUserResponse:
    """Tell of the user whose token it is (`me`), or of one by unionId."""
    grant = call.caller
    assert isinstance(grant, Grant)
    union_id = grant.union_id if asked.union_id == "me" else asked.union_id
    user = of_union_id(call, union_id)
    if user is None:
        raise Refusal("invalidParameter.user.notFound", hint=f"unionId {union_id!r:.80} is nobody's in this corp.")
    told = _listed(call).get(user.user_id)
    mobile = (told.mobile if told is not None else None) or "13" + made_up(call, f"mobile {user.user_id}", 9)
    if grant.client != call.sandbox.credentials["dingtalk"]["app_key"]:
        mobile = f"{mobile[:3]}****{mobile[-4:]}"  # 第三方企业应用无法获取用户完整手机号: 155****3240
    return {
        "nick": directory(call)("userName", user.user_id) or user.user_id,
        "avatarUrl": f"https://example.com/avatar/{user.user_id}.png",
        "mobile": mobile,
        "openId": made_up(call, f"open {grant.client} {user.user_id}", 22, BASE62) + "iE",
        "unionId": user.union_id,
        "email": (told.email if told is not None else None) or f"{user.user_id}@example.com",
        "stateCode": "86",
    }
