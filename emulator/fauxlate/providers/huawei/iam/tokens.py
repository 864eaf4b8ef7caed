"""IAM, as much as clients of NLP use: a token for a password, what a token is worth, and the project of a region."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

from fauxlate.engine.exchange.reply import Reply, as_json
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.huawei import replies
from fauxlate.providers.huawei.access.auth import TOKEN_PREFIX, TOKENS, Grant

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.huawei import models

TOKEN_SECONDS = 24 * 3600
REGION = "cn-north-4"
"""The only region of NLP."""


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _project_of(call: Call, region: str) -> str:
    """Return the id of a region's project: NLP's is the sandbox's own, others have one of their own."""
    own = call.sandbox.credentials["huawei"]["project_id"]
    return own if region == REGION else blake2b(f"{own} {region}".encode(), digest_size=16).hexdigest()


def _known(call: Call, user: models.User) -> bool:
    """Whether this is the sandbox's user. Raises `Refusal` for its name with another password or account."""
    own, name = call.sandbox.credentials["huawei"], user.name or user.id
    if not name:
        raise Refusal("400", hint="`auth.identity.password.user` names no one: it has neither `name` nor `id`.")
    known = name in (own["user"], own["user_id"])
    account = user.domain is None or {user.domain.name, user.domain.id} <= {own["domain"], own["domain_id"], None}
    wrong = known and not (account and user.password == own["password"])
    if wrong or (not known and call.sandbox.strict):
        raise Refusal("401", hint=f"User {name!r:.80} with this password and domain is not one of `fauxlate env`.")
    return known


async def create_token(call: Call, asked: models.KeystoneCreateUserTokenByPassword) -> Reply:
    """Give a token for a password: 201, and the token in a header."""
    own, user = call.sandbox.credentials["huawei"], asked.auth.identity.password.user
    known = _known(call, user)
    expires = call.now + TOKEN_SECONDS
    domain: models.NamedThing = {"id": own["domain_id"], "name": own["domain"]}
    told: models.Token = {
        "catalog": [],
        "expires_at": _time(expires),
        "issued_at": _time(call.now),
        "methods": list(asked.auth.identity.methods),
        "roles": [{"id": "0", "name": "te_admin"}],
        "user": {"id": own["user_id"], "name": user.name or own["user"], "domain": domain, "password_expires_at": ""},
    }
    good_for = _scoped(call, told, asked.auth.scope, known=known)
    noise = call.sandbox.chance.text("huawei.Token", 200)
    token = f"{TOKEN_PREFIX}{call.sandbox.tag}{noise}"
    grant = Grant(user.name or user.id or "", good_for, told)
    await call.sandbox.store.put(TOKENS, token, Record(grant, expires))
    body: models.TokenResponse = {"token": told}
    return Reply(201, as_json(body), {"X-Subject-Token": token, "X-IAM-Trace-Id": replies.trace(call)})


def _scoped(call: Call, told: models.Token, scope: models.Scope | None, *, known: bool) -> str | None:
    """Say in `told` what the token is for; a project goes before a domain, and no scope is the account's.

    Returns the project it is good for, "" for none. A stranger's project by name is anyone's guess: None, any.
    """
    domain = told["user"]["domain"]
    if scope is None or scope.project is None:
        if scope is not None and scope.domain is not None:
            asked = scope.domain
            domain = {"id": asked.id or domain["id"], "name": asked.name or domain["name"]}
            own = {told["user"]["domain"]["id"], told["user"]["domain"]["name"]}
            if known and not {asked.id, asked.name} - {None} <= own:
                raise Refusal("403", hint="The scope's domain is not that of the user.")
        told["domain"] = domain
        return ""
    project = scope.project
    name = project.name or REGION
    project_id = project.id or _project_of(call, name)
    told["project"] = {"id": project_id, "name": name, "domain": domain}
    return project_id if known or project.id else None


async def validate_token(call: Call, asked: models.KeystoneValidateToken) -> Reply:
    """Tell what the token in X-Subject-Token is worth, to a caller with a token of its own."""
    record = await call.sandbox.store.get(TOKENS, asked.subject_token)
    if record is None or not record.is_valid(call.now):
        why = "was never given out here" if record is None else "has expired"
        raise Refusal("404", hint=f"The token in X-Subject-Token {why}.")
    body: models.TokenResponse = {"token": record.value.told}
    return Reply(200, as_json(body), {"X-Subject-Token": asked.subject_token, "X-IAM-Trace-Id": replies.trace(call)})


async def list_projects(call: Call, asked: models.KeystoneListProjects) -> models.ProjectsResponse:
    """Tell the project of a region: exactly one, else the SDKs give up."""
    own, name = call.sandbox.credentials["huawei"], asked.name or REGION
    at, project_id = f"{call.base_url}/v3/projects", _project_of(call, name)
    return {
        "projects": [
            {
                "id": project_id,
                "name": name,
                "domain_id": own["domain_id"],
                "is_domain": False,
                "parent_id": own["domain_id"],
                "description": "",
                "enabled": True,
                "links": {"self": f"{at}/{project_id}", "next": None, "previous": None},
            }
        ],
        "links": {"self": at, "next": None, "previous": None},
    }


_REGIONS = {"cn-north-1": "华北-北京一", "cn-north-4": "华北-北京四"}
"""The page's example, and the region of NLP."""


async def list_regions(call: Call, _: models.KeystoneListRegions) -> models.RegionsResponse:
    """Tell which regions there are; the Node SDK asks where a region has no project, or several."""
    at = f"{call.base_url}/v3/regions"
    return {
        "regions": [
            {
                "id": region,
                "type": "public",
                "description": "",
                "parent_region_id": None,
                "links": {"self": f"{at}/{region}"},
                "locales": {"zh-cn": name, "en-us": region},
            }
            for region, name in _REGIONS.items()
        ],
        "links": {"self": at, "next": None, "previous": None},
    }


async def list_auth_domains(call: Call, _: models.KeystoneListAuthDomains) -> models.AuthDomainsResponse:
    """Tell the account of the caller."""
    own, at = call.sandbox.credentials["huawei"], f"{call.base_url}/v3/auth/domains"
    domain: models.AuthDomain = {
        "description": "",
        "enabled": True,
        "id": own["domain_id"],
        "links": {"self": f"{call.base_url}/v3/domains/{own['domain_id']}"},
        "name": own["domain"],
    }
    return {"domains": [domain], "links": {"self": at, "next": None, "previous": None}}


async def create_project(call: Call, asked: models.KeystoneCreateProject) -> Reply:
    """Make a project: 201. That of a region has the id that the region's project has anyway, so it can be used.

    The page wants a name that begins with a region and `_`, and the region's project as `parent_id`; the Node SDK
    makes the region's own, by the region's name alone.
    """
    own, project = call.sandbox.credentials["huawei"], asked.project
    region = project.name.partition("_")[0]
    if region not in _REGIONS:
        hint = f"`{project.name[:64]}` begins with no region; there are {', '.join(_REGIONS)}, as in `{REGION}_tests`."
        raise Refusal("400", hint=hint)
    if project.domain_id not in (None, own["domain_id"]):
        raise Refusal("403", hint="`domain_id` is not the caller's account.")
    project_id = _project_of(call, project.name)
    made: models.CreatedProject = {
        "is_domain": False,
        "description": project.description,
        "links": {"self": f"{call.base_url}/v3/projects/{project_id}"},
        "enabled": True,
        "id": project_id,
        "parent_id": project.parent_id or own["domain_id"],
        "domain_id": own["domain_id"],
        "name": project.name,
    }
    body: models.ProjectResponse = {"project": made}
    return Reply(201, as_json(body), {"X-IAM-Trace-Id": replies.trace(call)})
