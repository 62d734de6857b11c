"""The tables of a comparison: potencies, curves, parallelism, pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isobole.doseresponse._compare_records import RatioInterval
from isobole.results import Cell, Estimate, Missing, Table, format_number, format_p

if TYPE_CHECKING:
    from isobole.doseresponse._compare_result import CurveComparison


def _end(estimate: Estimate, value: float | None) -> Cell:
    if value is not None:
        return value
    reason = estimate.limits.reason or "not bounded."
    return Missing(f"{estimate.quantity}, {estimate.interval}: {reason}")


def _p_cell(p: float | Missing | None) -> Cell:
    if p is None:
        return Missing("not adjusted, as asked")
    return p if isinstance(p, Missing) else format_p(p)


def potency_table(found: CurveComparison) -> Table:
    """Return the relative potencies, a row per kind of limits."""
    return Table(
        f"Relative potency against {found.standard}, common slope, "
        f"{format_number(100 * found.level)} % limits",
        ("curve", "limits", "potency", "low", "high", "set"),
        tuple(
            (
                potency.curve,
                estimate.interval,
                estimate.value,
                _end(estimate, estimate.low),
                _end(estimate, estimate.high),
                estimate.set_kind or "none",
            )
            for potency in found.potencies
            for estimate in potency.estimates
        ),
        (
            f"Potency is ED50 of {found.standard} over ED50 of the curve, times "
            f"{format_number(found.standard_potency)}: more means that less is needed.",
            "Likelihood: over rising curves. Fieller: slopes of either sign.",
        ),
    )


def curve_table(found: CurveComparison) -> Table:
    """Return the ED50 of each curve with its own slope."""
    unit = f" ({found.fits[0].data.unit})" if found.fits[0].data.unit else ""
    rows = []
    for name, fit in zip(found.names, found.fits, strict=True):
        estimate = fit.ed(50)
        rows.append(
            (
                name,
                estimate.value,
                _end(estimate, estimate.low),
                _end(estimate, estimate.high),
                fit.slope.estimate,
                fit.slope.se,
                fit.status,
            )
        )
    slope = found.common_slope
    shown = "none" if isinstance(slope, Missing) else format_number(slope)
    return Table(
        f"ED50 of each curve with its own slope, {format_number(100 * found.level)} % "
        f"{found.interval} limits",
        ("curve", f"ED50{unit}", f"low{unit}", f"high{unit}", "slope", "SE", "status"),
        tuple(rows),
        (
            f"Common slope: {shown} per log10 dose.",
            "Heterogeneity is judged here for each curve by itself, elsewhere pooled.",
        ),
    )


def parallel_table(found: CurveComparison) -> Table:
    """Return the tests of parallelism, of all curves and of each pair."""
    rows: list[tuple[Cell, ...]] = []
    if len(found.names) > 2:
        none = Missing("Litchfield and Wilcoxon compare two lines at a time")
        test = found.parallelism
        rows.append(("all", test.chi2, test.df, _p_cell(test.p), none, none, none))
    for pair in found.pairs:
        test, lw = pair.parallelism, pair.litchfield_wilcoxon
        rows.append(
            (
                f"{pair.first}, {pair.second}",
                test.chi2,
                test.df,
                _p_cell(test.p),
                lw.slope_ratio,
                lw.f_slope_ratio,
                lw.parallel,
            )
        )
    return Table(
        "Parallelism: likelihood ratio, and Litchfield-Wilcoxon slope ratio",
        ("curves", "chi-square", "df", "p", "S.R.", "f of S.R.", "S.R. < f"),
        tuple(rows),
        (
            "Each pair is tested by itself. A large p is no proof of parallel curves "
            "in small samples.",
        ),
    )


def pair_table(found: CurveComparison) -> Table:
    """Return the ED50 ratios of all pairs with their tests."""
    kind: RatioInterval = found.interval
    rows: list[tuple[Cell, ...]] = []
    for pair in found.pairs:
        apart: RatioInterval = "delta" if kind == "delta" else "likelihood"
        for slopes, estimate, test in (
            ("common", pair.ratio("common", kind), pair.equal_common),
            ("separate", pair.ratio("separate", apart), pair.equal_separate),
        ):
            rows.append(
                (
                    f"{pair.first} / {pair.second}",
                    slopes,
                    estimate.value,
                    _end(estimate, estimate.low),
                    _end(estimate, estimate.high),
                    estimate.interval,
                    _p_cell(test.p),
                    _p_cell(test.p_adjusted),
                )
            )
    how = "Holm's adjustment" if found.adjust == "holm" else "no adjustment"
    return Table(
        f"ED50 ratios of all pairs, {format_number(100 * found.level)} % limits",
        ("ED50 ratio", "slopes", "ratio", "low", "high", "limits", "p", "adjusted p"),
        tuple(rows),
        (
            "p: likelihood-ratio test of equal ED50s under the stated slopes; "
            f"{how} for {len(found.pairs)} pair(s), common and separate slopes each "
            "for themselves.",
        ),
    )
