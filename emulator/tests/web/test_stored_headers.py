"""What is put with an object comes back with it, in the scheme of whoever asks; dates are read in HTTP's three forms."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

import pytest
import requests
from fauxlate.engine.exchange.dates import parse_http_date
from fauxlate.providers.huawei.access import storage_signing
from hypothesis import given
from hypothesis import strategies as st
from tests.web.clients import PATIENCE
from tests.web.conftest import Box, Boxes

SENT = {
    "Content-Disposition": 'attachment; filename="year.txt"',
    "Cache-Control": "max-age=60",
    "Content-Language": "zh",
    "Expires": "Wed, 01 Jan 2031 00:00:00 GMT",
    "Content-Encoding": "aws-chunked, x-own",
}
BACK = SENT | {"Content-Encoding": "x-own"}
PREFIXES = {"OBS": "x-obs-", "AWS": "x-amz-"}


def call(
    here: Box, method: str, target: str, scheme: str = "OBS", data: bytes = b"", **headers: str
) -> requests.Response:
    """Call the storage, signed in a scheme."""
    told = here.huawei.told
    all_headers = {"Date": formatdate(usegmt=True), **headers}
    prefix = PREFIXES[scheme]
    extra = "".join(f"{name}:{value}\n" for name, value in sorted(all_headers.items()) if name.startswith(prefix))
    signature = storage_signing.sign(told["secret_key"], f"{method}\n\n\n{all_headers['Date']}\n{extra}{target}")
    all_headers["Authorization"] = f"{scheme} {told['access_key']}:{signature}"
    return here.session.request(method, f"{here.url}{target}", data=data, headers=all_headers, timeout=PATIENCE)


def back(answer: requests.Response, names: Any) -> dict[str, str | None]:
    assert answer.status_code == 200, answer.text
    return {name: answer.headers.get(name) for name in names}


@pytest.mark.parametrize("putter", PREFIXES)
@pytest.mark.parametrize("getter", PREFIXES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_headers_and_metadata_come_back(box: Boxes, putter: str, getter: str, method: str) -> None:
    here = box(clock={"mode": "real"})
    metadata = {f"{PREFIXES[putter]}meta-owner": "alice", f"{PREFIXES[putter]}meta-a-b": "1"}
    assert call(here, "PUT", "/sources/a.txt", putter, b"x", **SENT, **metadata).status_code == 200
    expected = BACK | {f"{PREFIXES[getter]}meta-owner": "alice", f"{PREFIXES[getter]}meta-a-b": "1"}
    assert back(call(here, method, "/sources/a.txt", getter), expected) == expected


def test_metadata_of_another_scheme_was_not_signed_and_is_not_kept(box: Boxes) -> None:
    here = box(clock={"mode": "real"})
    assert call(here, "PUT", "/sources/a.txt", "OBS", b"x", **{"x-amz-meta-owner": "mallory"}).status_code == 200
    answer = call(here, "GET", "/sources/a.txt", "AWS")
    assert [name for name in answer.headers if "meta" in name.lower()] == []


def test_headers_that_come_with_the_beginning_of_an_upload_in_parts_come_back(box: Boxes) -> None:
    here = box(clock={"mode": "real"})
    begun = call(here, "POST", "/sources/a.txt?uploads", "OBS", b"", **SENT, **{"x-obs-meta-owner": "bob"})
    upload = begun.text.partition("<UploadId>")[2].partition("<")[0]
    target = f"/sources/a.txt?partNumber=1&uploadId={upload}"
    etag = call(here, "PUT", target, data=b"x").headers["ETag"]
    parts = f"<a><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></a>"
    assert call(here, "POST", f"/sources/a.txt?uploadId={upload}", data=parts.encode()).status_code == 200
    expected = BACK | {"x-obs-meta-owner": "bob"}
    assert back(call(here, "GET", "/sources/a.txt"), expected) == expected


def test_a_parameter_of_the_get_takes_the_place_of_a_stored_header(box: Boxes) -> None:
    here = box(clock={"mode": "real"})
    assert call(here, "PUT", "/sources/a.txt", "OBS", b"x", **SENT).status_code == 200
    answer = call(here, "GET", "/sources/a.txt?response-cache-control=no-store")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == SENT["Content-Disposition"]


@given(st.integers(0, 4102444800))
def test_a_date_is_read_in_each_form_of_http(seconds: int) -> None:
    day, date, month, year, time, _ = formatdate(seconds, usegmt=True).replace(",", "").split()
    assert parse_http_date(f"{day}, {date} {month} {year} {time} GMT") == seconds
    assert parse_http_date(f"{day} {month} {int(date):2} {time} {year}") == seconds
    if 1970 <= int(year) <= 2068:
        assert parse_http_date(f"Sunday, {date}-{month}-{year[2:]} {time} GMT") == seconds


@pytest.mark.parametrize("date", ["", "周五, 20 9月 2019 04:29:37 GMT", "Fr, 20 Sept. 2019", "2019-09-20", "0"])
def test_a_date_of_another_language_is_none(date: str) -> None:
    assert parse_http_date(date) is None


def test_a_localised_date_is_refused_with_one_that_is_right(box: Boxes) -> None:
    here = box(clock={"mode": "real"})
    answer = call(here, "PUT", "/sources/a.txt", Date="Ven., 20 Sept. 2019 04:29:37 GMT")
    assert (answer.status_code, "<Code>AccessDenied</Code>" in answer.text) == (403, True)
    assert "in English, as in `" in answer.headers["X-Fauxlate-Hint"]
