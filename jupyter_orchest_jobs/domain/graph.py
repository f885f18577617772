"""Directed graphs as ``{node: parents}``: order, cycles, descendants."""

import heapq
from collections.abc import Iterable, Iterator, Mapping

Parents = Mapping[str, Iterable[str]]


def dangling(parents: Parents) -> Iterator[tuple[str, str]]:
    """Edges whose origin does not exist, as (node, missing parent)."""
    return ((node, up) for node, ups in parents.items() for up in ups if up not in parents)


def find_cycle(parents: Parents) -> list[str] | None:
    """One cycle in the direction of the edges, or None.

    Returns:
        Its nodes; the last one leads back to the first. A self-edge is a cycle of one.
    """
    done: set[str] = set()
    for start in parents:
        if start in done:
            continue
        path: list[str] = []
        on_path: set[str] = set()
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                path.pop()
                on_path.discard(node)
                done.add(node)
                continue
            if node in on_path:
                return list(reversed(path[path.index(node) :]))
            if node in done:
                continue
            path.append(node)
            on_path.add(node)
            stack.append((node, True))
            stack.extend((up, False) for up in parents[node] if up in parents)
    return None


def topological(parents: Parents) -> list[str]:
    """The nodes, parents first, otherwise in the order given.

    Raises:
        ValueError: the graph has a cycle.
    """
    nodes = list(parents)
    place = {node: index for index, node in enumerate(nodes)}
    missing = {node: {up for up in ups if up in place} for node, ups in parents.items()}
    children: dict[str, list[str]] = {node: [] for node in nodes}
    for node, ups in missing.items():
        for up in ups:
            children[up].append(node)
    # Of the nodes that may come next, always the one that was given first.
    ready = [place[node] for node in nodes if not missing[node]]
    order: list[str] = []
    while ready:
        node = nodes[heapq.heappop(ready)]
        order.append(node)
        for child in children[node]:
            missing[child].discard(node)
            if not missing[child]:
                heapq.heappush(ready, place[child])
    if len(order) < len(nodes):
        raise ValueError("the graph has a cycle")
    return order


def ancestors(parents: Parents, node: str) -> set[str]:
    """All nodes on which ``node`` depends, directly or not."""
    found: set[str] = set()
    frontier = [node]
    while frontier:
        for up in parents.get(frontier.pop(), ()):
            if up in parents and up not in found:
                found.add(up)
                frontier.append(up)
    return found


def descendants(parents: Parents, node: str) -> set[str]:
    """All nodes that depend on ``node``, directly or not."""
    children: dict[str, list[str]] = {name: [] for name in parents}
    for name, ups in parents.items():
        for up in ups:
            if up in children:
                children[up].append(name)
    found: set[str] = set()
    frontier = [node]
    while frontier:
        for child in children.get(frontier.pop(), ()):
            if child not in found:
                found.add(child)
                frontier.append(child)
    return found
