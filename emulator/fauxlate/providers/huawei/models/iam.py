"""What Huawei's operations are asked and what they answer, field by field."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from fauxlate.engine.tables.parameters import Parameters, body, header, path, query

TargetLanguage = Literal["ar", "de", "ru", "fr", "ko", "pt", "ja", "th", "tr", "es", "en", "vi", "zh", "zh-tw"]
"""Source: nlp_03_0024; `zh-tw` is in the SDK's list alone (huaweicloudsdknlp 3.1.219)."""
SourceLanguage = Literal[TargetLanguage, "auto"]


class RunTextTranslation(Parameters):
    """Source: nlp_03_0024. The length of the text is the operation's to judge."""

    project_id: str = path("project_id")
    text: str = body("text")
    source: SourceLanguage = body("from")
    target: TargetLanguage = body("to")
    scene: Literal["common"] | None = body("scene", None)


class RunLanguageDetection(Parameters):
    """Source: language detection's page; huaweicloudsdknlp 3.1.219."""

    project_id: str = path("project_id")
    text: str = body("text")


def _splits(url: str) -> str:
    """Return a URL that can be taken apart. Raises `ValueError` for one like `http://[`."""
    urlsplit(url)
    return url


class RunFileTranslation(Parameters):
    """Source: nlp_03_0073. All four fields of the body are required; only zh to en and en to zh."""

    project_id: str = path("project_id")
    url: Annotated[str, Field(pattern=r"^https?://[^/]+/.+"), AfterValidator(_splits)] = body("url")
    source: Literal["zh", "en"] = body("from")
    target: Literal["zh", "en"] = body("to")
    type: Literal["docx", "pptx", "txt"] = body("type")


class RunGetFileTranslationResult(Parameters):
    """Source: seed 003."""

    project_id: str = path("project_id")
    job_id: str = path("job_id")


class _Nested(BaseModel):
    model_config = ConfigDict(defer_build=True, strict=True, extra="ignore")


class Domain(_Nested):
    """An account, by name or id."""

    name: str | None = None
    id: str | None = None


class Project(_Nested):
    """A project, by name or id."""

    name: str | None = None
    id: str | None = None
    domain: Domain | None = None


class User(_Nested):
    """An IAM user with its password."""

    name: str | None = None
    id: str | None = None
    password: str
    domain: Domain | None = None


class Password(_Nested):
    """The password method."""

    user: User


class Identity(_Nested):
    """How the caller proves who it is."""

    methods: list[Literal["password"]] = Field(min_length=1)
    password: Password


class Scope(_Nested):
    """What the token is for; a project goes before a domain."""

    project: Project | None = None
    domain: Domain | None = None


class Auth(_Nested):
    """`auth` of a request for a token."""

    identity: Identity
    scope: Scope | None = None


class KeystoneCreateUserTokenByPassword(Parameters):
    """Source: IAM API reference, obtaining a user token by password."""

    auth: Auth = body("auth")


class KeystoneListProjects(Parameters):
    """Source: IAM API reference, listing projects; the SDKs ask with the name of a region."""

    name: str | None = query("name", None)


class NewProject(_Nested):
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


class CreateBucket(Parameters):
    """A bucket by its path; its location and class, in the body, are not looked at."""

    bucket: str = path("bucket")


class HeadBucket(CreateBucket):
    """A bucket by its path."""


class PutObject(Parameters):
    """An object by its path: `/{bucket}/{key}`, the key all the rest."""

    bucket: str = path("bucket")
    key: str = path("key")


class InitiateMultipartUpload(PutObject):
    """An object by its path, and `uploads` in the query."""


class CompleteMultipartUpload(PutObject):
    """An upload by its object and its id; the body lists its parts."""

    upload_id: str = query("uploadId", min_length=1)


class AbortMultipartUpload(CompleteMultipartUpload):
    """An upload by its object and its id."""


class UploadPart(CompleteMultipartUpload):
    """A part of an upload, by its number from 1 to 10000."""

    part_number: str = query("partNumber", min_length=1)


class DeleteObject(PutObject):
    """An object by its path."""


class GetObject(PutObject):
    """An object by its path, or a temporary link to it: with a signature in the query."""

    access_key_id: str | None = query("AccessKeyId", None)
    expires: str | None = query("Expires", None)
    signature: str | None = query("Signature", None)


RunTextTranslationResponse = TypedDict(
    "RunTextTranslationResponse", {"src_text": str, "translated_text": str, "from": str, "to": str}
)
"""Answer of RunTextTranslation."""


class RunLanguageDetectionResponse(TypedDict):
    """Answer of RunLanguageDetection."""

    detected_language: str


class RunFileTranslationResponse(TypedDict):
    """Answer of RunFileTranslation."""

    job_id: str


class RunGetFileTranslationResultResponse(TypedDict):
    """Answer of the query: `url` once FINISHED, the error once ERROR."""

    status: str
    url: NotRequired[str]
    error_code: NotRequired[str]
    error_msg: NotRequired[str]


class NamedThing(TypedDict):
    """A domain or role as IAM shows one."""

    id: str
    name: str


class Owned(TypedDict):
    """A user or project as IAM shows one, with its domain."""

    id: str
    name: str
    domain: NamedThing
    password_expires_at: NotRequired[str]


class Token(TypedDict):
    """What a token says of itself; the token is in the header X-Subject-Token."""

    catalog: list[object]
    expires_at: str
    issued_at: str
    methods: list[str]
    roles: list[NamedThing]
    user: Owned
    project: NotRequired[Owned]
    domain: NotRequired[NamedThing]


class TokenResponse(TypedDict):
    """Answer of KeystoneCreateUserTokenByPassword and KeystoneValidateToken."""

    token: Token


class Links(TypedDict):
    """Links of a page of a list."""

    self: str
    next: str | None
    previous: str | None


class ProjectEntry(TypedDict):
    """A project in the list."""

    id: str
    name: str
    domain_id: str
    is_domain: bool
    parent_id: str
    description: str
    enabled: bool
    links: Links


class SelfLink(TypedDict):
    """The link of one thing to itself."""

    self: str


class CreatedProject(TypedDict):
    """A project that was made."""

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

    project: CreatedProject


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
    links: Links


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
    links: Links


class ProjectsResponse(TypedDict):
    """Answer of KeystoneListProjects."""

    projects: list[ProjectEntry]
    links: Links
