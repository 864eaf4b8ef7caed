"""Uploads by upload information, and the check that an upload is known by an id."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from contract_tests.clients.dingtalk.plain import DingTalkClient

SPACE = "/v1.0/storage/spaces/1/files"
"""The path of storage 1.0."""


FOLDER = "/v2.0/storage/spaces/files/root"
"""The path of storage 2.0."""


DRIVE = "/v1.0/drive/spaces/1/files"
"""The path of drive 1.0."""


FILE = b"$userName=u1$"


def is_accepted(client: DingTalkClient, token: str, media_id: str, name: str = "staff.csv") -> bool:
    """Return whether TranslateFile takes an id for a file of that name."""
    status, body = client.translate(token, {media_id: name})
    assert status == 200 or body["code"] == "param.invalid"
    return status == 200


def put_file(client: DingTalkClient, url: str, headers: dict[str, str], data: bytes = FILE) -> tuple[int, str | None]:
    """Put a file as the pages do; return HTTP status, and the code of an error."""
    response = client.send("PUT", urlsplit(url).path, data=data, headers=headers)
    assert len(response.headers["x-oss-request-id"]) == 24
    if not response.content:
        return response.status_code, None
    assert response.headers["Content-Type"] == "application/xml"
    return response.status_code, ElementTree.fromstring(response.content).findtext("Code")


def request_upload_info(client: DingTalkClient, token: str, path: str = FOLDER, **members: Any) -> Any:
    """Ask storage where to put a file; return the JSON."""
    body = {"protocol": "HEADER_SIGNATURE", **members}
    return client.api("POST", f"{path}/uploadInfos/query", body, token, unionId="u")[1]


def commit_file(
    client: DingTalkClient, token: str, key: str, name: str = "staff.csv", path: str = FOLDER, **option: Any
) -> Any:
    """Commit a file that has been put; return HTTP status and JSON."""
    body = {"uploadKey": key, "name": name, "option": option, **({"parentId": "0"} if path == SPACE else {})}
    return client.api("POST", f"{path}/commit", body, token, unionId="u")


def upload_file(client: DingTalkClient, token: str, path: str = FOLDER, data: bytes = FILE) -> str:
    """Upload a file; return its upload key."""
    upload_info = request_upload_info(client, token, path)
    signature_info = upload_info["headerSignatureInfo"]
    assert put_file(client, signature_info["resourceUrls"][0], signature_info["headers"], data) == (200, None)
    return str(upload_info["uploadKey"])


def request_drive_info(client: DingTalkClient, token: str, **parameters: str) -> tuple[int, Any]:
    """Ask the drive where to put a file; return HTTP status and JSON."""
    query = {"unionId": "u", "fileName": "staff.csv", "fileSize": str(len(FILE)), "md5": "m", **parameters}
    return client.api("GET", f"{DRIVE}/0/uploadInfos", None, token, **query)
