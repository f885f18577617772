"""Hypothesis strategies for what the domain takes in."""

from typing import Any

from hypothesis import strategies as st

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)

JSON_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)

JSON = st.recursive(
    JSON_SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)

NAMES = st.sampled_from(["lr", "depth", "fruit", "a.b", "é"])


@st.composite
def graphs(draw: st.DrawFn, max_size: int = 7) -> dict[str, tuple[str, ...]]:
    """Any directed graph, often with cycles."""
    nodes = [f"s{index}" for index in range(draw(st.integers(0, max_size)))]
    if not nodes:
        return {}
    ups = st.lists(st.sampled_from(nodes), unique=True, max_size=2).map(tuple)
    return {node: draw(ups) for node in nodes}


@st.composite
def dags(draw: st.DrawFn, max_size: int = 7) -> dict[str, tuple[str, ...]]:
    """An acyclic graph whose nodes are in no particular order."""
    nodes = [f"s{index}" for index in range(draw(st.integers(0, max_size)))]
    parents = {
        node: tuple(up for up in nodes[:index] if draw(st.integers(0, 2)) == 0)
        for index, node in enumerate(nodes)
    }
    return {node: parents[node] for node in draw(st.permutations(nodes))}


def grids() -> st.SearchStrategy[dict[str, dict[str, list[Any]]]]:
    """Small strategies, with empty lists and values that are there twice."""
    values = st.lists(st.sampled_from([1, 1.0, True, "1", None, [1], {"a": 1}]), max_size=3)
    return st.dictionaries(
        st.sampled_from(["pipeline_parameters", "a", "b"]),
        st.dictionaries(NAMES, values, max_size=2),
        max_size=3,
    )
