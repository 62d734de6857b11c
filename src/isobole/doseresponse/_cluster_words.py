"""What is said about clusters: the sentence of what was found, and the warnings."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from isobole.results import Problem, format_number

FEW_CLUSTERS: Final = 5
PLURAL: Final = {
    "animal": "animals",
    "day": "days",
    "litter": "litters",
    "cage": "cages",
}


def confounding_problem(column: str) -> Problem:
    """Return the warning that clusters and doses are one and the same."""
    return Problem(
        "cluster-confounded-with-dose",
        f"Every dose is one {column} and every {column} one dose, so a difference "
        f"between {PLURAL[column]} cannot be told from a curve that does not fit",
        severity="warning",
        column=column,
        expected=f"several {PLURAL[column]} at each dose",
        remedy=f"Spread the doses over {PLURAL[column]} in the next experiment; for "
        "these data judge by the goodness of fit and the heterogeneity factor",
    )


def partial_problem(column: str) -> Problem:
    """Return the warning that clusters and doses are told apart by shape alone."""
    return Problem(
        "cluster-partly-confounded",
        f"Every dose was tested in one {column} only, so {column} and dose are told "
        "apart only by the assumed shape of the curve",
        severity="warning",
        column=column,
        expected=f"every dose in more than one {column}",
        remedy=f"Test each dose in several {PLURAL[column]}",
    )


def crossed_problem(chosen: str, left_out: list[str]) -> Problem:
    """Return the warning that only one of two crossed columns is modelled."""
    names = " and ".join(left_out)
    return Problem(
        "crossed-clusters",
        f"Rows are dependent through {chosen} and through {names}, which cross; only "
        f"{chosen} is modelled",
        severity="warning",
        column=chosen,
        remedy=f"Leave out the column {chosen} to see the answer with {names} "
        "modelled, and report the wider interval",
    )


def blank_problem(column: str, rows: int) -> Problem:
    """Return the notice that rows without a label stand alone."""
    return Problem(
        "cluster-label-missing",
        f"{rows} row(s) have no {column}; each was taken as a {column} of its own",
        severity="notice",
        column=column,
        remedy=f"Fill in the {column} of every row",
    )


def few_clusters_problem(column: str, count: int) -> Problem:
    """Return the warning that dependence is estimated from very few clusters."""
    return Problem(
        "few-clusters",
        f"There are only {count} {PLURAL.get(column, 'clusters')}, too few to tell "
        "how alike their members are; the limits may be too narrow",
        severity="warning",
        column=column if column in PLURAL else None,
        expected=f"at least {FEW_CLUSTERS}, better ten or more",
        remedy=f"Use more {PLURAL.get(column, 'clusters')} with fewer animals each",
    )


def found_sentence(
    column: str, size: NDArray[np.float64], spans_doses: bool, others: list[str]
) -> str:
    """Say in one sentence what was found.

    How it was fitted is said by the fit, which may be another model than the default,
    or a plain fit at the analyst's word.
    """
    count, total = size.size, int(size.sum())
    low, high = format_number(size.min()), format_number(size.max())
    span = low if low == high else f"{low} to {high}"
    plural = PLURAL[column]
    if column == "animal":
        again = int((size > 1).sum())
        text = f"{again} of {count} animals were tested more than once ({total} tests)"
    else:
        text = f"The {total} animals come from {count} {plural} of {span}"
    if spans_doses:
        text += f"; one {column} may have had several doses"
    elif column == "animal":
        text += ", always at the same dose"
    else:
        text += f"; each {column} had one dose"
    if others:
        text += f"; the column(s) {', '.join(others)} also make rows dependent"
    return text + "."
