import re
from concurrent.futures import ThreadPoolExecutor
from typing import get_args

import pytest
from fauxlate.content.directory import LANGUAGES, Directory
from fauxlate.content.language import detect
from fauxlate.engine.scenarios.contacts import Language
from hypothesis import given
from hypothesis import strategies as st


def test_every_id_has_a_chinese_name_where_all_are_chinese() -> None:
    directory = Directory(1, languages=["zh"])
    for contact in ("user001", "manager01", "$:LWCP_v1:$x", "员工"):
        name = directory("userName", contact)
        assert name is not None
        assert 2 <= len(name) <= 4
        assert detect(name) == "zh"
    department = directory("departmentName", "1")
    assert department is not None
    assert department.endswith("部")


SCRIPTS = {
    "zh": r"[\u4e00-\u9fff]+",
    "en": r"[A-Za-z' .-]+",
    "ja": r"[\u4e00-\u9fff\u3005\u3040-\u30ff ]+",
    "ko": r"[\uac00-\ud7a3 ]+",
    "de": r"[A-Za-zÄÖÜäöüß' .-]+",
    "ar": r"[\u0600-\u06ff ]+",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_and_departments_are_called_in_the_language_asked_for(language: str) -> None:
    directory = Directory(1, languages=[language])
    for field in ("userName", "departmentName"):
        called = [directory(field, str(number)) or "" for number in range(60)]
        assert [name for name in called if not re.fullmatch(SCRIPTS[language], name)] == []
        assert len(set(called)) > 15


def test_a_scenario_may_ask_for_every_language_there_is() -> None:
    assert set(get_args(Language)) == set(LANGUAGES)


def test_a_directory_that_nobody_asked_about_has_several_languages_all_of_which_gbk_can_write() -> None:
    called = [Directory(1)("userName", str(number)) or "" for number in range(100)]
    for language in ("zh", "en", "ja"):
        assert any(re.fullmatch(SCRIPTS[language], name) for name in called)
    assert all(name.encode("gbk") for name in called)


def test_a_name_depends_on_seed_kind_and_id() -> None:
    ids = [str(number) for number in range(50)]
    users = [Directory(1)("userName", contact) for contact in ids]
    assert len(set(users)) > 40
    assert users != [Directory(2)("userName", contact) for contact in ids]
    departments = {Directory(1)("departmentName", contact) for contact in ids}
    assert len(departments) > 25


@given(st.integers(), st.lists(st.text(st.characters()), min_size=1))
def test_the_order_of_questions_does_not_matter(seed: int, ids: list[str]) -> None:
    forwards = {contact: Directory(seed)("userName", contact) for contact in ids}
    directory = Directory(seed)
    assert {contact: directory("userName", contact) for contact in reversed(ids)} == forwards


def test_threads_do_not_take_each_others_draw() -> None:
    directory = Directory(3)
    ids = [f"user{number:03}" for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda contact: directory("userName", contact), ids))
    assert together == [directory("userName", contact) for contact in ids]


def test_given_users_are_all_that_is_in_contact_scope() -> None:
    directory = Directory(1, users={"user001": "张三"})
    assert directory("userName", "user001") == "张三"
    assert directory("userName", "user002") is None
    assert directory("departmentName", "1") is not None
    assert Directory(1, users={}, departments={})("departmentName", "1") is None
