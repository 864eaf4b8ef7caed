"""Uploads to DingTalk by upload information: what is asked for and committed, in three generations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
from contract_tests.dingtalk.files.uploads import (
    DRIVE,
    FILE,
    FOLDER,
    SPACE,
    commit_file,
    is_accepted,
    put_file,
    request_drive_info,
    request_upload_info,
    upload_file,
)
from contract_tests.harness.target import Target

pytestmark = pytest.mark.documented("the page of the upload, named in the catalog as the source of its operation")


RUNTIME_OPTIONS = RuntimeOptions()


@pytest.mark.assumed("no page says which of its ids medias takes")
@pytest.mark.parametrize("path", [SPACE, FOLDER], ids=["storage 1.0", "storage 2.0"])
def test_a_file_is_known_by_upload_key_dentry_id_and_dentry_uuid(client: DingTalkClient, token: str, path: str) -> None:
    key = upload_file(client, token, path)
    assert is_accepted(client, token, key, "anything.csv")  # nobody has named it yet
    status, body = commit_file(client, token, key, path=path)
    assert status == 200
    for media_id in (key, body["dentry"]["id"], body["dentry"]["uuid"]):
        assert is_accepted(client, token, media_id)
        assert not is_accepted(client, token, media_id, "other.csv")


@pytest.mark.sdk("alibabacloud_dingtalk 2.2.65")
def test_each_generation_is_spoken_by_the_sdk(client: DingTalkClient, token: str) -> None:
    config = Config(endpoint=client.credentials["endpoint"], protocol="http", region_id="central")
    drive_answer = drive.Client(config).get_upload_info_with_options(
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
        RUNTIME_OPTIONS,
    )
    sts, header = drive_answer.body.sts_upload_info, drive_answer.body.header_signature_upload_info
    assert (drive_answer.body.region, sts.access_token_expiration_millis, header.expiration_seconds) == (
        "ZHANGJIAKOU",
        900_000,
        900,
    )
    assert sts.internal_end_point
    assert put_file(client, header.resource_url, header.headers) == (200, None)
    file = drive.Client(config).add_file_with_options(
        "1",
        drive_models.AddFileRequest(
            parent_id="0", file_type="file", file_name="员 工.csv", media_id=header.media_id, union_id="u"
        ),
        drive_models.AddFileHeaders(x_acs_dingtalk_access_token=token),
        RUNTIME_OPTIONS,
    )
    assert (file.body.file_name, file.body.file_size, file.body.file_type) == ("员 工.csv", len(FILE), "file")
    assert is_accepted(client, token, file.body.file_id, "员 工.csv")
    older = storage1.Client(config)
    info_request = storage1_models.GetFileUploadInfoRequest(protocol="HEADER_SIGNATURE", multipart=False, union_id="u")
    older_info = older.get_file_upload_info_with_options(
        "1", info_request, storage1_models.GetFileUploadInfoHeaders(x_acs_dingtalk_access_token=token), RUNTIME_OPTIONS
    ).body
    assert (older_info.storage_driver, older_info.protocol) == ("DINGTALK", "HEADER_SIGNATURE")
    assert (
        put_file(client, older_info.header_signature_info.resource_urls[0], older_info.header_signature_info.headers)[0]
        == 200
    )
    older_commit = older.commit_file_with_options(
        "1",
        storage1_models.CommitFileRequest(union_id="u", upload_key=older_info.upload_key, name="a.csv", parent_id="0"),
        storage1_models.CommitFileHeaders(x_acs_dingtalk_access_token=token),
        RUNTIME_OPTIONS,
    )
    assert (older_commit.body.dentry.name, older_commit.body.dentry.type, older_commit.body.dentry.extension) == (
        "a.csv",
        "FILE",
        "csv",
    )
    newer = storage2.Client(config)
    newer_info = newer.get_file_upload_info_with_options(
        "root",
        storage2_models.GetFileUploadInfoRequest(protocol="HEADER_SIGNATURE", union_id="u"),
        storage2_models.GetFileUploadInfoHeaders(x_acs_dingtalk_access_token=token),
        RUNTIME_OPTIONS,
    ).body
    assert (
        put_file(client, newer_info.header_signature_info.resource_urls[0], newer_info.header_signature_info.headers)[0]
        == 200
    )
    newer_commit = newer.commit_file_with_options(
        "root",
        storage2_models.CommitFileRequest(union_id="u", upload_key=newer_info.upload_key, name="a.csv"),
        storage2_models.CommitFileHeaders(x_acs_dingtalk_access_token=token),
        RUNTIME_OPTIONS,
    )
    assert is_accepted(client, token, newer_commit.body.dentry.uuid, "a.csv")


def test_a_dentry_is_told_as_its_page_has_it(client: DingTalkClient, token: str) -> None:
    dentry = commit_file(client, token, upload_file(client, token), " 员工.xlsx ")[1]["dentry"]
    assert dentry["name"] == "员工.xlsx"  # 头尾不能包含空格，否则会自动去除
    assert (dentry["size"], dentry["extension"], dentry["version"]) == (len(FILE), "xlsx", 1)
    assert (dentry["status"], dentry["type"], dentry["category"]) == ("NORMAL", "FILE", "DOCUMENT")
    assert (dentry["creatorId"], dentry["parentId"], dentry["path"]) == ("u", "root", "/员工.xlsx")
    assert dentry["createTime"].endswith("Z")


def test_a_name_that_is_there_already_is_handled_as_asked(client: DingTalkClient, token: str) -> None:
    first = commit_file(client, token, upload_file(client, token), "a.csv")[1]["dentry"]
    renamed = commit_file(client, token, upload_file(client, token), "a.csv")[1]["dentry"]
    assert (renamed["name"], renamed["id"] == first["id"]) == ("a(1).csv", False)
    existing = commit_file(
        client, token, upload_file(client, token), "a.csv", conflictStrategy="RETURN_DENTRY_IF_EXISTS"
    )[1]["dentry"]
    assert existing == first
    overwritten = commit_file(client, token, upload_file(client, token), "a.csv", conflictStrategy="OVERWRITE")[1][
        "dentry"
    ]
    assert (overwritten["id"], overwritten["version"]) == (first["id"], 2)
    status, body = commit_file(
        client, token, upload_file(client, token), "a.csv", conflictStrategy="RETURN_ERROR_IF_EXISTS"
    )
    assert (status, body["code"]) == (400, "dentryNameConflict")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "a*.csv"}, "dentryNameIllegal"),
        ({"name": 'a".csv'}, "dentryNameIllegal"),
        ({"name": "a.csv."}, "dentryNameIllegal"),
        ({"name": "a\t.csv"}, "dentryNameIllegal"),
        ({"size": len(FILE) + 1}, "paramError"),
        ({"conflictStrategy": "SOMEHOW"}, "paramError.conflictStrategy"),
        ({"key": "never given"}, "paramError.uploadKey"),
    ],
)
def test_what_is_wrong_with_a_commit_is_told(
    client: DingTalkClient, token: str, change: dict[str, Any], code: str
) -> None:
    key = change.pop("key", None) or upload_file(client, token)
    status, body = commit_file(client, token, key, change.pop("name", "a.csv"), **change)
    assert (status, body["code"]) == (400, code)
    assert body["message"] not in ("", "%s")


def test_a_commit_wants_the_file_to_have_been_put(client: DingTalkClient, token: str) -> None:
    assert (
        commit_file(client, token, request_upload_info(client, token)["uploadKey"])[1]["code"] == "paramError.uploadKey"
    )


def test_a_file_belongs_to_the_corp_that_asked_where_to_put_it(emulator: Target) -> None:
    client = DingTalkClient(emulator.credentials("dingtalk"))
    token, other_token = client.corp_token(), client.other_corp_token()
    key = upload_file(client, token)
    assert commit_file(client, other_token, key)[1]["code"] == "paramError.uploadKey"
    assert not is_accepted(client, other_token, key)
    assert commit_file(client, token, key)[0] == 200
    _, body = request_drive_info(client, token)
    status, body = request_drive_info(client, other_token, mediaId=body["stsUploadInfo"]["mediaId"])
    assert (status, body["code"]) == (404, "object.not.exist")


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
    client: DingTalkClient, token: str, path: str, change: dict[str, Any], code: str
) -> None:
    assert request_upload_info(client, token, path, **change)["code"] == code


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
    client: DingTalkClient, token: str, change: dict[str, str], code: str
) -> None:
    status, body = request_drive_info(client, token, **change)
    assert (status, body["code"]) == (400, code)


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
    client: DingTalkClient, token: str, change: dict[str, Any], code: str
) -> None:
    body = {"fileType": "file", "fileName": "a.csv", "unionId": "u", "mediaId": "m", **change}
    status, answer = client.api("POST", DRIVE, body, token)
    assert (status, answer["code"]) == (400, code)


def query_without_protocol(path: str) -> Callable[[DingTalkClient, str], Any]:
    return lambda client, token: client.api("POST", f"{path}/uploadInfos/query", {}, token, unionId="u")[1]


@pytest.mark.parametrize(
    "send_query", [query_without_protocol(SPACE), query_without_protocol(FOLDER)], ids=["storage 1.0", "storage 2.0"]
)
def test_a_missing_parameter_has_the_pages_own_code(
    client: DingTalkClient, token: str, send_query: Callable[[DingTalkClient, str], Any]
) -> None:
    assert send_query(client, token)["code"] == "paramError.protocol"
