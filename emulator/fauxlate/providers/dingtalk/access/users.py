"""The users of a corp: who is at the browser, what the corp's directory has of each, and the operation that reads it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from fauxlate.engine.chance import BASE62
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.dingtalk.access.auth import authenticate_user
from fauxlate.providers.dingtalk.access.grants import Grant
from fauxlate.providers.dingtalk.models import users as models
from fauxlate.providers.dingtalk.sources import SDK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fauxlate.content.directory import Directory
    from fauxlate.engine.scenarios.contacts import Person
    from fauxlate.engine.service.call import Call


@dataclass(frozen=True, slots=True)
class User:
    """A user of the corp, by both ids."""

    user_id: str
    union_id: str


def build_directory(call: Call) -> Directory:
    """Return the corp's directory: the contacts that the scenario lists, or people made up from the seed."""
    from fauxlate.content.directory import Directory

    contacts = call.sandbox.scenario.contacts
    seed = call.sandbox.chance.seed
    if contacts is None:
        return Directory(seed)
    users = None if contacts.users is None else {user_id: person.name for user_id, person in contacts.users.items()}
    return Directory(seed, users, contacts.departments, contacts.languages)


def get_current_user(call: Call) -> User:
    """Return the user at the browser: the first that the scenario lists, else the one of `fauxlate env`."""
    credentials = call.sandbox.credentials["dingtalk"]
    for user_id, person in _get_listed_people(call).items():
        return User(user_id, person.union_id or credentials["union_id"])
    return User(credentials["user_id"], credentials["union_id"])


def get_other_user(call: Call) -> User:
    """Return a user who is not the one at the browser."""
    user_ids = list(_get_listed_people(call))
    return get_user_by_id(call, user_ids[1] if len(user_ids) > 1 else "other")


def get_user_by_id(call: Call, user_id: str) -> User:
    """Return the user with this userid; one whom the scenario does not list is made up."""
    current = get_current_user(call)
    if user_id == current.user_id:
        return current
    person = _get_listed_people(call).get(user_id)
    union_id = person.union_id if person is not None else None
    return User(user_id, union_id or derive_text(call, user_id, 22, BASE62) + "iE")


def find_user_by_union_id(call: Call, union_id: str) -> User | None:
    """Return the user with this unionId, None where it is nobody's."""
    listed = (get_user_by_id(call, user_id) for user_id in _get_listed_people(call))
    users = (get_current_user(call), get_other_user(call), *listed)
    return next((user for user in users if user.union_id == union_id), None)


def derive_text(call: Call, label: str, length: int, alphabet: str = BASE62[:10]) -> str:
    """Return `length` characters of `alphabet` that depend on the sandbox and on `label` alone."""
    digest = blake2b(f"{call.sandbox.tag}/{label}".encode("utf-8", "surrogatepass"), digest_size=length).digest()
    return "".join(alphabet[byte % len(alphabet)] for byte in digest)


def _get_listed_people(call: Call) -> Mapping[str, Person]:
    """Return by userid the people that the scenario lists."""
    contacts = call.sandbox.scenario.contacts
    return (contacts.users or {}) if contacts is not None else {}


async def get_user(call: Call, parameters: models.GetUser) -> models.GetUserResponse:
    """Return the user whose token the call carries (`me`), or the one with this unionId."""
    grant = call.caller
    assert isinstance(grant, Grant)
    union_id = grant.union_id if parameters.union_id == "me" else parameters.union_id
    user = find_user_by_union_id(call, union_id)
    if user is None:
        raise Refusal("invalidParameter.user.notFound", hint=f"unionId {union_id!r:.80} is nobody's in this corp.")
    person = _get_listed_people(call).get(user.user_id)
    mobile = (person.mobile if person is not None else None) or "13" + derive_text(call, f"mobile {user.user_id}", 9)
    if grant.client != call.sandbox.credentials["dingtalk"]["app_key"]:
        mobile = f"{mobile[:3]}****{mobile[-4:]}"  # 第三方企业应用无法获取用户完整手机号: 155****3240
    return {
        "nick": build_directory(call)("userName", user.user_id) or user.user_id,
        "avatarUrl": f"https://example.com/avatar/{user.user_id}.png",
        "mobile": mobile,
        "openId": derive_text(call, f"open {grant.client} {user.user_id}", 22, BASE62) + "iE",
        "unionId": user.union_id,
        "email": (person.email if person is not None else None) or f"{user.user_id}@example.com",
        "stateCode": "86",
    }


OPERATIONS = (
    Operation(
        name="GetUser",
        methods=("GET",),
        path="/v1.0/contact/users/{unionId}",
        run=get_user,
        parameters=models.GetUser,
        response=models.GetUserResponse,
        family="contact",
        authenticate=authenticate_user,
        source=f"dingtalk-retrieve-user-information; {SDK}",
    ),
)
