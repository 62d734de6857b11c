"""`isobole synergy`: whether drugs given together act beyond additivity."""

from __future__ import annotations

from typing import Annotated, Literal

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
    from isobole.analysis import answer_synergy
    from isobole.cli._progress import Progress
    from isobole.cli._synergy_text import synergy_text

    answer = answer_synergy(
        source(file),
        drugs=None if drugs is None else drugs.split(","),
        ratio=ratio,
        ratio_by=ratio_by,
        design=design,
        unit=data.unit,
        endpoint=data.endpoint,
        sheet=data.sheet,
        effects=effects,
        null=null,
        variance=variance,
        margin=margin,
        index=index,
        index_interval=index_interval,
        ladder=ladder,
        slope_for_bound=slope_for_bound,
        link=link,
        natural_response=share,
        convention=convention,
        heterogeneity=heterogeneity,
        level=output.level,
        seed=output.seed,
        progress=Progress,
    )
    return Answer.of(answer, output, lambda: synergy_text(answer.found))
