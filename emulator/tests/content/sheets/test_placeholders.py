import pytest
from fauxlate.content.sheets.placeholders import has_placeholder, replace, replace_and_move, replace_in_runs
from hypothesis import given
from hypothesis import strategies as st
from tests.content.office_files import find_name, find_nothing

TEXTS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "$userName=user001$",
                "$userName=stranger$",
                "$departmentName=1$",
                "$departmentName=x$",
                "$",
                "=",
            ]
        ),
        st.text(max_size=5),
    )
).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$userName=user001$", "张三"),
        ("a$departmentName=1$b", "a研发部b"),
        ("$userName=user001$$userName=user001$", "张三张三"),
        ("$userName=用户2$", "李 四"),
        ("$userName=stranger$", "$userName=stranger$"),
        ("$departmentName=one$", "$departmentName=one$"),
        ("$departmentName=\u0661$", "$departmentName=\u0661$"),
        ("$departmentName=one$userName=user001$", "$departmentName=one张三"),
        ("$userName=user 001$", "$userName=user 001$"),
        ("$userName=$", "$userName=$"),
        ("$username=user001$", "$username=user001$"),
        ("$userName=user001", "$userName=user001"),
        ("$5 and 6$", "$5 and 6$"),
    ],
)
def test_names_take_the_place_of_known_ids_only(text: str, expected: str) -> None:
    assert replace(text, find_name) == expected


def test_an_unknown_id_is_still_a_placeholder() -> None:
    assert has_placeholder("x $userName=stranger$")
    assert not has_placeholder("userName=stranger")


def test_a_name_with_an_empty_text_takes_its_place_too() -> None:
    assert replace("[$userName=a$]", lambda _field, _id: "") == "[]"


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        (["a $userN", "ame=user", "001$ b"], ["a 张三", "", " b"]),
        (["$userName=user001$", " b"], ["张三", " b"]),
        (["a ", "$userName=user001$"], ["a ", "张三"]),
        (["$userName=user001$$depart", "mentName=1$"], ["张三研发部", ""]),
        (["", "$userName=", "stranger$"], ["", "$userName=", "stranger$"]),
        ([], []),
    ],
)
def test_a_name_goes_to_the_run_in_which_its_placeholder_begins(runs: list[str], expected: list[str]) -> None:
    assert replace_in_runs(runs, find_name) == expected


def test_marks_move_with_the_text_they_precede() -> None:
    text = "ab$userName=user001$cd"
    assert replace_and_move(text, [0, 2, 5, 20, 21, 22], find_name) == ("ab张三cd", [0, 2, 4, 4, 5, 6])


@given(TEXTS)
def test_a_directory_that_knows_nobody_changes_nothing(text: str) -> None:
    assert replace(text, find_nothing) == text


@given(st.lists(TEXTS))
def test_where_a_text_is_cut_does_not_matter(runs: list[str]) -> None:
    replaced = replace_in_runs(runs, find_name)
    assert len(replaced) == len(runs)
    assert "".join(replaced) == replace("".join(runs), find_name)
