"""A comparison of protection as report blocks."""

from __future__ import annotations

from collections.abc import Iterator

from isobole._version import __version__
from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._protection_result import ProtectionComparison
from isobole.results import (
    Block,
    Cell,
    Estimate,
    Heading,
    Methods,
    Missing,
    Note,
    Table,
    Text,
    format_number,
    format_p,
)

REFERENCES = {
    "wilson": "Wilson EB (1927) Probable inference, the law of succession, and "
    "statistical inference. J Am Stat Assoc 22:209-212.",
    "clopper": "Clopper CJ, Pearson ES (1934) The use of confidence or fiducial limits "
    "illustrated in the case of the binomial. Biometrika 26:404-413.",
    "fisher": "Fisher RA (1935) The logic of inductive inference. J R Stat Soc "
    "98:39-82.",
    "boschloo": "Boschloo RD (1970) Raised conditional level of significance for the "
    "2 x 2-table when testing the equality of two probabilities. Stat Neerl 24:1-9.",
    "newcombe": "Newcombe RG (1998) Interval estimation for the difference between "
    "independent proportions. Stat Med 17:873-890.",
    "cornfield": "Cornfield J (1956) A statistical problem arising from retrospective "
    "studies. Proc 3rd Berkeley Symp Math Stat Prob 4:135-148.",
    "freeman": "Freeman GH, Halton JH (1951) Note on an exact treatment of "
    "contingency, goodness of fit and other problems of significance. Biometrika "
    "38:141-149.",
    "armitage": "Armitage P (1955) Tests for linear trends in proportions and "
    "frequencies. Biometrics 11:375-386.",
    "holm": "Holm S (1979) A simple sequentially rejective multiple test procedure. "
    "Scand J Stat 6:65-70.",
    "closed": "Marcus R, Peritz E, Gabriel KR (1976) On closed testing procedures with "
    "special reference to ordered analysis of variance. Biometrika 63:655-660.",
    "minp": "Westfall PH, Young SS (1993) Resampling-Based Multiple Testing. Wiley.",
}


def protection_blocks(found: ProtectionComparison) -> tuple[Block, ...]:
    """Return everything a report says of one comparison of protection."""
    from isobole.outcomes._protection_figures import protection_figure

    return (
        Heading(f"Animals {found.endpoint}, by group"),
        *(Note(str(problem), "notice") for problem in found.problems),
        protection_figure(found),
        *_contrast_blocks(found),
        _test_table(found),
        _methods(found),
    )


def share_table(found: ProtectionComparison) -> Table:
    """Return counts and shares with their limits, one row per group."""
    dosed = any(group.dose is not None for group in found.groups)
    percent = format_number(100 * found.level)
    rows: list[tuple[Cell, ...]] = [
        (
            group.name,
            *(("—" if group.dose is None else format_number(group.dose),) * dosed),
            group.protected,
            group.n,
            round(100 * group.share, 1),
            _percent(group.wilson),
            _percent(group.clopper_pearson),
        )
        for group in found.groups
    ]
    return Table(
        f"Animals {found.endpoint}, with {percent} % limits",
        (
            "group",
            *(("dose",) * dosed),
            found.endpoint,
            "n",
            "share (%)",
            "Wilson (%)",
            "Clopper-Pearson (%)",
        ),
        tuple(rows),
        ("Clopper-Pearson limits are exact and never too narrow; Wilson's are close "
         "to the stated confidence on average.",),
    )  # fmt: skip


def _percent(share: Estimate) -> str:
    low, high = share.low or 0.0, share.high or 0.0
    return f"{100 * low:.1f} to {100 * high:.1f}"


def _p(value: float | Missing | None) -> Cell:
    return format_p(value) if isinstance(value, float) else value


def _limits(estimate: Estimate) -> Cell:
    return str(estimate.limits)


def _contrast_blocks(found: ProtectionComparison) -> Iterator[Block]:
    if found.control is None:
        yield Text("No group was named as control, so none was compared with one.")
        return
    adjusted = found.adjust != "none"
    rows: list[tuple[Cell, ...]] = []
    for c in found.contrasts:
        tests: tuple[HypothesisTest, ...] = (c.fisher, c.boschloo)
        cells = [
            cell
            for test in tests
            for cell in ((_p(test.p), _p(test.p_adjusted))[: 1 + adjusted])
        ]
        rows.append(
            (
                c.group, c.difference.value, _limits(c.difference),
                c.odds_ratio.value, _limits(c.odds_ratio), *cells,
            )
        )  # fmt: skip
    names = [
        name
        for test in ("Fisher p", "Boschloo p")
        for name in ((test, f"{test}, adjusted")[: 1 + adjusted])
    ]
    percent = format_number(100 * found.level)
    first = found.contrasts[0]
    notes = [
        f"Fisher: {first.fisher.method}.",
        f"Boschloo: {first.boschloo.method}.",
        "Choose one of the two tests before the data are seen.",
        f"Difference and odds ratio: group against {found.control}; {percent} % limits "
        "by Newcombe's method 10 and exact conditional.",
    ]
    if adjusted:
        how = dict.fromkeys(t.adjustment for t in (first.fisher, first.boschloo))
        notes.append(f"Adjusted: {'; Boschloo '.join(how)}.")
    yield Table(
        f"Each group against {found.control}",
        (
            "group",
            "difference",
            "limits of difference",
            "odds ratio",
            "limits of ratio",
            *names,
        ),
        tuple(rows),
        tuple(notes),
    )


def _test_table(found: ProtectionComparison) -> Table:
    tests = [found.overall]
    notes = []
    if isinstance(found.trend, Missing):
        notes.append(f"No trend was tested: {found.trend.reason}.")
    else:
        trend = found.trend
        tests += [trend.exact, trend.rising, trend.asymptotic]
        pairs = zip(trend.groups, trend.scores, strict=True)
        listed = ", ".join(f"{name} {format_number(s)}" for name, s in pairs)
        notes.append(f"Scores of the trend ({trend.scoring}): {listed}.")
    rows = [
        (
            test.question,
            test.method,
            ""
            if test.statistic is None
            else test.statistic
            if isinstance(test.statistic, Missing)
            else f"{test.statistic_name} = {format_number(test.statistic)}",
            _p(test.p),
        )
        for test in tests
    ]
    return Table(
        "All groups together",
        ("question", "method", "statistic", "p"),
        tuple(rows),
        tuple(notes),
    )


def _methods(found: ProtectionComparison) -> Methods:
    percent = format_number(100 * found.level)
    keys = ["wilson", "clopper"]
    said = [
        f"The share of animals {found.endpoint} is given with {percent} % Wilson score "
        "and Clopper-Pearson limits."
    ]
    if found.control is not None:
        keys += ["fisher", "boschloo", "newcombe", "cornfield"]
        said.append(
            f"Each group was compared with {found.control} by Fisher's exact test "
            "(two-sided, summing the tables no likelier than the one seen) and by "
            "Boschloo's unconditional exact test (the same p as its statistic, "
            "maximised over the common share); the difference has Newcombe's method "
            "10 limits, the odds ratio is the conditional maximum likelihood estimate "
            "with exact limits."
        )
        adjusted = found.contrasts[0].fisher.adjustment
        if adjusted.startswith("closed"):
            keys += ["closed", "minp", "holm"]
            said.append(
                "Fisher's p-values were adjusted by the closed min-P test: for every "
                "set of groups the exact conditional distribution of the smallest p; "
                "Boschloo's by Holm."
            )
        elif adjusted:
            keys.append("holm")
            said.append("P-values were adjusted by Holm's method.")
        else:
            said.append("P-values were not adjusted for several comparisons.")
    keys.append("freeman")
    said.append(f"All groups were compared by {found.overall.method}.")
    if not isinstance(found.trend, Missing):
        keys.append("armitage")
        said.append(
            f"The trend over {found.trend.scoring} is Cochran and Armitage's, exact "
            "given the total, and asymptotic with the binomial variance (divisor N)."
        )
    said.append(f"Computed with isobole {__version__}.")
    return Methods(" ".join(said), tuple(REFERENCES[key] for key in keys))
