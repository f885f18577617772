import pytest

from jupyter_orchest_jobs.domain.partial import chosen_steps
from jupyter_orchest_jobs.errors import InvalidInput
from tests.factories import pipeline

DIAMOND = pipeline(
    {
        "d": {"incoming": ["b", "c"]},
        "a": {"title": "Load"},
        "b": {"incoming": ["a"]},
        "c": {"incoming": ["a"], "title": "Same"},
        "e": {"title": "Same"},
    }
)


def test_steps_are_chosen_by_id_or_title_in_the_order_of_the_file() -> None:
    assert chosen_steps(DIAMOND, ["Load", "d"], []) == ("d", "a")
    assert chosen_steps(DIAMOND, [], ["b"]) == ("a", "b")
    assert chosen_steps(DIAMOND, ["e"], ["d"]) == ("d", "a", "b", "c", "e")
    assert chosen_steps(DIAMOND, [], []) == ()


def test_steps_that_nobody_can_tell_are_refused_together() -> None:
    with pytest.raises(InvalidInput) as caught:
        chosen_steps(DIAMOND, ["Same", "x"], ["y"])
    assert [problem.message for problem in caught.value.problems] == [
        "2 steps are called “Same”; use the UUID of one: c, e.",
        "the pipeline has no step “x”.",
        "the pipeline has no step “y”.",
    ]


def test_view_of_some_steps_has_the_edges_among_them_and_the_whole_document() -> None:
    some = DIAMOND.only(("d", "b"))
    assert some.parents == {"d": ("b",), "b": ()}
    assert some.document == DIAMOND.document
    assert DIAMOND.only(()) is DIAMOND
