"""Tokens: issued for a password, an access key or another token, and validated."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fauxlate.engine.exchange.reply import Reply, encode_json
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.huawei import replies
from fauxlate.providers.huawei.access.auth import TOKENS, Grant
from fauxlate.providers.huawei.access.credentials import TOKEN_PREFIX
from fauxlate.providers.huawei.iam import identities
from fauxlate.providers.huawei.iam.projects import REGION, find_project_id

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.huawei.models import iam as models

TOKEN_SECONDS = 24 * 3600


async def create_token(call: Call, parameters: models.KeystoneCreateUserTokenByPassword) -> Reply:
    """Issue a token: 201, and the token in a header."""
    credentials = call.sandbox.credentials["huawei"]
    caller = await identities.identify(call, parameters.auth.identity)
    expires = call.now + TOKEN_SECONDS
    domain: models.Entity = {"id": credentials["domain_id"], "name": credentials["domain"]}
    details: models.Token = {
        "catalog": [],
        "expires_at": _format_time(expires),
        "issued_at": _format_time(call.now),
        "methods": list(parameters.auth.identity.methods),
        "roles": [{"id": "0", "name": "te_admin"}],
        "user": {
            "id": credentials["user_id"],
            "name": caller.name or credentials["user"],
            "domain": domain,
            "password_expires_at": "",
        },
    }
    project = _add_scope(call, details, parameters.auth.scope, is_own=caller.is_own)
    noise = call.sandbox.secrets.text("huawei.Token", 200)
    token = f"{TOKEN_PREFIX}{call.sandbox.tag}{noise}"
    grant = Grant(caller.owner, project, details)
    await call.sandbox.store.put(TOKENS, token, Record(grant, expires))
    body: models.TokenResponse = {"token": details}
    return Reply(201, encode_json(body), {"X-Subject-Token": token, "X-IAM-Trace-Id": replies.new_trace_id(call)})


def _format_time(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _add_scope(call: Call, details: models.Token, scope: models.Scope | None, *, is_own: bool) -> str | None:
    """Add the token's project or domain to its details; a project goes before a domain, the default is the account.

    Returns the id of the project, "" for none. For another user than the sandbox's, who scopes a token to a project by
    its name, nobody knows the id: None, any project.
    """
    domain = details["user"]["domain"]
    if scope is None or scope.project is None:
        if scope is not None and scope.domain is not None:
            own_domain, scope_domain = domain, scope.domain
            domain = {"id": scope_domain.id or own_domain["id"], "name": scope_domain.name or own_domain["name"]}
            if is_own and not {scope_domain.id, scope_domain.name} - {None} <= {own_domain["id"], own_domain["name"]}:
                raise Refusal("403", hint="The scope's domain is not that of the user.")
        details["domain"] = domain
        return ""
    project = scope.project
    name = project.name or REGION
    project_id = project.id or find_project_id(call, name)
    details["project"] = {"id": project_id, "name": name, "domain": domain}
    return project_id if is_own or project.id else None


async def validate_token(call: Call, parameters: models.KeystoneValidateToken) -> Reply:
    """Return the details of the token in X-Subject-Token, to a caller with a token of its own."""
    record = await call.sandbox.store.get(TOKENS, parameters.subject_token)
    if record is None or not record.is_valid(call.now):
        reason = "was never given out here" if record is None else "has expired"
        raise Refusal("404", hint=f"The token in X-Subject-Token {reason}.")
    grant: Grant = record.value
    body: models.TokenResponse = {"token": grant.details}
    headers = {"X-Subject-Token": parameters.subject_token, "X-IAM-Trace-Id": replies.new_trace_id(call)}
    return Reply(200, encode_json(body), headers)
