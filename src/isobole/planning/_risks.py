"""What can go wrong with a design, each risk with its share and its words."""

from __future__ import annotations

from isobole.doseresponse import Curve, OutcomeDistribution
from isobole.doseresponse._outcome_blocks import percent_text
from isobole.planning._ed50_result import Risk
from isobole.results import format_number


def slope_meaning(curve: Curve) -> str:
    """Say what the slope is, in doses.

    Examples
    --------
    >>> slope_meaning(Curve(14, 6))
    'A slope of 6 probits per tenfold dose (decade) means ED84 / ED16 = 2.15: that \
many times the dose takes the share affected from 16 % to 84 %.'
    """
    per = {
        "probit": "probits per tenfold dose (decade)",
        "logit": "logits per tenfold dose (decade; about 1.7 times the probit's)",
        "cloglog": "on the complementary log-log scale per tenfold dose (decade)",
    }
    return (
        f"A slope of {format_number(curve.slope)} {per[curve.link]} means ED84 / ED16 "
        f"= {format_number(curve.dose_ratio(), 3)}: that many times the dose takes the "
        "share affected from 16 % to 84 %."
    )


def risks_of(found: OutcomeDistribution) -> tuple[Risk, ...]:
    """Return what can go wrong with a design, each with its share."""
    level = format_number(100 * found.level)
    likelihood = found.interval("likelihood")
    corner = found.status("none-affected") + found.status("all-affected")
    within = dict(found.within)[1.5]
    low, high = (format_number(d) for d in (found.doses[0], found.doses[-1]))
    unit = f" {found.unit}" if found.unit else ""
    told = (
        (
            "no-finite-slope",
            found.no_finite_slope,
            "have no finite slope",
            "no dose, or only one, has a partial response: the ED50 is only known to "
            "lie between two doses, and no standard error exists",
        ),
        (
            "no-ed50",
            found.no_estimate,
            "give no ED50 as a number",
            "no finite slope, or a curve that does not rise; where the slope is "
            "infinite the likelihood limits still hold",
        ),
        (
            "none-or-all-affected",
            corner,
            "affect no animal or every animal",
            "the ED50 is then only known to lie beyond the doses",
        ),
        (
            "ed50-outside-doses",
            found.outside,
            f"estimate the ED50 outside {low} to {high}{unit}",
            "such an ED50 is an extrapolation",
        ),
        (
            "slope-not-significant",
            found.status("slope-not-significant") + found.status("reversed"),
            f"have a slope not told from zero at {level} %, or falling",
            "the ED50 is then not well determined",
        ),
        (
            "limit-not-bounded",
            likelihood.unbounded,
            f"leave a {level} % likelihood limit not bounded",
            "doses far on that side cannot be excluded",
        ),
        (
            "limits-miss",
            1 - likelihood.unconditional,
            f"have {level} % likelihood limits that miss the true ED50 (nominal "
            f"{format_number(100 * (1 - found.level), 3)} %)",
            "likelihood intervals of small studies are often a little too narrow; "
            "interval='calibrated' brings them closer",
        ),
        (
            "off-by-1.5-fold",
            1 - within,
            "miss the true ED50 by more than 1.5-fold or give none",
            "the estimate is then of little use for dosing",
        ),
    )
    return tuple(
        Risk(code, share, f"{percent_text(share)} of experiments {what}", why)
        for code, share, what, why in told
    )
