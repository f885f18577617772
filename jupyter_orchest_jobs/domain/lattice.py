"""Counting and finding combinations without going through them.

Each value of each list has a mask. The masks of a combination's values, or'ed, are its state, and
the state alone says whether it is wanted. So whole branches of the nested loops are counted at
once: the cost is that of the lists, whatever the number of combinations.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from heapq import merge
from itertools import accumulate, islice

Place = tuple[int, ...]
"""Which value of each list; places are ordered as the nested loops reach them."""


class Lattice:
    """The combinations of lists whose state is wanted.

    Args:
        masks: of the values of each list, from the outermost loop to the innermost; few bits, since
            the cost grows with the number of states.
        wanted: whether combinations of a state are.
        start: the state with which every combination begins.
    """

    def __init__(
        self, masks: Sequence[Sequence[int]], wanted: Callable[[int], bool], start: int = 0
    ) -> None:
        self._masks = masks
        self._start = start
        classes = [Counter(values) for values in masks]
        reached = [{start}]
        for found in classes:
            reached.append({state | mask for state in reached[-1] for mask in found})
        self._tails: list[dict[int, int]] = [{state: int(wanted(state)) for state in reached[-1]}]
        for states, found in zip(reversed(reached[:-1]), reversed(classes), strict=True):
            after = self._tails[-1]
            self._tails.append(
                {
                    state: sum(many * after[state | mask] for mask, many in found.items())
                    for state in states
                }
            )
        self._tails.reverse()
        self._sums: dict[tuple[int, int], list[int]] = {}

    @property
    def count(self) -> int:
        """How many are wanted."""
        return self._tails[0][self._start]

    def state(self, place: Place) -> int:
        """The state of a combination."""
        state = self._start
        for masks, digit in zip(self._masks, place, strict=True):
            state |= masks[digit]
        return state

    def rank(self, place: Place) -> int:
        """How many wanted ones come before a place."""
        rank, state = 0, self._start
        for depth, digit in enumerate(place):
            rank += self._before(depth, state)[digit]
            state |= self._masks[depth][digit]
        return rank

    def walk(self, first: int = 0) -> Iterator[Place]:
        """The places of those that are wanted, in order.

        Args:
            first: how many to leave out.
        """
        if first >= self.count:
            return
        place: list[int] = []
        states = [self._start]
        rank = first
        while True:
            # Down to the next one: what comes before it in each loop is counted, not visited.
            for depth in range(len(place), len(self._masks)):
                sums = self._before(depth, states[-1])
                digit = bisect_right(sums, rank) - 1
                rank -= sums[digit]
                place.append(digit)
                states.append(states[-1] | self._masks[depth][digit])
            yield tuple(place)
            # Up to the innermost loop that has more.
            while place:
                digit = place.pop()
                states.pop()
                sums = self._before(len(place), states[-1])
                rank = sums[digit + 1]
                if rank < sums[-1]:
                    break
            else:
                return

    def _before(self, depth: int, state: int) -> list[int]:
        """At each value of a list: how many wanted ones the values before it give; then all."""
        key = (depth, state)
        if key not in self._sums:
            after = self._tails[depth + 1]
            numbers = (after[state | mask] for mask in self._masks[depth])
            self._sums[key] = list(accumulate(numbers, initial=0))
        return self._sums[key]


def walk_but(
    lattice: Lattice, without: Collection[Place], besides: Collection[Place], first: int
) -> Iterator[Place]:
    """The places of a lattice, in order, without some of them and with some others.

    Args:
        without: places of combinations that are wanted.
        besides: places of combinations that are not.
        first: how many to leave out.
    """
    gone = set(without)
    added = sorted(besides)
    gone_ranks = sorted(map(lattice.rank, gone))
    added_ranks = list(map(lattice.rank, added))

    def before(rank: int) -> int:
        """How many of the result come before the wanted one of this rank."""
        if rank < 0:
            return 0
        return rank - bisect_left(gone_ranks, rank) + bisect_right(added_ranks, rank)

    low, high = -1, lattice.count
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if before(middle) <= first else (low, middle - 1)
    rest = added[bisect_right(added_ranks, low) if low >= 0 else 0 :]
    kept = (place for place in lattice.walk(max(low, 0)) if place not in gone)
    return islice(merge(kept, rest), first - before(low), None)
