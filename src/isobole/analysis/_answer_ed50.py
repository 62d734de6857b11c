"""Counts in, ED50s out: every curve of a table fitted alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

from isobole.analysis._ed50_forms import (
    data_hash,
    effect_rows,
    report_blocks,
    shared_problems,
)
from isobole.analysis._table_answer import (
    Progress,
    TableAnswer,
    in_silence,
    sheet_option,
)
from isobole.results import DoseUnit, Estimate, Missing

if TYPE_CHECKING:
    from isobole.doseresponse import QuantalData, QuantalFit

Curves = tuple[Sequence["QuantalFit"], Sequence[Sequence[Estimate]]]


def answer_ed50(
    source: Any,
    *,
    by: str | None = None,
    unit: DoseUnit | str | None = None,
    endpoint: str = "affected",
    sheet: str | None = None,
    effects: Sequence[float] = (50.0,),
    link: Any = "probit",
    method: Any = "likelihood",
    natural_response: Literal["none", "estimate"] | float = "none",
    convention: Any = None,
    information: Any = None,
    heterogeneity: Any = None,
    independent: bool = False,
    cluster: Any = "auto",
    interval: Any = None,
    level: float = 0.95,
    seed: int = 1,
    progress: Progress = in_silence,
) -> TableAnswer[Curves]:
    """Find the ED50 of every curve in a table of counts.

    Parameters
    ----------
    source, by, unit, endpoint, sheet
        As for `isobole.tables.read_quantal`.
    effects : sequence of float
        Effects wanted, in per cent of animals.
    link, method, natural_response, convention, information, heterogeneity
        As for `isobole.doseresponse.fit_quantal`.
    independent, cluster, interval, level, seed
        As for `isobole.doseresponse.fit_quantal`.
    progress : callable, optional
        Begins a step of the work by its name.

    Returns
    -------
    TableAnswer
        Its `found` are the fits, and for each its effective doses.

    Raises
    ------
    DataError
        For a table that cannot be read.
    OptionError
        For options that do not exist or exclude each other.

    Examples
    --------
    >>> from isobole.datasets import path
    >>> answer = answer_ed50(path("mice8"), effects=[50, 90])
    >>> answer.title, answer.complete, len(answer.rows()[1])
    ('ED50', True, 2)
    """
    from isobole.doseresponse import fit_quantal
    from isobole.tables import read_quantal

    with progress("Reading rows") as step:
        curves = read_quantal(
            source, by=by, unit=unit, endpoint=endpoint, sheet=sheet, progress=step
        )
    fits: list[QuantalFit] = []
    with progress("Fitting curves") as step:
        step(0, len(curves))
        for curve in curves:
            fits.append(
                fit_quantal(
                    curve,
                    link=link,
                    method=method,
                    natural_response=natural_response,
                    information=information,
                    heterogeneity=heterogeneity,
                    interval=interval,
                    convention=convention,
                    level=level,
                    independent=independent,
                    cluster=cluster,
                    seed=seed,
                )
            )
            step(len(fits), len(curves))
    wanted = list(effects)
    found = [fit.ed(wanted) for fit in fits]
    first = fits[0]
    return TableAnswer(
        schema="ed50",
        title=_title(curves),
        found=(fits, found),
        body=lambda: {"curves": [fit.to_dict(wanted) for fit in fits]},
        report=lambda: report_blocks(fits, found),
        rows=lambda: effect_rows(fits, found),
        complete=not any(isinstance(e.value, Missing) for ed in found for e in ed),
        inputs=first.data.inputs,
        data_sha256=data_hash(curves),
        options={
            "by": by,
            "effects": wanted,
            "cluster": cluster,
            **asdict(first.options),
            **sheet_option(sheet),
        },
        seed=seed,
        endpoint=first.data.endpoint,
        unit=first.data.unit,
        problems=shared_problems(curves),
    )


def _title(curves: Sequence[QuantalData]) -> str:
    names = [curve.curve for curve in curves if curve.curve]
    if not names or len(names) > 4:
        return f"ED50 of {len(curves)} curves" if len(curves) > 1 else "ED50"
    return f"ED50 of {', '.join(names)}"
