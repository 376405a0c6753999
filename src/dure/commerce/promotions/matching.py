"""Which coupon on which line: the assignment that is worth most. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def assign(weights: Sequence[Sequence[int]]) -> list[int | None]:
    """For each row (a coupon) the column (a line) it is worth most on, no column twice: the largest sum there is.

    The Hungarian method, O(n³) of the larger side; a row worth nothing anywhere gets None.
    """
    rows, columns = len(weights), len(weights[0]) if weights else 0
    size = max(rows, columns)
    cost = [[-weights[r][c] if r < rows and c < columns else 0 for c in range(size)] for r in range(size)]
    matched = _hungarian(cost)
    return [c if c < columns and weights[r][c] > 0 else None for r, c in enumerate(matched[:rows])]


def _hungarian(cost: Sequence[Sequence[int]]) -> list[int]:
    """Column of each row of a square matrix, at the least sum (potentials and shortest augmenting paths)."""
    n = len(cost)
    u, v, row_of = [0] * (n + 1), [0] * (n + 1), [0] * (n + 1)
    for row in range(1, n + 1):
        row_of[0], column = row, 0
        least: list[float] = [float("inf")] * (n + 1)
        seen, came = [False] * (n + 1), [0] * (n + 1)
        while row_of[column]:
            seen[column] = True
            r, step, following = row_of[column], float("inf"), 0
            for c in range(1, n + 1):
                if seen[c]:
                    continue
                if (reduced := cost[r - 1][c - 1] - u[r] - v[c]) < least[c]:
                    least[c], came[c] = reduced, column
                if least[c] < step:
                    step, following = least[c], c
            for c in range(n + 1):
                if seen[c]:
                    u[row_of[c]] += int(step)
                    v[c] -= int(step)
                else:
                    least[c] -= step
            column = following
        while column:
            row_of[column] = row_of[came[column]]
            column = came[column]
    found = [0] * n
    for c in range(1, n + 1):
        found[row_of[c] - 1] = c - 1
    return found
