"""Projects and regions, and the account that they belong to."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from fauxlate.engine.exchange.reply import Reply, encode_json
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.huawei import replies

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.huawei.models import iam as models

REGION = "cn-north-4"
"""The only region of NLP."""
_REGIONS = {"cn-north-1": "华北-北京一", "cn-north-4": "华北-北京四"}
"""The page's example, and the region of NLP; their names in Chinese."""


def find_project_id(call: Call, region: str) -> str:
    """Return the id of a region's project: the sandbox's project for the region of NLP, a derived id for any other."""
    project_id = call.sandbox.credentials["huawei"]["project_id"]
    return project_id if region == REGION else blake2b(f"{project_id} {region}".encode(), digest_size=16).hexdigest()


async def list_projects(call: Call, parameters: models.KeystoneListProjects) -> models.ProjectsResponse:
    """Return the project of a region: exactly one, else the SDKs give up."""
    domain_id, name = call.sandbox.credentials["huawei"]["domain_id"], parameters.name or REGION
    url, project_id = f"{call.base_url}/v3/projects", find_project_id(call, name)
    return {
        "projects": [
            {
                "id": project_id,
                "name": name,
                "domain_id": domain_id,
                "is_domain": False,
                "parent_id": domain_id,
                "description": "",
                "enabled": True,
                "links": {"self": f"{url}/{project_id}", "next": None, "previous": None},
            }
        ],
        "links": {"self": url, "next": None, "previous": None},
    }


async def create_project(call: Call, parameters: models.KeystoneCreateProject) -> Reply:
    """Create a project: 201. The project of a region has the same id before and after, so it can be used.

    The page requires a name that begins with a region and `_`, and the region's project as `parent_id`; the Node SDK
    creates the region's project, by the region's name alone.
    """
    credentials, project = call.sandbox.credentials["huawei"], parameters.project
    region = project.name.partition("_")[0]
    if region not in _REGIONS:
        hint = f"`{project.name[:64]}` begins with no region; there are {', '.join(_REGIONS)}, as in `{REGION}_tests`."
        raise Refusal("400", hint=hint)
    if project.domain_id not in (None, credentials["domain_id"]):
        raise Refusal("403", hint="`domain_id` is not the caller's account.")
    project_id = find_project_id(call, project.name)
    details: models.ProjectDetails = {
        "is_domain": False,
        "description": project.description,
        "links": {"self": f"{call.base_url}/v3/projects/{project_id}"},
        "enabled": True,
        "id": project_id,
        "parent_id": project.parent_id or credentials["domain_id"],
        "domain_id": credentials["domain_id"],
        "name": project.name,
    }
    body: models.ProjectResponse = {"project": details}
    return Reply(201, encode_json(body), {"X-IAM-Trace-Id": replies.new_trace_id(call)})


async def list_regions(call: Call, _: models.KeystoneListRegions) -> models.RegionsResponse:
    """Return every region; the Node SDK asks for them where a region has no project, or several."""
    url = f"{call.base_url}/v3/regions"
    return {
        "regions": [
            {
                "id": region,
                "type": "public",
                "description": "",
                "parent_region_id": None,
                "links": {"self": f"{url}/{region}"},
                "locales": {"zh-cn": name, "en-us": region},
            }
            for region, name in _REGIONS.items()
        ],
        "links": {"self": url, "next": None, "previous": None},
    }


async def list_auth_domains(call: Call, _: models.KeystoneListAuthDomains) -> models.AuthDomainsResponse:
    """Return the account of the caller."""
    credentials, url = call.sandbox.credentials["huawei"], f"{call.base_url}/v3/auth/domains"
    domain: models.AuthDomain = {
        "description": "",
        "enabled": True,
        "id": credentials["domain_id"],
        "links": {"self": f"{call.base_url}/v3/domains/{credentials['domain_id']}"},
        "name": credentials["domain"],
    }
    return {"domains": [domain], "links": {"self": url, "next": None, "previous": None}}
