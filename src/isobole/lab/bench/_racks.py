"""Shapes of a rack: rows and columns that hold the chambers."""

from __future__ import annotations

MOST_ROWS, MOST_COLUMNS = 4, 12
_USUAL = {4: (2, 2), 6: (2, 3), 8: (2, 4), 9: (3, 3), 10: (2, 5), 12: (3, 4)}


def shapes_of(count: int, protocol_rows: int = 1) -> tuple[tuple[int, int], ...]:
    """Return the shapes to choose from, the likeliest first.

    That is the protocol's, where it names more than one row, else what is usual.

    Examples
    --------
    >>> shapes_of(6)
    ((2, 3), (1, 6), (3, 2), (4, 2))
    >>> shapes_of(12, 2)[0]
    (2, 6)
    """
    shapes = []
    for rows in range(1, MOST_ROWS + 1):
        columns = -(-count // rows)
        if columns <= MOST_COLUMNS and rows <= max(count, 1):
            shapes.append((rows, columns))
    if not shapes:
        shapes = [(MOST_ROWS, -(-count // MOST_ROWS))]
    wanted = _USUAL.get(count, (2, -(-count // 2)) if count > 3 else (1, count))
    if 1 < protocol_rows <= count:
        wanted = (protocol_rows, -(-count // protocol_rows))
    rest = [shape for shape in shapes if shape != wanted]
    return (wanted, *rest)
