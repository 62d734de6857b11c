"""A comparison of severity scores as report blocks."""

from __future__ import annotations

from collections.abc import Iterator

from isobole._version import __version__
from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._severity_result import SeverityComparison
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

SMALL = 12
"""Animals in the smallest group up to which large-sample p are said to be rough."""
REFERENCES = {
    "kruskal": "Kruskal WH, Wallis WA (1952) Use of ranks in one-criterion variance "
    "analysis. J Am Stat Assoc 47:583-621.",
    "dunn": "Dunn OJ (1964) Multiple comparisons using rank sums. Technometrics "
    "6:241-252.",
    "holm": "Holm S (1979) A simple sequentially rejective multiple test procedure. "
    "Scand J Stat 6:65-70.",
    "mann": "Mann HB, Whitney DR (1947) On a test of whether one of two random "
    "variables is stochastically larger than the other. Ann Math Stat 18:50-60.",
    "newcombe": "Newcombe RG (2006) Confidence intervals for an effect size measure "
    "based on the Mann-Whitney statistic. Part 2. Stat Med 25:559-573.",
    "cliff": "Cliff N (1993) Dominance statistics: ordinal analyses to answer ordinal "
    "questions. Psychol Bull 114:494-509.",
    "mccullagh": "McCullagh P (1980) Regression models for ordinal data. J R Stat Soc "
    "B 42:109-142.",
    "phipson": "Phipson B, Smyth GK (2010) Permutation P-values should never be zero. "
    "Stat Appl Genet Mol Biol 9:39.",
}


def severity_blocks(found: SeverityComparison) -> tuple[Block, ...]:
    """Return everything a report says of one comparison of severity."""
    from isobole.outcomes._severity_figures import severity_figure

    return (
        Heading(f"{found.scale or 'Severity'}, by group"),
        severity_figure(found),
        _test_table(found),
        *_contrast_blocks(found),
        *_model_blocks(found),
        _methods(found),
    )


def count_table(found: SeverityComparison) -> Table:
    """Return animals at each level, one row per group."""
    return Table(
        f"Animals at each level{f' of {found.scale}' if found.scale else ''}",
        ("group", *found.levels, "n", "median level"),
        tuple((g.name, *g.counts, g.n, g.median) for g in found.groups),
        ("Levels are ordered without distances, so they are not averaged; two codes "
         "stand where the two middle animals differ.",),
    )  # fmt: skip


def _p(value: float | Missing | None) -> Cell:
    return format_p(value) if isinstance(value, float) else value


def _statistic(test: HypothesisTest) -> Cell:
    if test.statistic is None:
        return ""
    if isinstance(test.statistic, Missing):
        return test.statistic
    df = "" if test.df is None else f"({format_number(test.df)})"
    return f"{test.statistic_name}{df} = {format_number(test.statistic)}"


def _test_table(found: SeverityComparison) -> Table:
    tests = (found.kruskal, found.permutation, *found.dunn)
    adjustment = next((t.adjustment for t in found.dunn if t.adjustment), "")
    notes = ["Dunn's z is positive where the first group has the higher scores."]
    if adjustment:
        notes.append(f"Adjusted: {adjustment}.")
    return Table(
        "Rank tests",
        ("question", "method", "statistic", "p", "p adjusted"),
        tuple(
            (
                t.question, t.method, _statistic(t), _p(t.p),
                "" if t.p_adjusted is None else _p(t.p_adjusted),
            )
            for t in tests
        ),
        tuple(notes),
    )  # fmt: skip


def _contrast_blocks(found: SeverityComparison) -> Iterator[Block]:
    if found.control is None:
        yield Text("No group was named as control, so none was compared with one.")
        return
    rows: list[tuple[Cell, ...]] = []
    for c in found.contrasts:
        test = c.mann_whitney
        rows.append(
            (
                c.group, test.statistic, _p(test.p), _p(test.p_adjusted),
                c.probability_lower.value, str(c.probability_lower.limits),
                c.cliffs_delta.value, str(c.cliffs_delta.limits),
            )
        )  # fmt: skip
    percent = format_number(100 * found.level)
    methods = dict.fromkeys(c.mann_whitney.method for c in found.contrasts)
    yield Table(
        f"Each group against {found.control}",
        (
            "group", "U", "p", "p adjusted", "P(group lower)", "limits of P",
            "Cliff's delta", "limits of delta",
        ),
        tuple(rows),
        (
            *(f"p: {method}." for method in methods),
            f"Adjusted: {found.contrasts[0].mann_whitney.adjustment}.",
            "P(group lower): chance that an animal of the group scores lower than one "
            f"of {found.control}, ties counting one half; 0.5 is no difference. "
            "Cliff's delta: chance of lower less chance of higher.",
            f"{percent} % limits: {found.contrasts[0].probability_lower.interval}.",
        ),
    )  # fmt: skip


def _ends(estimate: Estimate) -> Cell:
    limits = estimate.limits
    if limits.set_kind is None:
        return Missing(limits.reason or "no limits")
    return str(limits)


def _model_blocks(found: SeverityComparison) -> Iterator[Block]:
    model = found.model
    if isinstance(model, Missing):
        yield Note(f"No proportional odds model was fitted: {model.reason}.", "notice")
        return
    whole, nominal = model.tests[0], model.nominal_tests[0]
    reference = next(g.name for g in found.groups if g.name not in model.names)
    unseen = [code for code in found.levels if code not in model.levels]
    rough = ""
    if min(g.n for g in found.groups) <= SMALL:
        rough = (
            " Its chi-square, and that behind the limits, is for large samples: with 5 "
            "and 8 animals in each of two equal groups p was below 0.05 in about 9 and "
            "8 % of simulated studies. Judge by the exact tests."
        )
    notes = [
        f"Odds of a higher score, group over {reference}, the same at every level by "
        f"assumption; {format_number(100 * found.level)} % profile likelihood limits.",
        f"All groups: {_say(whole)}.{rough}",
        f"One odds ratio for all levels: {_say(nominal)}. This check is reported and "
        "decides nothing; in small groups it has little power and its chi-square is "
        "rough.",
    ]
    if unseen:
        notes.append(f"Levels no animal had are left out: {', '.join(unseen)}.")
    ratios = [(name, model.odds_ratio(name)) for name in model.names]
    yield Table(
        "Proportional odds model",
        ("group", "odds ratio of a higher score", "limits"),
        tuple((name, ratio.value, _ends(ratio)) for name, ratio in ratios),
        tuple(notes),
    )


def _say(test: HypothesisTest) -> str:
    said = str(test)
    return said.partition(": ")[2]


def _methods(found: SeverityComparison) -> Methods:
    percent = format_number(100 * found.level)
    keys = ["kruskal", "dunn", "holm"]
    against = "all pairs" if found.control is None else f"against {found.control}"
    said = [
        "Ordered scores were compared by the Kruskal-Wallis test (tie-corrected; "
        f"beside the chi-square p: {found.permutation.method.partition(', ')[2]}) and "
        f"by Dunn's test {against} with Holm's adjustment."
    ]
    if "Monte Carlo" in found.permutation.method:
        keys.append("phipson")
    if found.control is not None:
        keys += ["mann", "newcombe", "cliff"]
        said.append(
            f"Each group was compared with {found.control} by "
            f"{found.contrasts[0].mann_whitney.method}, adjusted by Holm; the chance "
            "that an animal of the group scores lower than one of the control (ties "
            f"one half) and Cliff's delta have {percent} % limits by Newcombe's "
            "method 5."
        )
    if not isinstance(found.model, Missing):
        keys.append("mccullagh")
        said.append(
            "A proportional odds model was fitted by maximum likelihood and tested by "
            f"likelihood ratio; odds ratios have {percent} % profile likelihood "
            "limits. Its assumption was tested against one coefficient for each "
            "threshold, without bearing on the choice of method."
        )
    said.append(f"No score was averaged. Computed with isobole {__version__}.")
    return Methods(" ".join(said), tuple(REFERENCES[key] for key in keys))
