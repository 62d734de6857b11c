"""Curves of one table against each other: slopes, relative potency, ED50 ratios."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from isobole.analysis._ed50_forms import data_hash, shared_problems
from isobole.analysis._table_answer import (
    Progress,
    Rows,
    TableAnswer,
    in_silence,
    sheet_option,
)
from isobole.results import DataError, DoseUnit, Missing, Problem

if TYPE_CHECKING:
    from isobole.doseresponse import CurveComparison, QuantalData

_HEADER = (
    "quantity", "first", "second", "slopes", "estimate", "low", "high", "set_kind",
    "bounds", "level", "interval", "log10_se", "reason",
)  # fmt: skip


def answer_potency(
    source: Any,
    *,
    by: str | None = None,
    unit: DoseUnit | str | None = None,
    endpoint: str = "affected",
    sheet: str | None = None,
    standard: str | None = None,
    standard_potency: float = 1.0,
    link: Any = "probit",
    information: Any = "observed",
    heterogeneity: Any = "p<0.05",
    independent: bool = False,
    interval: Any = "likelihood",
    level: float = 0.95,
    seed: int = 1,
    progress: Progress = in_silence,
) -> TableAnswer[CurveComparison]:
    """Compare the curves of a table with one of them.

    Parameters
    ----------
    source, by, unit, endpoint, sheet
        As for `isobole.tables.read_quantal`.
    standard, standard_potency, link, information, heterogeneity, independent
        As for `isobole.doseresponse.compare_curves`.
    interval, level
        As for `isobole.doseresponse.compare_curves`.
    seed : int
        Recorded; nothing is sampled.
    progress : callable, optional
        Begins a step of the work by its name.

    Raises
    ------
    DataError
        For a table that cannot be read, or that holds one curve only.
    OptionError
        For options that do not exist.

    Examples
    --------
    >>> from isobole.datasets import path
    >>> answer_potency(path("rotenone"), standard="deguelin").title
    'Potency against deguelin'
    """
    from isobole.doseresponse import compare_curves
    from isobole.tables import read_quantal

    with progress("Reading rows") as step:
        curves = read_quantal(
            source, by=by, unit=unit, endpoint=endpoint, sheet=sheet, progress=step
        )
    if len(curves) < 2:
        raise DataError([_one_curve(curves[0])])
    options: dict[str, Any] = {
        "link": link,
        "standard": standard,
        "standard_potency": standard_potency,
        "interval": interval,
        "level": level,
        "information": information,
        "heterogeneity": heterogeneity,
        "independent": independent,
    }
    with progress("Comparing curves") as step:
        step(0, len(curves))
        found = compare_curves(curves, **options)
    return TableAnswer(
        schema="potency",
        title=f"Potency against {found.standard}",
        found=found,
        body=lambda: potency_body(found),
        report=found.blocks,
        rows=lambda: _rows(found),
        complete=not any(
            isinstance(potency[found.interval].value, Missing)
            for potency in found.potencies
        ),
        inputs=curves[0].inputs,
        data_sha256=data_hash(curves),
        options={
            "by": by,
            **options,
            "standard": found.standard,
            **sheet_option(sheet),
        },
        seed=seed,
        endpoint=curves[0].endpoint,
        unit=curves[0].unit,
        problems=tuple(dict.fromkeys((*shared_problems(curves), *found.problems))),
    )


def potency_body(found: CurveComparison) -> dict[str, Any]:
    """Return the JSON fields of a comparison; its problems stand in the envelope."""
    return {k: v for k, v in found.to_dict().items() if k != "problems"}


def _one_curve(data: QuantalData) -> Problem:
    remedy = "Name the column that holds the curves' names: by='COLUMN'"
    if data.curve:
        remedy = "Put the standard and the other curves into one file"
    return Problem(
        "one-curve",
        "There is one curve only, so there is nothing to compare",
        file=data.inputs[0].file if data.inputs else None,
        expected="two curves or more",
        remedy=remedy,
    )


def _rows(found: CurveComparison) -> Rows:
    """Return potencies and ED50 ratios as rows of a CSV file."""
    groups = [
        ("relative potency", p.standard, p.curve, "common", p.estimates)
        for p in found.potencies
    ]
    for pair in found.pairs:
        groups.append(("ED50 ratio", pair.first, pair.second, "common", pair.common))
        groups.append(
            ("ED50 ratio", pair.first, pair.second, "separate", pair.separate)
        )
    rows: list[tuple[Any, ...]] = []
    for *names, estimates in groups:
        for estimate in estimates:
            said = estimate.to_dict()
            rows.append((*names, *(said[key] for key in _HEADER[4:])))
    return _HEADER, rows
