"""Whether drugs given together act beyond additivity, by the design of the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from isobole.analysis._synergy_forms import (
    factorial_body,
    factorial_rows,
    ray_rows,
    shift_rows,
)
from isobole.analysis._table_answer import (
    Progress,
    TableAnswer,
    in_silence,
    sheet_option,
)
from isobole.results import DataError, DoseUnit, Missing, OptionError, Problem

if TYPE_CHECKING:
    from isobole.combination import (
        CombinationAnalysis,
        CombinationData,
        FactorialInteraction,
        PotencyShift,
    )

    Interactions = CombinationAnalysis | PotencyShift | FactorialInteraction

_WORDS = {
    "fixed-ratio": "mixtures at fixed ratios",
    "type-ii": "a fixed dose under a ladder (type II)",
    "factorial": "a 2 x 2 factorial",
}
_ARMS = ("rows-in-no-arm",)


def answer_synergy(
    source: Any,
    *,
    drugs: Sequence[str] | None = None,
    ratio: str | None = None,
    ratio_by: Any = None,
    design: Any = None,
    unit: DoseUnit | str | None = None,
    endpoint: str = "affected",
    sheet: str | None = None,
    effects: Sequence[float] = (50.0,),
    null: Any = "both",
    variance: Any = "delta",
    margin: tuple[float, float] | None = None,
    index: float | None = None,
    index_interval: Any = "auto",
    ladder: str | None = None,
    slope_for_bound: float | None = None,
    link: Any = "probit",
    natural_response: Literal["none", "estimate"] | float = "none",
    convention: Any = None,
    heterogeneity: Any = None,
    level: float = 0.95,
    seed: int = 1,
    progress: Progress = in_silence,
) -> TableAnswer[Interactions]:
    """Test whether drugs given together act beyond additivity.

    The design is recognised: drugs alone with mixtures at fixed ratios
    (`analyze_combination`), doses of one drug over a fixed dose of another
    (`potency_shift`), or a 2 x 2 factorial (`factorial_interaction`).

    Parameters
    ----------
    source, drugs, ratio, ratio_by, design, unit, endpoint, sheet
        As for `isobole.tables.read_combination`.
    effects : sequence of float
        Effects compared, in per cent of animals (fixed ratio).
    null, variance, margin, index, natural_response
        For fixed ratios, as for `isobole.combination.analyze_combination`, which calls
        the index worth finding `planned_index`.
    index_interval : str
        Interval the verdict rests on.
    ladder, slope_for_bound
        For type II, as for `isobole.combination.potency_shift`.
    link, convention, heterogeneity, level, seed
        Of the curves.
    progress : callable, optional
        Begins a step of the work by its name.

    Raises
    ------
    DataError
        For a table that cannot be read, or doses that form no design.
    OptionError
        For options that do not exist, or mean nothing for the design.

    Examples
    --------
    >>> from isobole.datasets import path
    >>> answer = answer_synergy(path("rotenone-deguelin-1-4"), margin=(0.8, 1.25))
    >>> answer.title, answer.options["design"]
    ('Interaction of rotenone and deguelin', 'fixed-ratio')
    """
    from isobole.tables import read_combination

    with progress("Reading rows") as step:
        study = read_combination(
            source,
            drugs=drugs,
            unit=unit,
            endpoint=endpoint,
            ratio=ratio,
            ratio_by=ratio_by,
            design=design,
            sheet=sheet,
            progress=step,
        )
    with progress("Analysing arms") as step:
        step(0, len(study.arms))
        part = _analysed(
            study,
            ratios={
                "effect": list(effects),
                "null": null,
                "variance": variance,
                "margin": margin,
                "index": index,
                "natural_response": natural_response,
            },
            shifts={"ladder": ladder, "slope_for_bound": slope_for_bound},
            curve={"heterogeneity": heterogeneity, "convention": convention},
            always={"link": link, "level": level},
            index_interval=index_interval,
            seed=seed,
        )
    return TableAnswer(
        **(part._asdict() | {"options": {**part.options, **sheet_option(sheet)}}),
        schema="synergy",
        title=f"Interaction of {' and '.join(study.drugs)}",
        report=part.found.blocks,
        inputs=study.inputs,
        data_sha256=study.sha256,
        seed=seed,
        endpoint=study.endpoint,
        unit=study.unit,
        problems=part.found.problems,
    )


def _analysed(
    study: CombinationData,
    *,
    ratios: dict[str, Any],
    shifts: dict[str, Any],
    curve: dict[str, Any],
    always: dict[str, Any],
    index_interval: Any,
    seed: int,
) -> _Part:
    """Analyse by the design; `ratios` are for fixed ratios, `shifts` for type II."""
    given = [name for name, value in ratios.items() if value != _DEFAULTS[name]]
    varied = [name for name, value in shifts.items() if value is not None]
    if study.design == "factorial":
        curves = [name for name, value in curve.items() if value is not None]
        if index_interval != "auto":
            curves.append("index_interval")
        _only_for([*given, *varied, *curves], study)
        return _factorial(study, always)
    if study.design == "type-ii":
        _only_for(given, study)
        if index_interval == "bootstrap":
            raise OptionError(
                "index_interval='bootstrap' is for fixed ratios; give likelihood or "
                "log-delta"
            )
        kind = "likelihood" if index_interval == "auto" else index_interval
        return _shift(study, {**always, **shifts, **curve, "interval": kind})
    if study.design == "free":
        raise DataError([*(p for p in study.notes if p.code in _ARMS), _free(study)])
    _only_for(varied, study)
    rays = {**always, **ratios, **curve, "interval": index_interval, "seed": seed}
    rays["planned_index"] = rays.pop("index")
    return _rays(study, rays)


_DEFAULTS: dict[str, Any] = {
    "effect": [50.0], "null": "both", "variance": "delta", "margin": None,
    "index": None, "natural_response": "none",
}  # fmt: skip


def _only_for(names: Sequence[str], study: CombinationData) -> None:
    """Refuse options that mean nothing for the design, instead of ignoring them."""
    if names:
        design = _WORDS[study.design]
        msg = f"{', '.join(names)} cannot be used: the design is {design}"
        raise OptionError(msg)


def _free(study: CombinationData) -> Problem:
    return Problem(
        "no-design",
        "The doses form neither fixed ratios, nor fixed doses under a ladder, nor a "
        "2 x 2 factorial",
        file=study.inputs[0].file if study.inputs else None,
        expected="every mixture in an arm of one ratio (two or more total doses) or "
        "over one fixed dose",
        remedy="Correct unequal ratios, or give design='fixed-ratio' or "
        "design='type-ii' to analyse the arms there are",
    )


class _Part(NamedTuple):
    """What depends on the design."""

    found: Any
    body: Any
    rows: Any
    complete: bool
    options: dict[str, Any]


def _rays(study: CombinationData, options: dict[str, Any]) -> _Part:
    from isobole.combination import analyze_combination

    found = analyze_combination(study, **options)
    return _Part(
        found,
        found.to_dict,
        lambda: ray_rows(found),
        not any(isinstance(item.index.value, Missing) for item in found.interactions),
        {"design": study.design, **found.options},
    )


def _shift(study: CombinationData, options: dict[str, Any]) -> _Part:
    from isobole.combination import potency_shift

    found = potency_shift(study, **options)
    indices = [index for shift in found.shifts for index in shift.indices]
    return _Part(
        found,
        found.to_dict,
        lambda: shift_rows(found),
        not any(isinstance(i.index.value, Missing) for i in indices),
        {"design": study.design, **found.options},
    )


def _factorial(study: CombinationData, options: dict[str, Any]) -> _Part:
    from isobole.combination import factorial_interaction

    found = factorial_interaction(data=study, **options)
    return _Part(
        found,
        lambda: factorial_body(found),
        lambda: factorial_rows(found),
        not isinstance(found.expected, Missing),
        {"design": study.design, **options, "background": found.background},
    )
