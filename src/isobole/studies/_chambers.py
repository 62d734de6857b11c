"""Who sits where, and who is dosed when: every group visits every place evenly."""

from __future__ import annotations

from collections.abc import Sequence

from isobole.studies._hmac_words import Words

_UNREACHED = 1 << 62


def rotate(
    words: Words, runs: Sequence[Sequence[str]], places: int
) -> tuple[tuple[int, ...], ...]:
    """Give every animal of every run a place, so that groups rotate over the places.

    Run by run the places are matched to the animals so that groups go where they have
    been least; ties are drawn. For complete blocks this is a Latin square: after as
    many runs as there are places each group was in each place once (a regular
    bipartite graph always has the next perfect matching; Koenig, Math Ann 1916,
    77:453).

    Parameters
    ----------
    words : Words
        Where the randomness comes from.
    runs : sequence of sequence of str
        The group of each animal of each run.
    places : int
        Places there are; a run of k animals uses the first k.

    Returns
    -------
    tuple of tuple of int
        The place, from 0, of each animal of each run.

    Examples
    --------
    >>> seats = rotate(Words("seed", "chambers"), ["AB", "AB"], 2)
    >>> seats[0] != seats[1]
    True
    """
    visits: dict[str, list[int]] = {
        group: [0] * places for run in runs for group in run
    }
    seated = []
    for run in runs:
        animals = words.shuffled(range(len(run)))
        order = words.shuffled(range(len(run)))
        # Squares: going to one place a third time costs more than twice a second.
        costs = [
            [(visits[run[animal]][place] + 1) ** 2 for place in order]
            for animal in animals
        ]
        seats = [0] * len(run)
        for animal, column in zip(animals, cheapest(costs), strict=True):
            seats[animal] = order[column]
            visits[run[animal]][order[column]] += 1
        seated.append(tuple(seats))
    return tuple(seated)


def cheapest(costs: Sequence[Sequence[int]]) -> list[int]:
    """Return for each row its column, all different, at the least total cost.

    Kuhn's assignment method with potentials, in whole numbers (Kuhn, Naval Res Logist
    1955, 2:83): a library may break ties otherwise in its next version.

    Examples
    --------
    >>> cheapest([[4, 1, 3], [2, 0, 5], [3, 2, 2]])
    [1, 0, 2]
    """
    size = len(costs)
    row_of = [-1] * (size + 1)  # the row each column is matched to; one spare column
    rows, columns = [0] * size, [0] * (size + 1)
    for row in range(size):
        row_of[size] = row
        column = size
        slack, before, done = [_UNREACHED] * size, [size] * size, [False] * (size + 1)
        while row_of[column] != -1:
            done[column] = True
            current, least, nearest = row_of[column], _UNREACHED, size
            for other in range(size):
                if done[other]:
                    continue
                step = costs[current][other] - rows[current] - columns[other]
                if step < slack[other]:
                    slack[other], before[other] = step, column
                if slack[other] < least:
                    least, nearest = slack[other], other
            for other in range(size + 1):
                if done[other]:
                    rows[row_of[other]] += least
                    columns[other] -= least
                elif other < size:
                    slack[other] -= least
            column = nearest
        while column != size:
            row_of[column] = row_of[before[column]]
            column = before[column]
    matched = [0] * size
    for column, taken in enumerate(row_of[:size]):
        matched[taken] = column
    return matched
