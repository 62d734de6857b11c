"""`plan_protection`: animals per group to see a difference in the share protected."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Final, get_args

from isobole.doseresponse._outcome_blocks import percent_text
from isobole.planning._approximations import (
    COHEN,
    FLEISS,
    Approximation,
    arcsine_n,
    proportions_n,
)
from isobole.planning._power_checks import check_design, check_share
from isobole.planning._power_plan import PowerPlan, PowerSeries
from isobole.planning._power_search import (
    SAME,
    SMALLEST,
    PowerPoint,
    Progress,
    search_every,
    smallest,
    treated_size,
)
from isobole.planning._protection_power import ProtectionTest, protection_power
from isobole.results import Missing, OptionError, check_choice

LABELS: Final = {
    "fisher": "Fisher's exact test",
    "boschloo": "Boschloo's exact test",
}
_MOST: Final = {"fisher": 500, "boschloo": 100}
"""Most animals in a group: above, tables are too many to list at every size."""
_FISHER: Final = (
    "Fisher RA (1935) The logic of inductive inference. J R Stat Soc 98:39-82."
)
_BOSCHLOO: Final = (
    "Boschloo RD (1970) Raised conditional level of significance for the 2 × 2-table "
    "when testing the equality of two probabilities. Stat Neerl 24:1-35."
)
_HOLM: Final = (
    "Holm S (1979) A simple sequentially rejective multiple test procedure. Scand J "
    "Stat 6:65-70."
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PlanProtection(PowerPlan):
    """Exact power to see a difference in the share of animals protected.

    Parameters
    ----------
    control, treated : float
        Shares protected that are expected, 0 to 1.
    """

    TITLE: ClassVar[str] = "Animals for a comparison of protection"
    NAME: ClassVar[str] = "PlanProtection"

    control: float
    treated: float

    @property
    def differs(self) -> bool:
        """Whether the shares differ."""
        return self.control != self.treated

    def expected_words(self) -> str:
        """Say which shares are expected."""
        return f"{percent_text(self.control)} v {percent_text(self.treated)} protected"

    def assumptions(self) -> str:
        """Say what the numbers rest on."""
        return (
            "animals are independent, one outcome each; every control is protected "
            f"with a chance of {percent_text(self.control)} and every treated animal "
            f"with {percent_text(self.treated)}, whatever day or litter. A share taken "
            "from few animals is a guess itself: plan for the smallest difference that "
            "matters. Animals that are excluded or die before the end are not counted: "
            "add them."
        )

    def method_words(self) -> str:
        """Say how power was found."""
        return (
            "Power was computed exactly, as the binomial probability of all tables "
            "that the test rejects."
        )

    def references(self) -> tuple[str, ...]:
        """Return what was used."""
        own = {"fisher": (_FISHER,), "boschloo": (_FISHER, _BOSCHLOO)}
        several = (_HOLM,) if self.comparisons > 1 else ()
        formulas = tuple(one.reference for one in self.approximations)
        return (*own[self.series[0].test], *several, *formulas)

    def expected_dict(self) -> dict[str, Any]:
        """Return the shares in percent."""
        return {"control": 100 * self.control, "treated": 100 * self.treated}


def plan_protection(
    control: float,
    treated: float,
    *,
    n: int | None = None,
    power: float = 0.8,
    alpha: float = 0.05,
    test: ProtectionTest = "fisher",
    comparisons: int = 1,
    ratio: float = 1.0,
    maximum: int | None = None,
    progress: Progress | None = None,
) -> PlanProtection:
    """Say how many animals show a difference in the share protected, exactly.

    The power of an exact test does not rise steadily with n: it is saw-toothed. So the
    answer is the smallest n whose power holds for all larger n, beside the one that
    reaches it first.

    Parameters
    ----------
    control, treated : float
        Shares protected that you expect, 0 to 1.
    n : int, optional
        Control animals of a design to be judged.
    power : float
        Power wanted, 0.5 to below 1.
    alpha : float
        Two-sided error of the whole study.
    test : {"fisher", "boschloo"}
        Fisher's exact test, or Boschloo's, which is never less powerful.
    comparisons : int
        Treated groups compared with the one control; each is planned at
        alpha / comparisons, the first step of Holm's test.
    ratio : float
        Treated animals (in each group) per control animal.
    maximum : int, optional
        Most control animals to consider: 200 unless given, 100 by Boschloo's test.
    progress : callable, optional
        Called with (size, largest size).

    Returns
    -------
    PlanProtection

    Raises
    ------
    DataError
        If a share is not within 0 to 1.
    OptionError
        If another argument is out of range.

    Examples
    --------
    >>> plan = plan_protection(0.2, 0.8, n=8)
    >>> plan
    PlanProtection(20 % v 80 % protected: 12 animals per group (24 in all) for 80 % \
power by Fisher's exact test)
    >>> f"{plan.planned.power:.3f}"
    '0.598'
    """
    check_choice("test", test, get_args(ProtectionTest))
    first, second = check_share("control", control), check_share("treated", treated)
    most = _MOST[test]
    if maximum is None:
        maximum = min(200, most, math.floor(most / ratio) if ratio > 0 else most)
    check_design(
        n=n, power=power, alpha=alpha, comparisons=comparisons, ratio=ratio,
        maximum=maximum, most=most,
    )  # fmt: skip
    each = alpha / comparisons

    def at(size: int) -> PowerPoint:
        m = treated_size(size, ratio)
        found = protection_power(first, second, size, m, alpha=each, test=test)
        return PowerPoint(size, m, found)

    points: dict[int, PowerPoint] = {}
    approximations: tuple[Approximation, ...] = ()
    if first == second:
        found = smallest([at(maximum)], 2.0, SAME)
        points = {size: at(size) for size in _spread(min(maximum, 40))}
    else:
        approximations = _formulas(first, second, power, each, ratio)
        about = min(a.n for a in approximations if not isinstance(a.n, Missing))
        # No exact test needs fewer animals than half of what the formulas ask for.
        start = max(SMALLEST, min(about, 10**9) // 2)
        if start <= maximum:
            points = search_every(
                at, target=power, start=start, maximum=maximum, progress=progress
            )
        else:
            points = {maximum: at(maximum)}
        reason = (
            f"no size up to {max(points)} control animals keeps {percent_text(power)} "
            f"power; the formulas ask for about {about:,}. Raise maximum, or plan for "
            "a larger difference"
        )
        for size in _spread(min(start, maximum)):
            points.setdefault(size, at(size))
        found = smallest(points.values(), power, reason)
    planned = None
    if n is not None:
        planned = points.setdefault(n, at(n))
    series = PowerSeries(test, LABELS[test], tuple(points[k] for k in sorted(points)))
    return PlanProtection(
        (series,), found, planned, power, alpha, comparisons, float(ratio),
        approximations, None, None, first, second,
    )  # fmt: skip


def _spread(top: int) -> tuple[int, ...]:
    """Return sizes below the search, for the table and the curve."""
    step = max(1, top // 12)
    return tuple(range(SMALLEST, top, step))


def _formulas(
    control: float, treated: float, power: float, alpha: float, ratio: float
) -> tuple[Approximation, ...]:
    rows = (
        ("normal, two proportions", proportions_n, FLEISS),
        ("arcsine of the shares", arcsine_n, COHEN),
    )
    made = []
    for name, formula, reference in rows:
        value = formula(control, treated, power, alpha, ratio)
        if not math.isfinite(value):
            raise OptionError("the shares are too close together to be told apart")
        made.append(
            Approximation(
                name, "control animals", value, max(2, math.ceil(value)), reference
            )
        )
    return tuple(made)
