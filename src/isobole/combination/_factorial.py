"""2 x 2 factorials: does the pair affect more animals than Bliss independence expects.

Never "synergy": two half doses of one drug exceed Bliss by themselves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal

from scipy.special import chdtrc, chdtri

from isobole.combination._data import CombinationData
from isobole.combination._excess import excess_limits
from isobole.combination._factorial_cells import cells_of, checked
from isobole.combination._factorial_result import (
    BlissVerdict,
    FactorialInteraction,
    FisherTest,
    cell_name,
)
from isobole.combination._sham import loewe_rows
from isobole.combination._unconditional import (
    TABLE_LIMIT,
    bliss_statistic,
    unconditional_p,
)
from isobole.doseresponse import Link
from isobole.doseresponse._links import LINKS
from isobole.doseresponse._options import check_level
from isobole.results import (
    DoseUnit,
    Estimate,
    Limits,
    Missing,
    NotComputable,
    OptionError,
    check_choice,
)

Background = Literal["control", "zero"]
BACKGROUNDS: Final = ("control", "zero")


def factorial_interaction(
    n: Sequence[int] | None = None,
    affected: Sequence[int] | None = None,
    *,
    data: CombinationData | None = None,
    drugs: Sequence[str] = ("A", "B"),
    background: Background = "control",
    level: float = 0.95,
    link: Link = "probit",
) -> FactorialInteraction:
    """Compare a 2 x 2 factorial with Bliss independence, by an exact test.

    Under Bliss the background, drug A and drug B act independently, so the animals
    spared multiply: s11 / s00 = (s10 / s00) (s01 / s00), which is Abbott's correction.
    The verdict is exceeds-bliss, below-bliss or inconclusive, and never synergy: two
    doses of one drug exceed Bliss too wherever its curve is steep, and the result
    shows by how much.

    Main arguments

    Parameters
    ----------
    n, affected : sequence of four int
        Animals, and those showing the endpoint, in the order neither drug, A alone,
        B alone, both.
    data : CombinationData
        Instead of counts: a study with each drug at one dose.

    Other arguments

    drugs : (str, str)
        Names, where counts are given.
    background : {"control", "zero"}
        Where the response without drugs comes from: the cell 00, or assumed to be 0.
    level : float
        Confidence of limits; 1 - level is the size of the test.
    link : {"probit", "logit", "cloglog"}
        Curve of the drugs in the comparison with Loewe additivity.

    Returns
    -------
    FactorialInteraction

    Raises
    ------
    DataError
        For counts that do not form a 2 x 2 factorial, with every problem found.

    Notes
    -----
    Bliss CI (1939) Ann Appl Biol 26:585; Abbott WS (1925) J Econ Entomol 18:265;
    Barnard GA (1945) Nature 156:177 for the unconditional test.

    Examples
    --------
    >>> found = factorial_interaction([10] * 4, [0, 0, 1, 7], drugs=["Mg", "VPA"])
    >>> found
    FactorialInteraction(exceeds-bliss: Mg + VPA 70 % observed, 10 % expected; \
p = 0.011, exact unconditional)
    """
    check_level(level)
    check_choice("background", background, BACKGROUNDS)
    check_choice("link", link, LINKS)
    unit: DoseUnit | None = None
    endpoint, doses = "affected", None
    if data is not None:
        if n is not None or affected is not None:
            msg = "Give either counts or data, not both."
            raise OptionError(msg)
        n, affected, doses = cells_of(data)
        drugs, unit, endpoint = data.drugs, data.unit, data.endpoint
    if n is None or affected is None:
        msg = "Give n and affected, four counts each (00, 10, 01, 11), or data."
        raise OptionError(msg)
    if len(drugs) != 2:
        msg = f"{len(drugs)} drug name(s); a 2 x 2 factorial has two drugs."
        raise OptionError(msg)
    size, hit = checked(n, affected, drugs)
    spared = [a - b for a, b in zip(size, hit, strict=True)]
    no_test = _why_untestable(size, spared, background, drugs)
    zero = background == "zero"
    cells = [0, *size[1:]] if zero else size
    left = [0, *spared[1:]] if zero else spared
    observed = hit[3] / size[3]
    expected: float | Missing
    if no_test is not None:
        expected = no_test
        limits = Limits("profile likelihood", level, None, reason=no_test.reason)
        excess: float | Missing = no_test
    else:
        alone = math.prod(left[k] / size[k] for k in (1, 2))
        expected = 1 - min(alone / (1.0 if zero else spared[0] / size[0]), 1.0)
        excess = observed - expected
        low, high = excess_limits(cells, left, float(chdtri(1.0, 1 - level)))
        limits = Limits("profile likelihood", level, "interval", low, high)
    statistic, p, mid_p, asymptotic = _tests(cells, left, zero, no_test)
    verdict = _verdict(excess, p, asymptotic, level)
    return FactorialInteraction(
        drugs=(str(drugs[0]), str(drugs[1])),
        doses=doses,
        unit=unit,
        endpoint=endpoint,
        n=(size[0], size[1], size[2], size[3]),
        affected=(hit[0], hit[1], hit[2], hit[3]),
        background=background,
        level=level,
        link=link,
        observed=observed,
        expected=expected,
        excess=Estimate("excess over Bliss", excess, limits),
        statistic=statistic,
        p=p,
        mid_p=mid_p,
        p_asymptotic=asymptotic,
        verdict=verdict,
        loewe=loewe_rows(cells, hit, link, level, no_test),
        fisher=tuple(
            FisherTest(cell_name(drugs, k), _fisher(size, hit, k)) for k in (1, 2)
        ),
        problems=() if data is None else data.notes,
    )


def _why_untestable(
    n: Sequence[int], spared: Sequence[int], background: str, drugs: Sequence[str]
) -> Missing | None:
    if background == "zero":
        return None
    if n[0] == 0:
        return Missing(
            "No group without drugs was run, so the background is unknown; run one, "
            "or pass background='zero' if the model affects no untreated animal."
        )
    if spared[0] == 0:
        return Missing(
            "Every animal without drugs was affected, which leaves nothing for "
            f"{' or '.join(drugs)} to add; count the other endpoint, or check it."
        )
    return None


def _tests(
    n: Sequence[int], spared: Sequence[int], zero: bool, no_test: Missing | None
) -> tuple[float | Missing, float | Missing, float | Missing, float | Missing]:
    if no_test is not None:
        return no_test, no_test, no_test, no_test
    statistic = float(bliss_statistic(n, spared))
    asymptotic = float(chdtrc(1.0, statistic))
    tables = math.prod(size + 1 for size in n)
    if tables > TABLE_LIMIT:
        many = Missing(
            f"{tables:,} tables are possible, above the {TABLE_LIMIT:,} that are "
            "listed; with groups this large the likelihood-ratio p serves."
        )
        return statistic, many, many, asymptotic
    try:
        p, mid_p = unconditional_p(n, spared, known=zero)
    except MemoryError as error:
        msg = "The tables of this design do not fit into memory."
        raise NotComputable(msg) from error
    return statistic, p, mid_p, asymptotic


def _verdict(
    excess: float | Missing, p: float | Missing, spare: float | Missing, level: float
) -> BlissVerdict:
    used = spare if isinstance(p, Missing) else p
    if isinstance(excess, Missing) or isinstance(used, Missing) or used > 1 - level:
        return "inconclusive"
    return "exceeds-bliss" if excess > 0 else "below-bliss"


def _fisher(n: Sequence[int], affected: Sequence[int], single: int) -> float:
    """Return Fisher's two-sided p of both drugs against one of them."""
    n1, n2 = n[3], n[single]
    total = affected[3] + affected[single]
    ways = [
        math.comb(n1, k) * math.comb(n2, total - k) if 0 <= total - k <= n2 else 0
        for k in range(min(n1, total) + 1)
    ]
    seen = ways[affected[3]]
    # Whole numbers: tables exactly as likely are counted without a tolerance.
    return sum(way for way in ways if way <= seen) / sum(ways)
