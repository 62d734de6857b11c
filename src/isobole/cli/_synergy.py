"""`isobole synergy`: whether drugs given together act beyond additivity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Group, Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import (
    ANSWER,
    CURVE,
    DATA,
    Convention,
    Data,
    Heterogeneity,
    Link,
    Output,
    natural_response,
    numbers,
    source,
)
from isobole.results import DataError, OptionError, Problem

if TYPE_CHECKING:
    from isobole.combination import CombinationData

# As in _flags: repeated because importing the library would slow every --help.
Variance = Literal["delta", "tallarida", "lublin"]
Null = Literal["both", "loewe", "dose-equivalence"]
IndexInterval = Literal["auto", "log-delta", "likelihood", "bootstrap"]
Design = Literal["fixed-ratio", "type-ii", "factorial", "free"]
RatioBy = Literal["mass", "ed50"]

ADDITIVITY = Group("Additivity", sort_key=1)


def synergy(
    file: str,
    /,
    *,
    drugs: Annotated[str | None, Parameter(group=DATA, metavar="NAMES")] = None,
    ratio: Annotated[str | None, Parameter(group=DATA, metavar="PARTS")] = None,
    ratio_by: Annotated[RatioBy | None, Parameter(group=DATA)] = None,
    design: Annotated[Design | None, Parameter(group=DATA)] = None,
    data: Data = Data(),  # noqa: B008
    null: Annotated[Null, Parameter(group=ADDITIVITY)] = "both",
    variance: Annotated[Variance, Parameter(group=ADDITIVITY)] = "delta",
    margin: Annotated[
        tuple[float, float] | None, Parameter(group=ADDITIVITY, metavar="LOW HIGH")
    ] = None,
    index: Annotated[
        float | None, Parameter(group=ADDITIVITY, metavar="NUMBER")
    ] = None,
    index_interval: Annotated[IndexInterval, Parameter(group=ADDITIVITY)] = "auto",
    ladder: Annotated[str | None, Parameter(group=ADDITIVITY, metavar="DRUG")] = None,
    slope_for_bound: Annotated[
        float | None, Parameter(group=ADDITIVITY, metavar="NUMBER")
    ] = None,
    link: Annotated[Link, Parameter(group=CURVE)] = "probit",
    natural: Annotated[
        str, Parameter(name="--natural-response", group=CURVE, metavar="SHARE")
    ] = "none",
    convention: Annotated[Convention | None, Parameter(group=CURVE)] = None,
    heterogeneity: Annotated[Heterogeneity | None, Parameter(group=CURVE)] = None,
    effect: Annotated[
        list[str] | None, Parameter(group=ANSWER, metavar="PERCENT", negative="")
    ] = None,
    output: Output = Output(),  # noqa: B008
) -> Answer:
    """Test whether drugs given together act beyond additivity.

    The table has a dose column per drug, n and affected (or one row per animal). The
    design is recognised: drugs alone with mixtures at fixed ratios; doses of one drug
    over a fixed dose of another (type II); or a 2 x 2 factorial.

    isobole synergy pairs.csv --margin 0.8 1.25 --out pairs.html

    Parameters
    ----------
    file : str
        A CSV or Excel table, or - for standard input.
    drugs : str
        Which columns are doses: VPA,Mg. Every column of numbers that is nothing else,
        unless given.
    ratio : str
        Parts of the drugs in the mixture, 1:4, where the table has only the total dose
        with a column arm or curve.
    ratio_by : str
        Whether these are parts of mass or of ED50s.
    design : str
        Override the design that is recognised.
    null : str
        Which null models the verdict asks to agree (fixed ratio).
    variance : str
        Rule for the error of the additive dose (fixed ratio).
    margin : tuple
        Indices that would not matter; additivity is only concluded inside them (fixed
        ratio).
    index : float
        An index worth finding: says how many animals would, if it is open (fixed
        ratio).
    index_interval : str
        Interval the verdict rests on; auto is log-delta where every arm has a curve,
        else likelihood.
    ladder : str
        The drug whose doses were varied (type II).
    slope_for_bound : float
        Slope of the drug given at fixed doses, if one can be justified (type II).
    link : str
        Shape of the curves.
    natural : str
        Response without drugs: none, estimate (from the control rows), or a known
        proportion such as 0.05 (fixed ratio).
    convention : str
        Do as that program does.
    heterogeneity : str
        When limits are widened because counts scatter about the curves; p<0.05 unless
        a convention fixes it.
    effect : str
        Effects compared, in per cent of animals: 16,50,84. [default 50]
    """
    effects = numbers("--effect", effect or "50")
    share = natural_response(natural)
    from isobole.cli._progress import Progress
    from isobole.tables import read_combination

    with Progress("Reading rows") as progress:
        study = read_combination(
            source(file),
            drugs=None if drugs is None else drugs.split(","),
            unit=data.unit,
            endpoint=data.endpoint,
            ratio=ratio,
            ratio_by=ratio_by,
            design=design,
            progress=progress,
        )
    ratios: dict[str, Any] = {
        "effect": effects,
        "null": null,
        "variance": variance,
        "margin": margin,
        "planned_index": index,
        "natural_response": share,
    }
    shifts: dict[str, Any] = {"ladder": ladder, "slope_for_bound": slope_for_bound}
    curve: dict[str, Any] = {"heterogeneity": heterogeneity, "convention": convention}
    given = [name for name, value in ratios.items() if value != _DEFAULTS[name]]
    varied = [name for name, value in shifts.items() if value is not None]
    always = {"link": link, "level": output.level}
    if study.design == "factorial":
        curves = [name for name, value in curve.items() if value is not None]
        if index_interval != "auto":
            curves.append("index_interval")
        _only_for([*given, *varied, *curves], study)
        answer = _factorial(study, always)
    elif study.design == "type-ii":
        _only_for(given, study)
        if index_interval == "bootstrap":
            raise OptionError(
                "--index-interval bootstrap is for fixed ratios; give likelihood or "
                "log-delta"
            )
        kind = "likelihood" if index_interval == "auto" else index_interval
        answer = _shift(study, {**always, **shifts, **curve, "interval": kind})
    elif study.design == "free":
        raise DataError([*(p for p in study.notes if p.code in _ARMS), _free(study)])
    else:
        _only_for(varied, study)
        answer = _rays(
            study,
            {
                **always, **ratios, **curve,
                "interval": index_interval, "seed": output.seed,
            },
        )  # fmt: skip
    return Answer(
        **answer,
        schema="synergy",
        title=f"Interaction of {' and '.join(study.drugs)}",
        json=output.json,
        out=output.out,
        inputs=study.inputs,
        data_sha256=study.sha256,
        seed=output.seed,
        endpoint=study.endpoint,
        unit=study.unit,
    )


_DEFAULTS: dict[str, Any] = {
    "effect": [50.0], "null": "both", "variance": "delta", "margin": None,
    "planned_index": None, "natural_response": "none",
}  # fmt: skip
_FLAGS = {"planned_index": "--index"}
_ARMS = ("rows-in-no-arm",)
_WORDS = {
    "fixed-ratio": "mixtures at fixed ratios",
    "type-ii": "a fixed dose under a ladder (type II)",
    "factorial": "a 2 x 2 factorial",
}


def _only_for(names: Sequence[str], study: CombinationData) -> None:
    """Refuse options that mean nothing for the design, instead of ignoring them."""
    if not names:
        return
    flags = ", ".join(_FLAGS.get(n, "--" + n.replace("_", "-")) for n in names)
    msg = f"{flags} cannot be used: the design is {_WORDS[study.design]}"
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


def _rays(study: CombinationData, options: dict[str, Any]) -> dict[str, Any]:
    from isobole.cli._synergy_text import ray_rows, ray_text
    from isobole.combination import analyze_combination
    from isobole.results import Missing

    found = analyze_combination(study, **options)
    return {
        "body": found.to_dict,
        "text": lambda: ray_text(found),
        "report": found.blocks,
        "rows": lambda: ray_rows(found),
        "complete": not any(
            isinstance(item.index.value, Missing) for item in found.interactions
        ),
        "options": {"design": study.design, **found.options},
        "problems": found.problems,
    }


def _shift(study: CombinationData, options: dict[str, Any]) -> dict[str, Any]:
    from isobole.cli._synergy_text import shift_rows, shift_text
    from isobole.combination import potency_shift
    from isobole.results import Missing

    found = potency_shift(study, **options)
    indices = [index for shift in found.shifts for index in shift.indices]
    return {
        "body": found.to_dict,
        "text": lambda: shift_text(found),
        "report": found.blocks,
        "rows": lambda: shift_rows(found),
        "complete": not any(isinstance(i.index.value, Missing) for i in indices),
        "options": {"design": study.design, **found.options},
        "problems": found.problems,
    }


def _factorial(study: CombinationData, options: dict[str, Any]) -> dict[str, Any]:
    from isobole.cli._synergy_text import factorial_body, factorial_rows, factorial_text
    from isobole.combination import factorial_interaction
    from isobole.results import Missing

    found = factorial_interaction(data=study, **options)
    return {
        "body": lambda: factorial_body(found),
        "text": lambda: factorial_text(found),
        "report": found.blocks,
        "rows": lambda: factorial_rows(found),
        "complete": not isinstance(found.expected, Missing),
        "options": {
            "design": study.design,
            **options,
            "background": found.background,
        },
        "problems": found.problems,
    }
