"""IAM, as much as clients of NLP use: a token for a password, and the project behind a region."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from emulator.engine.errors import Refusal
from emulator.engine.reply import Reply, as_json
from emulator.engine.store import Record
from emulator.providers.huawei.auth import TOKEN_PREFIX, TOKENS

if TYPE_CHECKING:
    from emulator.engine.call import Call
    from emulator.providers.huawei import models

TOKEN_SECONDS = 24 * 3600
REGION = "cn-north-4"
"""The only region of NLP."""


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def create_token(call: Call, asked: models.KeystoneCreateUserTokenByPassword) -> Reply:
    """Give a token for a password: 201, and the token in a header."""
    own, user = call.sandbox.credentials["huawei"], asked.auth.identity.password.user
    name = user.name or user.id
    if not name:
        raise Refusal("400", hint="`auth.identity.password.user` names no one: it has neither `name` nor `id`.")
    known = name in (own["user"], own["user_id"])
    if (known and user.password != own["password"]) or (not known and call.sandbox.strict):
        raise Refusal("401", hint=f"User {name!r:.80} with this password is not one of `fauxlate env`.")
    noise = call.sandbox.chance.text("huawei.Token", 200)
    token = f"{TOKEN_PREFIX}{call.sandbox.tag}{noise}"
    expires = call.now + TOKEN_SECONDS
    scope = asked.auth.scope
    domain: models.NamedThing = {"id": own["domain_id"], "name": own["domain"]}
    told: models.Token = {
        "catalog": [],
        "expires_at": _time(expires),
        "issued_at": _time(call.now),
        "methods": list(asked.auth.identity.methods),
        "roles": [{"id": "0", "name": "te_admin"}],
        "user": {"id": own["user_id"], "name": name, "domain": domain, "password_expires_at": ""},
    }
    if scope is not None and scope.project is not None:
        project = scope.project
        told["project"] = {"id": project.id or own["project_id"], "name": project.name or REGION, "domain": domain}
    else:
        told["domain"] = domain
    await call.sandbox.store.put(TOKENS, token, Record(name, expires))
    body: models.TokenResponse = {"token": told}
    trace = call.sandbox.chance.text("huawei.TraceId", 32)
    return Reply(201, as_json(body), {"X-Subject-Token": token, "X-IAM-Trace-Id": f"token_{trace}"})


async def list_projects(call: Call, asked: models.KeystoneListProjects) -> models.ProjectsResponse:
    """Tell the project of a region: exactly one, else the SDKs give up."""
    own = call.sandbox.credentials["huawei"]
    at = f"{call.base_url}/v3/projects"
    return {
        "projects": [
            {
                "id": own["project_id"],
                "name": asked.name or REGION,
                "domain_id": own["domain_id"],
                "is_domain": False,
                "parent_id": own["domain_id"],
                "description": "",
                "enabled": True,
                "links": {"self": f"{at}/{own['project_id']}", "next": None, "previous": None},
            }
        ],
        "links": {"self": at, "next": None, "previous": None},
    }
