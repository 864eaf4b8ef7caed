import pytest
from translator import Translator, TranslationError

DOCUMENT = "https://bucket.obs.cn-north-4.myhuaweicloud.com/report.txt"


def translator(fauxlate):
    access = fauxlate.huawei
    return Translator(
        access.base_url, access.user, access.password, access.domain, access.project_id, sleep=fauxlate.clock.sleep
    )


def test_a_document_comes_back_translated(fauxlate):
    assert b"[en]" in translator(fauxlate).translate(DOCUMENT)
    assert [job.state for job in fauxlate.jobs] == ["FINISHED"]


@pytest.mark.fauxlate("huawei/link-expires-before-download")
def test_an_expired_link_is_asked_for_again(fauxlate):
    assert b"[en]" in translator(fauxlate).translate(DOCUMENT)


@pytest.mark.fauxlate({"rules": [{"on": "huawei.RunFileTranslation", "then": {"fail": "NLP.0101"}}]})
def test_a_refused_submission_is_told(fauxlate):
    with pytest.raises(TranslationError):
        translator(fauxlate).translate(DOCUMENT)
    fauxlate.covers("huawei", "NLP.0101")


@pytest.mark.fauxlate_quirks("huawei.started_status")
def test_a_job_that_has_started_is_known_by_either_spelling(fauxlate):
    client = translator(fauxlate)
    job = client.submit(DOCUMENT)
    fauxlate.clock.advance("3s")
    assert not client.is_finished(job)


@pytest.mark.fauxlate_sweep(raises=TranslationError)
def test_whatever_is_answered_the_client_says_so(fauxlate):
    assert b"[en]" in translator(fauxlate).translate(DOCUMENT)


class Adapter:
    errors = (TranslationError,)

    def __init__(self, fauxlate):
        self.client = translator(fauxlate)

    def submit(self):
        return self.client.submit(DOCUMENT)

    def poll(self, job):
        return "done" if self.client.is_finished(job) else "pending"

    def fetch(self, job):
        return self.client.result(job)


def test_no_job_is_lost(fauxlate_tester):
    fauxlate_tester(Adapter)
