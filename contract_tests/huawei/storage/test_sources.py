"""The source of a job in Huawei's storage: put there by the official SDK, translated, and its result got."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from urllib.parse import urlsplit

import docx
import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from obs import (
    HeadPermission,
    PutObjectHeader,
)

from contract_tests.harness.target import Target
from contract_tests.huawei.storage.storage_sandbox import StorageSandbox, bucket_and_key

pytestmark = pytest.mark.documented("Object Storage API: objects, signature in a header and in a URL, error responses")


def test_a_source_is_put_translated_and_its_result_got(storage: StorageSandbox, tmp_path: Any) -> None:
    document: Any = docx.Document()
    document.add_paragraph("你好")
    document.add_paragraph("世界", style="Heading 1")
    source = tmp_path / "年报.docx"
    document.save(str(source))
    assert storage.obs.putFile("sources", "reports/年报 1.docx", str(source)).status == 200
    job_id = storage.create_job(storage.link("reports/年报 1.docx"), "docx")
    assert storage.obs.deleteObject("sources", "reports/年报 1.docx").status == 204
    answer = storage.end_job(job_id)
    assert answer.status == "FINISHED"
    target = tmp_path / "result.docx"
    assert storage.obs.getObject(*bucket_and_key(answer.url), downloadPath=str(target)).status == 200
    paragraphs: Any = docx.Document(str(target)).paragraphs
    assert [paragraph.text for paragraph in paragraphs] == ["hello", "[en] 世界"]
    assert paragraphs[1].style.name == "Heading 1"


def test_a_public_source_needs_no_signature_and_a_private_one_does(storage: StorageSandbox) -> None:
    public = PutObjectHeader(acl=HeadPermission.PUBLIC_READ)
    storage.obs.putContent("sources", "public.txt", "原文", headers=public)
    storage.obs.putContent("sources", "private.txt", "原文")
    url = f"{storage.credentials['endpoint']}/sources"
    assert storage.end_job(storage.create_job(f"{url}/public.txt")).status == "FINISHED"
    assert storage.error(f"{url}/private.txt") == ("ERROR", "NLP.6303")
    assert storage.error(f"{url}/nothing.txt") == ("ERROR", "NLP.6303")
    assert storage.error(storage.link("private.txt").replace("Signature=", "Signature=x")) == ("ERROR", "NLP.6303")


@pytest.mark.assumed("addresses of the emulator are its own")
def test_a_source_is_found_under_each_name_of_this_server(storage: StorageSandbox) -> None:
    storage.obs.putContent("sources", "a.txt", "原文", headers=PutObjectHeader(acl=HeadPermission.PUBLIC_READ))
    port = urlsplit(storage.credentials["endpoint"]).port
    hosts = ("http://localhost:{}/sources", "http://127.0.0.1:{}/sources")
    links = [f"{host.format(port)}/a.txt" for host in hosts]
    for link in (*links, "https://sources.obs.cn-north-4.myhuaweicloud.com:443/a.txt"):
        answer = storage.end_job(storage.create_job(link))
        result = storage.obs.getObject(*bucket_and_key(answer.url), loadStreamInMemory=True)
        assert result.body.buffer.decode() == "[en] 原文"


@pytest.mark.assumed("the codes are in nlp_03_0021, the body of a failed job is shown nowhere; see huawei.failed_job")
@pytest.mark.parametrize(
    ("data", "kind", "error"),
    [
        (b"", "txt", "NLP.6306"),
        (b"", "docx", "NLP.6306"),
        (b"\xff\xfe", "txt", "NLP.6305"),
        (b"no package", "docx", "NLP.6305"),
        (b"x" * 3000 * 251, "txt", "NLP.6307"),
    ],
)
def test_a_broken_source_ends_the_job_in_its_error(storage: StorageSandbox, data: bytes, kind: str, error: str) -> None:
    storage.obs.putContent("sources", "a", data)
    assert storage.error(storage.link("a"), kind) == ("ERROR", error)


@pytest.mark.documented("nlp_03_0021: NLP.6305")
def test_a_document_of_another_format_is_unsupported(storage: StorageSandbox) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "x")
    storage.obs.putContent("sources", "a.docx", stream.getvalue())
    assert storage.error(storage.link("a.docx"), "docx") == ("ERROR", "NLP.6305")


@pytest.mark.documented("nlp_03_0021: NLP.6307, 250 pages")
def test_two_hundred_and_fifty_pages_are_translated(storage: StorageSandbox) -> None:
    storage.obs.putContent("sources", "long.txt", "x" * 3000 * 250)
    assert storage.end_job(storage.create_job(storage.link("long.txt"))).status == "FINISHED"


@pytest.mark.assumed("see the quirk huawei.failed_job")
def test_a_broken_source_can_be_refused_at_once(server: Target) -> None:
    storage = StorageSandbox(server.url, quirks={"huawei.failed_job": "creation_error"})
    storage.obs.putContent("sources", "a.txt", b"")
    with pytest.raises(ClientRequestException) as refusal:
        storage.create_job(storage.link("a.txt"))
    assert (refusal.value.status_code, refusal.value.error_code) == (400, "NLP.6306")
