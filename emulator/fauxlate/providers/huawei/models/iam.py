"""IAM: tokens, projects, regions and accounts."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from pydantic import Field

from fauxlate.engine.tables.parameters import Nested, Parameters, body, header, query


class Domain(Nested):
    """An account, by name or id."""

    name: str | None = None
    id: str | None = None


class Project(Nested):
    """A project, by name or id."""

    name: str | None = None
    id: str | None = None
    domain: Domain | None = None


class User(Nested):
    """An IAM user with its password."""

    name: str | None = None
    id: str | None = None
    password: str
    domain: Domain | None = None


class Password(Nested):
    """The password method."""

    user: User


class TokenId(Nested):
    """The token method: a token in place of a password, here or in the header X-Auth-Token."""

    id: str | None = None


class Key(Nested):
    """An access key or a secret key."""

    key: str


class AccessKey(Nested):
    """The hw_ak_sk method: a permanent access key in place of a password."""

    access: Key
    secret: Key


class Passcode(Nested):
    """The user of the totp method, by id, and what its virtual MFA device shows."""

    id: str
    passcode: str


class Totp(Nested):
    """The totp method, which stands beside a password."""

    user: Passcode


class Identity(Nested):
    """The methods by which the caller authenticates, and their values."""

    methods: list[Literal["password", "token", "hw_ak_sk", "totp"]] = Field(min_length=1)
    password: Password | None = None
    token: TokenId | None = None
    hw_ak_sk: AccessKey | None = None
    totp: Totp | None = None


class Scope(Nested):
    """The project or domain that a token is for; a project goes before a domain."""

    project: Project | None = None
    domain: Domain | None = None


class Auth(Nested):
    """`auth` of a request for a token."""

    identity: Identity
    scope: Scope | None = None


class KeystoneCreateUserTokenByPassword(Parameters):
    """Source: IAM API reference, obtaining a user token by password."""

    auth: Auth = body("auth")


class KeystoneListProjects(Parameters):
    """Source: IAM API reference, listing projects; the SDKs send the name of a region."""

    name: str | None = query("name", None)


class NewProject(Nested):
    """`project` of a request for a new one; the SDKs leave out `parent_id`, which the page requires."""

    name: str = Field(min_length=1, max_length=64)
    domain_id: str | None = None
    parent_id: str | None = None
    description: str = Field("", max_length=255)


class KeystoneCreateProject(Parameters):
    """Source: iam_06_0004; @huaweicloud/huaweicloud-sdk-core 3.1.211."""

    project: NewProject = body("project")


class KeystoneListRegions(Parameters):
    """Source: iam_05_0001."""


class KeystoneListAuthDomains(Parameters):
    """Source: IAM API reference, the account of a token."""


class KeystoneValidateToken(Parameters):
    """Source: IAM API reference, verifying a token."""

    subject_token: str = header("x-subject-token")


class Entity(TypedDict):
    """A domain or role as IAM shows it."""

    id: str
    name: str


class DomainEntity(TypedDict):
    """A user or project as IAM shows it, with its domain."""

    id: str
    name: str
    domain: Entity
    password_expires_at: NotRequired[str]


class Token(TypedDict):
    """The details of a token; the token itself is in the header X-Subject-Token."""

    catalog: list[object]
    expires_at: str
    issued_at: str
    methods: list[str]
    roles: list[Entity]
    user: DomainEntity
    project: NotRequired[DomainEntity]
    domain: NotRequired[Entity]


class TokenResponse(TypedDict):
    """Answer of KeystoneCreateUserTokenByPassword and KeystoneValidateToken."""

    token: Token


class PageLinks(TypedDict):
    """Links of a page of a list: to itself and its neighbours."""

    self: str
    next: str | None
    previous: str | None


class ProjectEntry(TypedDict):
    """A project in a list."""

    id: str
    name: str
    domain_id: str
    is_domain: bool
    parent_id: str
    description: str
    enabled: bool
    links: PageLinks


class ProjectsResponse(TypedDict):
    """Answer of KeystoneListProjects."""

    projects: list[ProjectEntry]
    links: PageLinks


class SelfLink(TypedDict):
    """The link of an entry to itself."""

    self: str


class ProjectDetails(TypedDict):
    """A new project."""

    is_domain: bool
    description: str
    links: SelfLink
    enabled: bool
    id: str
    parent_id: str
    domain_id: str
    name: str


class ProjectResponse(TypedDict):
    """Answer of KeystoneCreateProject."""

    project: ProjectDetails


class Region(TypedDict):
    """A region; `locales` has its names by language."""

    id: str
    type: str
    description: str
    parent_region_id: str | None
    links: SelfLink
    locales: dict[str, str]


class RegionsResponse(TypedDict):
    """Answer of KeystoneListRegions."""

    regions: list[Region]
    links: PageLinks


class AuthDomain(TypedDict):
    """An account that the caller belongs to."""

    description: str
    enabled: bool
    id: str
    links: SelfLink
    name: str


class AuthDomainsResponse(TypedDict):
    """Answer of KeystoneListAuthDomains."""

    domains: list[AuthDomain]
    links: PageLinks
