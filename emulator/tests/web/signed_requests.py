"""Requests of each operation as they are signed, in each family of signatures, and a world that answers them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import formatdate
from urllib.parse import urlencode

from fauxlate.engine.exchange.request import Request
from fauxlate.engine.sandboxes.registry import Sandboxes
from fauxlate.engine.sandboxes.sandbox import Sandbox
from fauxlate.engine.world import World
from fauxlate.library import load_shipped
from fauxlate.providers import alibaba, dingtalk, huawei
from fauxlate.providers.alibaba.access import signing as acs_signing
from fauxlate.providers.dingtalk.files import objects
from fauxlate.providers.huawei.access import signing as sdk_signing
from fauxlate.providers.huawei.access import storage_signing, storage_signing_v4
from fauxlate.serving.composition import PROVIDERS
from fauxlate.stores.memory import MemoryStore
from multidict import CIMultiDict
from tests.web.conftest import EPOCH

from contract_tests.harness.valid_requests import alibaba_requests

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Signed:
    """A request as it was signed."""

    name: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] | None = None
    body: bytes = b""

    def build(self) -> Request:
        query = f"?{urlencode(self.query)}" if self.query else ""
        body = self.body if self.form is None else urlencode(self.form).encode()
        return Request(self.method, f"{self.path}{query}", CIMultiDict(self.headers), body)


def new_world() -> World:
    sandbox = Sandbox("default", PROVIDERS, MemoryStore, lambda: EPOCH, strict=True)
    world = World(
        PROVIDERS,
        Sandboxes(sandbox),
        new_sandbox=lambda *_: sandbox,
        list_shipped=lambda: (),
        find_source=load_shipped,
    )
    world.base_url = "http://127.0.0.1:1"
    return world


WORLD = new_world()
SANDBOX = WORLD.sandboxes.default
UPLOAD = objects.Upload("00000000a.file", "m", "a.csv", "corp", "STS.k", "secret", "token", EPOCH + 900)


def timestamp(pattern: str = "%Y-%m-%dT%H:%M:%SZ") -> str:
    return datetime.fromtimestamp(EPOCH, UTC).strftime(pattern)


def rpc_requests() -> Iterator[Signed]:
    """Give each operation of alimt in RPC style: common parameters in the query, and all of them in the form."""
    credentials = SANDBOX.credentials["alibaba"]
    for name, request in alibaba_requests().items():
        if name.endswith("Result") and "Action" not in request.query:
            continue  # by a link
        form = dict(Request("POST", "/", {}, request.body or b"").form)
        common = {
            **request.query,
            "AccessKeyId": credentials["access_key_id"],
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": "n",
            "Timestamp": timestamp(),
        }
        canonical = acs_signing.build_canonical_query({**common, **form})
        text = acs_signing.build_rpc_string_to_sign(request.method, canonical)
        common["Signature"] = acs_signing.compute_rpc_signature(credentials["access_key_secret"], text)
        headers = (("Content-Type", FORM),)
        signed = Signed(
            name, request.method, "/", tuple(common.items()), headers, tuple(form.items()) if form else None
        )
        yield signed
        if request.method == "POST":
            yield replace(signed, name=f"{name} in the form", query=(), form=(*form.items(), *common.items()))


def acs3_requests() -> Iterator[Signed]:
    """Give each operation of alimt in the ACS3 style."""
    credentials = SANDBOX.credentials["alibaba"]
    for name, request in alibaba_requests().items():
        if "Action" not in request.query:
            continue
        common = ("Action", "Version", "Format", "AccessKeyId")
        query = {key: value for key, value in request.query.items() if key not in common}
        body = request.body or b""
        headers = {
            **({"content-type": FORM} if body else {}),
            "host": "127.0.0.1:1",
            "x-acs-action": name,
            "x-acs-date": timestamp(),
            "x-acs-signature-nonce": "n",
            "x-acs-version": "2018-10-12",
        }
        canonical = acs_signing.build_acs3_canonical_request(
            request.method, "/", query, headers, tuple(headers), acs_signing.compute_sha256(body)
        )
        text = acs_signing.build_acs3_string_to_sign(canonical)
        signature = acs_signing.compute_acs3_signature(credentials["access_key_secret"], text)
        credential = f"Credential={credentials['access_key_id']},SignedHeaders={';'.join(headers)}"
        headers["Authorization"] = f"ACS3-HMAC-SHA256 {credential},Signature={signature}"
        yield Signed(name, request.method, "/", tuple(query.items()), tuple(headers.items()), None, body)


def sdk_requests() -> Iterator[Signed]:
    """Give operations of NLP and IAM, signed as Huawei's SDKs do."""
    credentials = SANDBOX.credentials["huawei"]
    root = f"/v1/{credentials['project_id']}/machine-translation"
    document = b'{"url": "https://b.example/a.docx", "from": "zh", "to": "en", "type": "docx"}'
    rows: tuple[tuple[str, str, str, Mapping[str, str], bytes], ...] = (
        ("RunTextTranslation", "POST", f"{root}/text-translation", {}, b'{"text":"x","from":"zh","to":"en"}'),
        ("RunLanguageDetection", "POST", f"{root}/language-detection", {}, b'{"text":"x"}'),
        ("RunFileTranslation", "POST", f"{root}/file-translation/jobs", {}, document),
        ("RunGetFileTranslationResult", "GET", f"{root}/file-translation/jobs/x", {}, b""),
        ("KeystoneListProjects", "GET", "/v3/projects", {"name": "cn-north-4"}, b""),
        ("KeystoneListProjects of all", "GET", "/v3/projects", {}, b""),
        ("KeystoneCreateProject", "POST", "/v3/projects", {}, b'{"project":{"name":"cn-north-4"}}'),
        ("KeystoneListRegions", "GET", "/v3/regions", {}, b""),
        ("KeystoneListAuthDomains", "GET", "/v3/auth/domains", {}, b""),
        ("KeystoneValidateToken", "GET", "/v3/auth/tokens", {}, b""),
    )
    for name, method, path, query, body in rows:
        date = timestamp("%Y%m%dT%H%M%SZ")
        headers = {"content-type": "application/json", "host": "127.0.0.1:1", "x-sdk-date": date}
        signed = Signed(name, method, path, tuple(query.items()), tuple(headers.items()), None, body)
        canonical = next(sdk_signing.build_canonical_requests(signed.build(), ";".join(headers)))
        signature = sdk_signing.compute_signature(credentials["secret_key"], date, canonical)
        claim = f"Access={credentials['access_key']}, SignedHeaders={';'.join(headers)}, Signature={signature}"
        yield replace(signed, headers=(*signed.headers, ("Authorization", f"SDK-HMAC-SHA256 {claim}")))


STORAGE_ROWS: tuple[tuple[str, str, str, Mapping[str, str], bytes], ...] = (
    ("CreateBucket", "PUT", "/bucket", {}, b""),
    ("HeadBucket", "HEAD", "/bucket", {}, b""),
    ("InitiateMultipartUpload", "POST", "/bucket/key", {"uploads": ""}, b""),
    ("UploadPart", "PUT", "/bucket/key", {"uploadId": "x", "partNumber": "1"}, b"x"),
    ("CompleteMultipartUpload", "POST", "/bucket/key", {"uploadId": "x"}, b"<a/>"),
    ("AbortMultipartUpload", "DELETE", "/bucket/key", {"uploadId": "x"}, b""),
    ("PutObject", "PUT", "/bucket/key", {}, b"x"),
    ("GetObject", "GET", "/bucket/key", {}, b""),
    ("DeleteObject", "DELETE", "/bucket/key", {}, b""),
)


def storage_requests() -> Iterator[Signed]:
    """Give the operations of Huawei's storage, signed in a header and in a link, in both schemes."""
    credentials = SANDBOX.credentials["huawei"]
    key, secret = credentials["access_key"], credentials["secret_key"]
    for name, method, path, query, body in STORAGE_ROWS:
        for scheme, key_name in (("OBS", "AccessKeyId"), ("AWS", "AWSAccessKeyId")):
            dated = Signed(
                name, method, path, tuple(query.items()), (("Date", formatdate(EPOCH, usegmt=True)),), None, body
            )
            claim = storage_signing.Claim(scheme, key, "", None)
            headers = (*dated.headers, ("Authorization", f"{scheme} {key}:x"))
            signature = next(storage_signing.compute_signatures(secret, replace(dated, headers=headers).build(), claim))
            authorization = ("Authorization", f"{scheme} {key}:{signature}")
            yield replace(dated, name=f"{name} {scheme}", headers=(*dated.headers, authorization))
            expires = str(int(EPOCH) + 600)
            link = replace(dated, headers=(), query=(*dated.query, (key_name, key), ("Expires", expires)))
            unsigned = replace(link, query=(*link.query, ("Signature", "x"))).build()
            signature = next(storage_signing.compute_signatures(secret, unsigned, claim._replace(expires=expires)))
            yield replace(link, name=f"{name} link {scheme}", query=(*link.query, ("Signature", signature)))


def storage_v4_requests() -> Iterator[Signed]:
    """Give the operations of Huawei's storage, with signature 4 in a header and in a link."""
    credentials = SANDBOX.credentials["huawei"]
    key, secret = credentials["access_key"], credentials["secret_key"]
    date, scope = timestamp("%Y%m%dT%H%M%SZ"), f"{timestamp('%Y%m%d')}/cn-north-4/s3/aws4_request"
    for name, method, path, query, body in STORAGE_ROWS:
        plain = (("host", "127.0.0.1:1"), ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"), ("x-amz-date", date))
        dated = Signed(f"{name} AWS4", method, path, tuple(query.items()), plain, None, body)
        names = ";".join(name for name, _ in plain)
        parts = storage_signing_v4.Parts(key, scope, date, names, "", None)
        signature = storage_signing_v4.compute_signature(secret, dated.build(), parts)
        claim = f"Credential={key}/{scope}, SignedHeaders={names}, Signature={signature}"
        yield replace(dated, headers=(*plain, ("Authorization", f"AWS4-HMAC-SHA256 {claim}")))
        rows = {"Algorithm": "AWS4-HMAC-SHA256", "Credential": f"{key}/{scope}", "Date": date, "Expires": "600"}
        more = ((f"X-Amz-{key}", value) for key, value in (rows | {"SignedHeaders": "host"}).items())
        link = replace(dated, name=f"{name} link AWS4", headers=plain[:1], query=(*dated.query, *more))
        parts = parts._replace(signed_headers="host", expires="1")
        signature = storage_signing_v4.compute_signature(secret, link.build(), parts)
        yield replace(link, query=(*link.query, ("X-Amz-Signature", signature)))


def object_requests() -> Iterator[Signed]:
    """Give the upload to DingTalk's object store."""
    date = formatdate(EPOCH, usegmt=True)
    authorization = f"OSS {UPLOAD.access_key}:{objects.sign(UPLOAD, 'PUT', {'x-oss-date': date})}"
    headers = (("x-oss-date", date), ("Authorization", authorization))
    yield Signed("PutObject", "PUT", f"/dingtalk-drive/yundisk0/{UPLOAD.key}", (), headers, None, b"x")


FAMILIES = {
    "rpc": (alibaba.PROVIDER, tuple(rpc_requests())),
    "acs3": (alibaba.PROVIDER, tuple(acs3_requests())),
    "sdk": (huawei.PROVIDER, tuple(sdk_requests())),
    "storage": (huawei.PROVIDER, tuple(storage_requests())),
    "storage v4": (huawei.PROVIDER, tuple(storage_v4_requests())),
    "object": (dingtalk.PROVIDER, tuple(object_requests())),
}
