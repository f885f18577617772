from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings

from jupyter_orchest_jobs.domain.graph import dangling, descendants, find_cycle, topological
from tests.domain.generated import dags, graphs

Graph = dict[str, tuple[str, ...]]


def reachable(parents: Graph, node: str) -> set[str]:
    """What depends on a node, one edge at a time."""
    found: set[str] = set()
    while True:
        more = {name for name, ups in parents.items() if found & {*ups} or node in ups}
        if more == found:
            return found
        found = more


@settings(max_examples=200)
@given(graphs())
def test_descendants_are_all_that_can_be_reached(parents: Graph) -> None:
    for node in parents:
        assert descendants(parents, node) == reachable(parents, node)


@settings(max_examples=200)
@given(graphs())
def test_find_cycle_finds_one_exactly_where_there_is_one(parents: Graph) -> None:
    cycle = find_cycle(parents)
    assert (cycle is None) == all(node not in reachable(parents, node) for node in parents)
    if cycle is not None:
        assert len(set(cycle)) == len(cycle)
        for earlier, later in pairwise([*cycle, cycle[0]]):
            assert earlier in parents[later]


@settings(max_examples=100)
@given(dags(max_size=5))
def test_topological_is_the_first_right_order(parents: Graph) -> None:
    nodes = list(parents)

    def is_right(order: tuple[str, ...]) -> bool:
        return all(order.index(up) < order.index(node) for node in nodes for up in parents[node])

    # Permutations come in the order of the positions, so the first right one is the smallest.
    assert topological(parents) == list(next(filter(is_right, permutations(nodes))))


@given(graphs())
def test_topological_refuses_cycles_and_only_those(parents: Graph) -> None:
    if find_cycle(parents) is None:
        assert sorted(topological(parents)) == sorted(parents)
    else:
        with pytest.raises(ValueError, match="cycle"):
            topological(parents)


def test_topological_keeps_an_order_that_is_right_already() -> None:
    assert topological({"a": [], "b": ["a"], "c": []}) == ["a", "b", "c"]


def test_long_chains_are_no_trouble() -> None:
    chain = {f"s{n}": [f"s{n + 1}"] for n in range(20_000)} | {"s20000": []}
    assert find_cycle(chain) is None
    assert topological(chain)[:2] == ["s20000", "s19999"]
    assert len(descendants(chain, "s20000")) == 20_000


def test_dangling_edges_are_found_and_otherwise_ignored() -> None:
    parents = {"a": ["gone"], "b": ["a", "lost"]}
    assert list(dangling(parents)) == [("a", "gone"), ("b", "lost")]
    assert topological(parents) == ["a", "b"]
    assert find_cycle(parents) is None
    assert descendants(parents, "gone") == set()
