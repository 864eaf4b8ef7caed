"""Uploads to DingTalk's legacy host: in a single step, in chunks, and as media."""

from __future__ import annotations

from typing import Any

import pytest

from contract_tests.clients.dingtalk.plain import DingTalkClient
from contract_tests.dingtalk.files.uploads import is_accepted
from contract_tests.harness.target import Target

pytestmark = pytest.mark.documented("the page of the upload, named in the catalog as the source of its operation")

KB = 1024


@pytest.mark.parametrize("part", ["file", "media"])
def test_a_single_step_gives_a_media_id(client: DingTalkClient, token: str, part: str) -> None:
    answer = client.upload(token, part=part)
    assert (answer["errcode"], answer["errmsg"]) == (0, "ok")
    assert answer["media_id"].startswith("#iAEH")
    assert is_accepted(client, token, answer["media_id"])


def test_what_is_wrong_with_a_single_step_is_told(client: DingTalkClient, token: str) -> None:
    assert client.upload(token, data=b"")["errcode"] == 44001
    assert client.upload(token, data=b"x" * (8 * KB * KB))["errcode"] == 0
    assert client.upload(token, data=b"x" * (8 * KB * KB + 1))["errcode"] == 45001
    path, query = "/file/upload/single", {"access_token": token}
    assert client.legacy("POST", path, params=query, files={"other": (None, b"x")})["errcode"] == 41005
    assert client.legacy("POST", path, params=query, json={})["errcode"] == 43008
    wrong_query = {**query, "file_size": "2"}
    assert client.legacy("POST", path, params=wrong_query, files={"file": ("a.csv", b"x")})["errcode"] == 40006


class ChunkedUpload:
    """An upload in chunks; `answer` is the one to its beginning."""

    def __init__(self, client: DingTalkClient, token: str, size: int, chunk_count: int) -> None:
        self.client, self.query = client, {"access_token": token, "agent_id": "1"}
        self.file_query = {**self.query, "file_size": str(size), "chunk_numbers": str(chunk_count)}
        self.answer = client.legacy("GET", "/file/upload/transaction", params=self.file_query)
        self.id = self.answer.get("upload_id", "")

    def send(self, sequence: int, data: bytes) -> int:
        """Send a chunk; return the errcode."""
        query = {**self.query, "upload_id": self.id, "chunk_sequence": str(sequence)}
        files = {"file": ("staff.csv", data)}
        return int(self.client.legacy("POST", "/file/upload/chunk", params=query, files=files)["errcode"])

    def submit(self, **parameters: str) -> Any:
        """Submit the file; return the JSON."""
        query = {**self.file_query, "upload_id": self.id, **parameters}
        return self.client.legacy("GET", "/file/upload/transaction", params=query)


def test_chunks_make_one_file_in_whatever_order_they_come(client: DingTalkClient, token: str) -> None:
    data = b"$userName=u1$\n" * (20 * KB)
    half = len(data) // 2 + 1
    upload = ChunkedUpload(client, token, len(data), 2)
    assert upload.answer.keys() == {"errcode", "errmsg", "upload_id"}
    assert upload.send(2, data[half:]) == upload.send(1, b"x" * half) == upload.send(1, data[:half]) == 0
    answer = upload.submit()
    assert answer["media_id"].startswith("#iAEH")
    assert is_accepted(client, token, answer["media_id"])
    assert not is_accepted(client, token, answer["media_id"], "other.csv")
    assert upload.submit()["errcode"] == 40035  # it is submitted


def test_what_is_wrong_with_chunks_is_told(client: DingTalkClient, token: str) -> None:
    for size, number in ((0, 1), (8 * KB * KB + 1, 1), (100 * KB, 2)):
        assert ChunkedUpload(client, token, size, number).answer["errcode"] == 40006
    for number in (0, 10_001):
        assert ChunkedUpload(client, token, 10_001 * 200 * KB, number).answer["errcode"] == 40035
    upload = ChunkedUpload(client, token, 300 * KB, 2)
    assert upload.send(3, b"x") == upload.send(0, b"x") == 40035
    assert ChunkedUpload(client, token, 100 * KB + 1, 2).answer["errcode"] == 0
    assert upload.send(1, b"x" * 100 * KB) == 40006
    assert upload.send(1, b"x" * (100 * KB + 1)) == 0
    assert upload.send(1, b"") == 44001
    assert upload.send(1, b"x" * (8 * KB * KB + 1)) == 45001
    assert upload.send(1, b"x" * 200 * KB) == 0
    assert upload.submit()["errcode"] == 41005  # the second is missing
    assert upload.send(2, b"x" * 99 * KB) == 0
    assert upload.submit()["errcode"] == 40006  # it is not the size that was announced
    assert upload.send(2, b"x" * 100 * KB) == 0
    assert upload.submit(chunk_numbers="3")["errcode"] == 40006
    assert upload.submit()["errcode"] == 0


def test_a_transaction_is_deleted_after_a_day(sandbox: Target, client: DingTalkClient, token: str) -> None:
    first = ChunkedUpload(client, token, 1, 1)
    assert first.send(1, b"x") == 0
    sandbox.advance("24h")
    second = ChunkedUpload(client, client.corp_token(), 1, 1)
    second.id = first.id
    assert second.send(1, b"x") == second.submit()["errcode"] == 40035


def test_a_transaction_belongs_to_the_corp_that_began_it(emulator: Target) -> None:
    client = DingTalkClient(emulator.credentials("dingtalk"))
    first = ChunkedUpload(client, client.corp_token(), 1, 1)
    second = ChunkedUpload(client, client.other_corp_token(), 1, 1)
    second.id = first.id
    assert second.send(1, b"x") == second.submit()["errcode"] == 40035
    assert first.send(1, b"x") == first.submit()["errcode"] == 0


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
    client: DingTalkClient, token: str, kind: str, name: str, size: int, code: int
) -> None:
    files = {"media": (name, b"x" * size)}
    answer = client.legacy("POST", "/media/upload", params={"access_token": token}, data={"type": kind}, files=files)
    assert answer["errcode"] == code
    if code == 0:
        assert answer["media_id"].startswith("$iAEK")
        assert (answer["type"], len(str(answer["created_at"]))) == (kind, 13)


def test_a_media_file_may_have_its_token_in_the_form_and_its_type_in_the_query(
    client: DingTalkClient, token: str
) -> None:
    data, files = {"access_token": token, "type": "file"}, {"media": ("a.xlsx", b"x")}
    assert client.legacy("POST", "/media/upload", data=data, files=files)["errcode"] == 0
    query = {"access_token": token, "type": "file"}
    assert client.legacy("POST", "/media/upload", params=query, files=files)["errcode"] == 0
