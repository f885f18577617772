from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.notebookcells import (
    INJECTED_TAG,
    PARAMETERS_TAG,
    has_tag,
    is_code,
    is_skipped,
    numbers,
    parameters_place,
    without_injected,
)


def code(*tags: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": ""}


TEXT = {"cell_type": "markdown", "metadata": {"tags": [PARAMETERS_TAG]}, "source": ""}
CELLS = st.lists(
    st.sampled_from([code(), code(PARAMETERS_TAG), code(INJECTED_TAG), TEXT, code("skip"), None])
)


def test_cells_are_numbered_as_people_count_them() -> None:
    assert numbers([TEXT, code(), code("skip"), TEXT, code()]) == [None, 1, 2, None, 3]


def test_injected_cell_has_the_number_of_the_cell_with_the_defaults() -> None:
    assert numbers([code(), code(PARAMETERS_TAG), code(INJECTED_TAG), code()]) == [1, 2, 2, 3]


def test_injected_cell_without_defaults_is_a_cell_like_any_other() -> None:
    cells = [code(INJECTED_TAG), code()]
    assert numbers(cells) == [1, 2]
    assert without_injected(cells) == cells


def test_cells_injected_by_earlier_runs_are_left_out() -> None:
    cells = [code(INJECTED_TAG), code(PARAMETERS_TAG, INJECTED_TAG), code(INJECTED_TAG), code()]
    assert without_injected(cells) == [cells[1], cells[3]]


def test_first_code_cell_with_the_tag_has_the_defaults() -> None:
    cells = [TEXT, code(), code("x", PARAMETERS_TAG), code(PARAMETERS_TAG)]
    assert parameters_place(cells) == 2
    assert parameters_place(cells[:2]) is None


def test_tags_that_are_no_list_are_none() -> None:
    for metadata in ({"tags": "skipped"}, {"tags": None}, {}, None, []):
        assert not is_skipped({"cell_type": "code", "metadata": metadata})
    assert not has_tag({}, PARAMETERS_TAG)


@given(CELLS)
def test_numbers_are_those_of_the_notebook_whatever_is_injected(cells: list[Any]) -> None:
    kept = without_injected(cells)
    expected = numbers(kept)
    assert [number for number in expected if number is not None] == list(
        range(1, sum(map(is_code, kept)) + 1)
    )
    place = parameters_place(kept)
    if place is not None:
        kept.insert(place + 1, code(INJECTED_TAG))
        expected.insert(place + 1, expected[place])
    assert numbers(kept) == expected
