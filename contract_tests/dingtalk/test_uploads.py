"""Uploads: in a single step, in chunks, as media, and by the three generations of upload information."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from alibabacloud_dingtalk.drive_1_0 import client as drive
from alibabacloud_dingtalk.drive_1_0 import models as drive_models
from alibabacloud_dingtalk.storage_1_0 import client as storage1
from alibabacloud_dingtalk.storage_1_0 import models as storage1_models
from alibabacloud_dingtalk.storage_2_0 import client as storage2
from alibabacloud_dingtalk.storage_2_0 import models as storage2_models
from alibabacloud_tea_openapi.models import Config
from alibabacloud_tea_util.models import RuntimeOptions

from contract_tests.clients.dingtalk.plain import DingTalkClient
from contract_tests.harness.target import Target

pytestmark = pytest.mark.documented("the page of the upload, named in the catalog as the source of its operation")

KB = 1024
OPTIONS = RuntimeOptions()
SPACE = "/v1.0/storage/spaces/1/files"
FOLDER = "/v2.0/storage/spaces/files/root"
DRIVE = "/v1.0/drive/spaces/1/files"
LIST = b"$userName=u1$"


def accepted(wire: DingTalkClient, token: str, media_id: str, name: str = "staff.csv") -> bool:
    """Whether TranslateFile takes an id for a file of that name."""
    status, said = wire.translate(token, {media_id: name})
    assert status == 200 or said["code"] == "param.invalid"
    return status == 200


# Legacy


@pytest.mark.parametrize("part", ["file", "media"])
def test_a_single_step_gives_a_media_id(wire: DingTalkClient, token: str, part: str) -> None:
    said = wire.upload(token, part=part)
    assert (said["errcode"], said["errmsg"]) == (0, "ok")
    assert said["media_id"].startswith("#iAEH")
    assert accepted(wire, token, said["media_id"])


def test_what_is_wrong_with_a_single_step_is_told(wire: DingTalkClient, token: str) -> None:
    assert wire.upload(token, data=b"")["errcode"] == 44001
    assert wire.upload(token, data=b"x" * (8 * KB * KB))["errcode"] == 0
    assert wire.upload(token, data=b"x" * (8 * KB * KB + 1))["errcode"] == 45001
    path, query = "/file/upload/single", {"access_token": token}
    assert wire.legacy("POST", path, params=query, files={"other": (None, b"x")})["errcode"] == 41005
    assert wire.legacy("POST", path, params=query, json={})["errcode"] == 43008
    wrong = {**query, "file_size": "2"}
    assert wire.legacy("POST", path, params=wrong, files={"file": ("a.csv", b"x")})["errcode"] == 40006


class Chunks:
    """An upload in chunks."""

    def __init__(self, wire: DingTalkClient, token: str, size: int, number: int) -> None:
        self.wire, self.asked = wire, {"access_token": token, "agent_id": "1"}
        self.whole = {**self.asked, "file_size": str(size), "chunk_numbers": str(number)}
        self.began = wire.legacy("GET", "/file/upload/transaction", params=self.whole)
        self.id = self.began.get("upload_id", "")

    def send(self, sequence: int, data: bytes) -> int:
        asked = {**self.asked, "upload_id": self.id, "chunk_sequence": str(sequence)}
        files = {"file": ("staff.csv", data)}
        return int(self.wire.legacy("POST", "/file/upload/chunk", params=asked, files=files)["errcode"])

    def submit(self, **other: str) -> Any:
        asked = {**self.whole, "upload_id": self.id, **other}
        return self.wire.legacy("GET", "/file/upload/transaction", params=asked)


def test_chunks_make_one_file_in_whatever_order_they_come(wire: DingTalkClient, token: str) -> None:
    data = b"$userName=u1$\n" * (20 * KB)
    half = len(data) // 2 + 1
    chunks = Chunks(wire, token, len(data), 2)
    assert chunks.began.keys() == {"errcode", "errmsg", "upload_id"}
    assert chunks.send(2, data[half:]) == chunks.send(1, b"x" * half) == chunks.send(1, data[:half]) == 0
    said = chunks.submit()
    assert said["media_id"].startswith("#iAEH")
    assert accepted(wire, token, said["media_id"])
    assert not accepted(wire, token, said["media_id"], "other.csv")
    assert chunks.submit()["errcode"] == 40035  # it is submitted


def test_what_is_wrong_with_chunks_is_told(wire: DingTalkClient, token: str) -> None:
    for size, number in ((0, 1), (8 * KB * KB + 1, 1), (100 * KB, 2)):
        assert Chunks(wire, token, size, number).began["errcode"] == 40006
    for number in (0, 10_001):
        assert Chunks(wire, token, 10_001 * 200 * KB, number).began["errcode"] == 40035
    chunks = Chunks(wire, token, 300 * KB, 2)
    assert chunks.send(3, b"x") == chunks.send(0, b"x") == 40035
    assert Chunks(wire, token, 100 * KB + 1, 2).began["errcode"] == 0
    assert chunks.send(1, b"x" * 100 * KB) == 40006
    assert chunks.send(1, b"x" * (100 * KB + 1)) == 0
    assert chunks.send(1, b"") == 44001
    assert chunks.send(1, b"x" * (8 * KB * KB + 1)) == 45001
    assert chunks.send(1, b"x" * 200 * KB) == 0
    assert chunks.submit()["errcode"] == 41005  # the second is missing
    assert chunks.send(2, b"x" * 99 * KB) == 0
    assert chunks.submit()["errcode"] == 40006  # it is not the size that was announced
    assert chunks.send(2, b"x" * 100 * KB) == 0
    assert chunks.submit(chunk_numbers="3")["errcode"] == 40006
    assert chunks.submit()["errcode"] == 0


def test_a_transaction_is_deleted_after_a_day(box: Target, wire: DingTalkClient, token: str) -> None:
    chunks = Chunks(wire, token, 1, 1)
    assert chunks.send(1, b"x") == 0
    box.advance("24h")
    late = Chunks(wire, wire.corp_token(), 1, 1)
    late.id = chunks.id
    assert late.send(1, b"x") == late.submit()["errcode"] == 40035


def test_a_transaction_belongs_to_the_corp_that_began_it(emulator: Target) -> None:
    wire = DingTalkClient(emulator.credentials("dingtalk"))
    mine = Chunks(wire, wire.corp_token(), 1, 1)
    other = Chunks(wire, wire.other_corp_token(), 1, 1)
    other.id = mine.id
    assert other.send(1, b"x") == other.submit()["errcode"] == 40035
    assert mine.send(1, b"x") == mine.submit()["errcode"] == 0


@pytest.mark.parametrize(
    ("kind", "name", "size", "code"),
    [
        ("file", "a.xlsx", 1, 0),
        ("file", "a.csv", 1, 40005),
        ("file", "a.txt", 1, 40005),
        ("file", "a.xlsx", 20 * KB * KB + 1, 45001),
        ("image", "a.png", 20 * KB * KB, 0),
        ("image", "a.xlsx", 1, 40005),
        ("voice", "a.amr", 2 * KB * KB, 0),
        ("voice", "a.mp3", 2 * KB * KB + 1, 45001),
        ("video", "a.mp4", 1, 0),
        ("video", "a.avi", 1, 40005),
        ("document", "a.xlsx", 1, 40004),
        ("", "a.xlsx", 1, 40004),
        ("file", "a.xlsx", 0, 44001),
    ],
)
def test_a_media_file_has_a_type_with_its_extensions_and_size(
    wire: DingTalkClient, token: str, kind: str, name: str, size: int, code: int
) -> None:
    files = {"media": (name, b"x" * size)}
    said = wire.legacy("POST", "/media/upload", params={"access_token": token}, data={"type": kind}, files=files)
    assert said["errcode"] == code
    if code == 0:
        assert said["media_id"].startswith("$iAEK")
        assert (said["type"], len(str(said["created_at"]))) == (kind, 13)


def test_a_media_file_may_have_its_token_in_the_form_and_its_type_in_the_query(
    wire: DingTalkClient, token: str
) -> None:
    data, files = {"access_token": token, "type": "file"}, {"media": ("a.xlsx", b"x")}
    assert wire.legacy("POST", "/media/upload", data=data, files=files)["errcode"] == 0
    query = {"access_token": token, "type": "file"}
    assert wire.legacy("POST", "/media/upload", params=query, files=files)["errcode"] == 0


# Upload information


def put(wire: DingTalkClient, url: str, headers: dict[str, str], data: bytes = LIST) -> tuple[int, str | None]:
    """Put a file as the pages do; return HTTP status and the store's code."""
    answer = wire.send("PUT", urlsplit(url).path, data=data, headers=headers)
    assert len(answer.headers["x-oss-request-id"]) == 24
    if not answer.content:
        return answer.status_code, None
    assert answer.headers["Content-Type"] == "application/xml"
    return answer.status_code, ElementTree.fromstring(answer.content).findtext("Code")


def info(wire: DingTalkClient, token: str, path: str = FOLDER, **more: Any) -> Any:
    body = {"protocol": "HEADER_SIGNATURE", **more}
    return wire.api("POST", f"{path}/uploadInfos/query", body, token, unionId="u")[1]


def commit(
    wire: DingTalkClient, token: str, key: str, name: str = "staff.csv", path: str = FOLDER, **option: Any
) -> Any:
    body = {"uploadKey": key, "name": name, "option": option, **({"parentId": "0"} if path == SPACE else {})}
    return wire.api("POST", f"{path}/commit", body, token, unionId="u")


def uploaded(wire: DingTalkClient, token: str, path: str = FOLDER, data: bytes = LIST) -> str:
    """Upload a file; return its upload key."""
    said = info(wire, token, path)
    signed = said["headerSignatureInfo"]
    assert put(wire, signed["resourceUrls"][0], signed["headers"], data) == (200, None)
    return str(said["uploadKey"])


def drive_info(wire: DingTalkClient, token: str, **more: str) -> tuple[int, Any]:
    asked = {"unionId": "u", "fileName": "staff.csv", "fileSize": str(len(LIST)), "md5": "m", **more}
    return wire.api("GET", f"{DRIVE}/0/uploadInfos", None, token, **asked)


@pytest.mark.assumed("no page says which of its ids medias takes: the media id of drive 1.0 is the only one so called")
def test_a_file_is_known_by_its_media_id_once_it_has_been_put(wire: DingTalkClient, token: str) -> None:
    _, said = drive_info(wire, token)
    signed = said["headerSignatureUploadInfo"]
    assert signed["mediaId"] == said["stsUploadInfo"]["mediaId"]
    assert signed["mediaId"].startswith("yundisk0/")
    assert signed["mediaId"].endswith(".file")
    assert not accepted(wire, token, signed["mediaId"])
    assert put(wire, signed["resourceUrl"], signed["headers"]) == (200, None)
    assert accepted(wire, token, signed["mediaId"])
    assert not accepted(wire, token, signed["mediaId"], "other.csv")


@pytest.mark.assumed("no page says which of its ids medias takes")
@pytest.mark.parametrize("path", [SPACE, FOLDER], ids=["storage 1.0", "storage 2.0"])
def test_a_file_is_known_by_upload_key_dentry_id_and_dentry_uuid(wire: DingTalkClient, token: str, path: str) -> None:
    key = uploaded(wire, token, path)
    assert accepted(wire, token, key, "anything.csv")  # nobody has named it yet
    status, said = commit(wire, token, key, path=path)
    assert status == 200
    for known in (key, said["dentry"]["id"], said["dentry"]["uuid"]):
        assert accepted(wire, token, known)
        assert not accepted(wire, token, known, "other.csv")


@pytest.mark.sdk("alibabacloud_dingtalk 2.2.65")
def test_each_generation_is_spoken_by_the_sdk(wire: DingTalkClient, token: str) -> None:
    config = Config(endpoint=wire.told["endpoint"], protocol="http", region_id="central")
    told = drive.Client(config).get_upload_info_with_options(
        "1",
        "0",
        drive_models.GetUploadInfoRequest(
            union_id="u",
            file_name="员 工.csv",
            file_size=3,
            md_5="m",
            add_conflict_policy="autoRename",
            with_region=True,
            with_internal_end_point=True,
        ),
        drive_models.GetUploadInfoHeaders(x_acs_dingtalk_access_token=token),
        OPTIONS,
    )
    sts, header = told.body.sts_upload_info, told.body.header_signature_upload_info
    assert (told.body.region, sts.access_token_expiration_millis, header.expiration_seconds) == (
        "ZHANGJIAKOU",
        900_000,
        900,
    )
    assert sts.internal_end_point
    assert put(wire, header.resource_url, header.headers) == (200, None)
    file = drive.Client(config).add_file_with_options(
        "1",
        drive_models.AddFileRequest(
            parent_id="0", file_type="file", file_name="员 工.csv", media_id=header.media_id, union_id="u"
        ),
        drive_models.AddFileHeaders(x_acs_dingtalk_access_token=token),
        OPTIONS,
    )
    assert (file.body.file_name, file.body.file_size, file.body.file_type) == ("员 工.csv", len(LIST), "file")
    assert accepted(wire, token, file.body.file_id, "员 工.csv")
    older = storage1.Client(config)
    asked = storage1_models.GetFileUploadInfoRequest(protocol="HEADER_SIGNATURE", multipart=False, union_id="u")
    reply = older.get_file_upload_info_with_options(
        "1", asked, storage1_models.GetFileUploadInfoHeaders(x_acs_dingtalk_access_token=token), OPTIONS
    ).body
    assert (reply.storage_driver, reply.protocol) == ("DINGTALK", "HEADER_SIGNATURE")
    assert put(wire, reply.header_signature_info.resource_urls[0], reply.header_signature_info.headers)[0] == 200
    done = older.commit_file_with_options(
        "1",
        storage1_models.CommitFileRequest(union_id="u", upload_key=reply.upload_key, name="a.csv", parent_id="0"),
        storage1_models.CommitFileHeaders(x_acs_dingtalk_access_token=token),
        OPTIONS,
    )
    assert (done.body.dentry.name, done.body.dentry.type, done.body.dentry.extension) == ("a.csv", "FILE", "csv")
    newer = storage2.Client(config)
    reply2 = newer.get_file_upload_info_with_options(
        "root",
        storage2_models.GetFileUploadInfoRequest(protocol="HEADER_SIGNATURE", union_id="u"),
        storage2_models.GetFileUploadInfoHeaders(x_acs_dingtalk_access_token=token),
        OPTIONS,
    ).body
    assert put(wire, reply2.header_signature_info.resource_urls[0], reply2.header_signature_info.headers)[0] == 200
    done2 = newer.commit_file_with_options(
        "root",
        storage2_models.CommitFileRequest(union_id="u", upload_key=reply2.upload_key, name="a.csv"),
        storage2_models.CommitFileHeaders(x_acs_dingtalk_access_token=token),
        OPTIONS,
    )
    assert accepted(wire, token, done2.body.dentry.uuid, "a.csv")


def test_a_put_carries_the_signed_headers_and_no_others(wire: DingTalkClient, token: str) -> None:
    signed = info(wire, token)["headerSignatureInfo"]
    url, headers = signed["resourceUrls"][0], signed["headers"]
    assert headers.keys() == {"Authorization", "x-oss-date"}
    assert signed["expirationSeconds"] == 900
    assert put(wire, url, {**headers, "Content-Type": "text/csv"}) == (403, "SignatureDoesNotMatch")
    assert put(wire, url, {**headers, "x-oss-meta-a": "b"}) == (403, "SignatureDoesNotMatch")
    assert put(wire, url.replace(".file", "x.file"), headers) == (403, "AccessDenied")
    other = info(wire, token)["headerSignatureInfo"]["resourceUrls"][0]
    assert put(wire, other, headers) == (403, "InvalidAccessKeyId")
    assert put(wire, url, {}) == (403, "AccessDenied")
    assert wire.send("GET", urlsplit(url).path).status_code == 405
    assert put(wire, url, headers) == (200, None)


def test_upload_information_is_good_for_a_quarter_of_an_hour_and_can_be_renewed(
    box: Target, wire: DingTalkClient, token: str
) -> None:
    _, first = drive_info(wire, token)
    signed, media_id = first["headerSignatureUploadInfo"], first["stsUploadInfo"]["mediaId"]
    box.advance(899)
    assert put(wire, signed["resourceUrl"], signed["headers"])[0] == 200
    box.advance(1)
    assert put(wire, signed["resourceUrl"], signed["headers"]) == (403, "RequestTimeTooSkewed")
    _, again = drive_info(wire, token, mediaId=media_id)
    assert again["stsUploadInfo"]["mediaId"] == media_id
    renewed = again["headerSignatureUploadInfo"]
    assert put(wire, renewed["resourceUrl"], renewed["headers"])[0] == 200
    status, said = drive_info(wire, token, mediaId="yundisk0/nothing.file")
    assert (status, said["code"]) == (404, "object.not.exist")


@pytest.mark.assumed("stsUploadInfo has what an OSS SDK signs with; OSS's own documents say how")
def test_an_oss_client_signs_with_the_security_token(box: Target, wire: DingTalkClient, token: str) -> None:
    import hmac
    from email.utils import formatdate

    _, said = drive_info(wire, token)
    sts = said["stsUploadInfo"]
    epoch = box.call_admin("GET", f"sandboxes/{box.sandbox_id}/clock")["epoch"]
    path, date = f"/{sts['bucket']}/{sts['mediaId']}", formatdate(epoch, usegmt=True)
    md5 = b64encode(hashlib.md5(LIST, usedforsecurity=False).digest()).decode()

    def signed(security_token: str) -> dict[str, str]:
        text = f"PUT\n{md5}\ntext/csv\n{date}\nx-oss-security-token:{security_token}\n{path}"
        key = b64encode(hmac.digest(sts["accessKeySecret"].encode(), text.encode(), "sha1")).decode()
        return {
            "Authorization": f"OSS {sts['accessKeyId']}:{key}",
            "Content-Type": "text/csv",
            "Content-MD5": md5,
            "Date": date,
            "x-oss-security-token": security_token,
        }

    url = sts["endPoint"] + path
    assert put(wire, url, signed("another")) == (403, "InvalidSecurityToken")
    assert put(wire, url, signed(sts["accessToken"]), b"other") == (400, "InvalidDigest")
    assert put(wire, url, signed(sts["accessToken"])) == (200, None)
    box.advance(900)
    assert put(wire, url, signed(sts["accessToken"])) == (403, "SecurityTokenExpired")


def test_a_dentry_is_told_as_its_page_has_it(wire: DingTalkClient, token: str) -> None:
    dentry = commit(wire, token, uploaded(wire, token), " 员工.xlsx ")[1]["dentry"]
    assert dentry["name"] == "员工.xlsx"  # 头尾不能包含空格，否则会自动去除
    assert (dentry["size"], dentry["extension"], dentry["version"]) == (len(LIST), "xlsx", 1)
    assert (dentry["status"], dentry["type"], dentry["category"]) == ("NORMAL", "FILE", "DOCUMENT")
    assert (dentry["creatorId"], dentry["parentId"], dentry["path"]) == ("u", "root", "/员工.xlsx")
    assert dentry["createTime"].endswith("Z")


def test_a_name_that_is_there_already_is_handled_as_asked(wire: DingTalkClient, token: str) -> None:
    first = commit(wire, token, uploaded(wire, token), "a.csv")[1]["dentry"]
    renamed = commit(wire, token, uploaded(wire, token), "a.csv")[1]["dentry"]
    assert (renamed["name"], renamed["id"] == first["id"]) == ("a(1).csv", False)
    same = commit(wire, token, uploaded(wire, token), "a.csv", conflictStrategy="RETURN_DENTRY_IF_EXISTS")[1]["dentry"]
    assert same == first
    over = commit(wire, token, uploaded(wire, token), "a.csv", conflictStrategy="OVERWRITE")[1]["dentry"]
    assert (over["id"], over["version"]) == (first["id"], 2)
    status, said = commit(wire, token, uploaded(wire, token), "a.csv", conflictStrategy="RETURN_ERROR_IF_EXISTS")
    assert (status, said["code"]) == (400, "dentryNameConflict")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "a*.csv"}, "dentryNameIllegal"),
        ({"name": 'a".csv'}, "dentryNameIllegal"),
        ({"name": "a.csv."}, "dentryNameIllegal"),
        ({"name": "a\t.csv"}, "dentryNameIllegal"),
        ({"size": len(LIST) + 1}, "paramError"),
        ({"conflictStrategy": "SOMEHOW"}, "paramError.conflictStrategy"),
        ({"key": "never given"}, "paramError.uploadKey"),
    ],
)
def test_what_is_wrong_with_a_commit_is_told(
    wire: DingTalkClient, token: str, change: dict[str, Any], code: str
) -> None:
    key = change.pop("key", None) or uploaded(wire, token)
    status, said = commit(wire, token, key, change.pop("name", "a.csv"), **change)
    assert (status, said["code"]) == (400, code)
    assert said["message"] not in ("", "%s")


def test_a_commit_wants_the_file_to_have_been_put(wire: DingTalkClient, token: str) -> None:
    assert commit(wire, token, info(wire, token)["uploadKey"])[1]["code"] == "paramError.uploadKey"


def test_a_file_belongs_to_the_corp_that_asked_where_to_put_it(emulator: Target) -> None:
    wire = DingTalkClient(emulator.credentials("dingtalk"))
    token, elsewhere = wire.corp_token(), wire.other_corp_token()
    key = uploaded(wire, token)
    assert commit(wire, elsewhere, key)[1]["code"] == "paramError.uploadKey"
    assert not accepted(wire, elsewhere, key)
    assert commit(wire, token, key)[0] == 200
    _, said = drive_info(wire, token)
    status, said = drive_info(wire, elsewhere, mediaId=said["stsUploadInfo"]["mediaId"])
    assert (status, said["code"]) == (404, "object.not.exist")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"protocol": "MULTIPART"}, "dentryUploadProtocolNotSupport"),
        ({"protocol": ""}, "paramError.protocol"),
        ({"option": {"storageDriver": "ALIDOC"}}, "paramError.storageDriver"),
        ({"option": {"preCheckParam": {"name": "a|b.csv"}}}, "paramError"),
        ({"option": {"preCheckParam": {"size": -1}}}, "paramError"),
        ({"option": {"preCheckParam": ["name"]}}, "paramError"),
        ({"option": "all"}, "paramError"),
    ],
)
@pytest.mark.parametrize("path", [SPACE, FOLDER], ids=["storage 1.0", "storage 2.0"])
def test_what_is_wrong_with_asking_storage_is_told(
    wire: DingTalkClient, token: str, path: str, change: dict[str, Any], code: str
) -> None:
    assert info(wire, token, path, **change)["code"] == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"fileName": "a|b.csv"}, "filename.invalid"),
        ({"fileSize": "many"}, "param.error"),
        ({"addConflictPolicy": "somehow"}, "param.error"),
        ({"unionId": ""}, "param.error"),
    ],
)
def test_what_is_wrong_with_asking_the_drive_is_told(
    wire: DingTalkClient, token: str, change: dict[str, str], code: str
) -> None:
    status, said = drive_info(wire, token, **change)
    assert (status, said["code"]) == (400, code)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"fileName": "a."}, "filename.invalid"),
        ({"fileType": "folder"}, "unsupported.operation"),
        ({"mediaId": "nothing"}, "param.error"),
        ({"mediaId": None}, "param.error"),
        ({"addConflictPolicy": "somehow"}, "param.error"),
    ],
)
def test_what_is_wrong_with_adding_a_file_is_told(
    wire: DingTalkClient, token: str, change: dict[str, Any], code: str
) -> None:
    body = {"fileType": "file", "fileName": "a.csv", "unionId": "u", "mediaId": "m", **change}
    status, said = wire.api("POST", DRIVE, body, token)
    assert (status, said["code"]) == (400, code)


def refused_by(path: str) -> Callable[[DingTalkClient, str], Any]:
    return lambda wire, token: wire.api("POST", f"{path}/uploadInfos/query", {}, token, unionId="u")[1]


@pytest.mark.parametrize("ask", [refused_by(SPACE), refused_by(FOLDER)], ids=["storage 1.0", "storage 2.0"])
def test_a_missing_parameter_has_the_pages_own_code(
    wire: DingTalkClient, token: str, ask: Callable[[DingTalkClient, str], Any]
) -> None:
    assert ask(wire, token)["code"] == "paramError.protocol"
