"""The verb `patch`: the documented answer, but for what a rule alters in it."""

from __future__ import annotations

from tests.web.conftest import Boxes, rule


def test_a_patch_reaches_into_the_documented_answer(box: Boxes) -> None:
    here = box(
        rule(
            "alibaba.CreateAsyncTranslate",
            "{patch: {Data: {Status: odd, Extra: {deep: [1, {a: 2}]}}, Message: null, New: 没有}}",
        )
    )
    said = here.alibaba.create().json()
    job = here.jobs()[0]["id"]
    assert said == {
        "RequestId": said["RequestId"],
        "Code": 200,
        "Data": {"JobId": job, "Status": "odd", "Extra": {"deep": [1, {"a": 2}]}},
        "New": "没有",
    }
    assert here.faults() == {"patch": 1}


def test_a_patch_of_null_takes_out_and_a_patch_of_a_list_replaces(box: Boxes) -> None:
    here = box(rule("alibaba.GetTranslateImageBatchResult", "{patch: {Data: {Result: [], Status: null}, Code: null}}"))
    asked = {"ImageUrls": "https://example.com/a.jpg", "SourceLanguage": "zh", "TargetLanguage": "en"}
    task = here.alibaba.call("TranslateImageBatch", **asked).json()["Data"]["TaskId"]
    here.advance("1m")
    said = here.alibaba.call("GetTranslateImageBatchResult", TaskId=task).json()
    assert said == {"Message": "OK", "RequestId": said["RequestId"], "Data": {"Result": []}}


def test_a_patch_of_an_object_replaces_what_was_none(box: Boxes) -> None:
    here = box(rule("huawei.RunFileTranslation", "{patch: {job_id: {odd: true}}}"))
    assert here.huawei.create().json() == {"job_id": {"odd": True}}


def test_an_error_is_not_patched(box: Boxes) -> None:
    here = box(rule("huawei.RunGetFileTranslationResult", "{patch: {error_msg: Somewhere else., more: 1}}"))
    said = here.huawei.ask("nowhere").json()
    assert (said["error_code"], "more" in said, said["error_msg"] == "Somewhere else.") == ("NLP.6304", False, False)
    assert here.faults() == {}
