"""The demo's interactions: one mixture by four readings, an audit, a 2 x 2 example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from isobole.combination import (
    Audit,
    CombinationAnalysis,
    FactorialInteraction,
    Interaction,
    analyze_combination,
    audit_claims,
    factorial_interaction,
)
from isobole.datasets import describe, load_claims, load_combination
from isobole.results import (
    Block,
    Cell,
    Heading,
    Note,
    Table,
    Text,
    format_number,
    format_p,
    value_or_none,
)

if TYPE_CHECKING:
    from isobole.results import InputFile

MARGIN: Final = (0.8, 1.25)
RATIOS: Final = ("1:1", "1:4")
RULES: Final = ("none", "p<0.05")
CLAIMS: Final = "luszczki-2020"
FACTORIAL: Final = "valproate-magnesium-2x2"
_SCATTER: Final = {"none": "ignored", "p<0.05": "by the default rule (p<0.05)"}


@dataclass(frozen=True, slots=True)
class Reading:
    """The mixture at one ratio under one heterogeneity rule.

    `both` asks Loewe additivity and dose equivalence to agree, `loewe` only the first.
    """

    ratio: str
    rule: str
    both: CombinationAnalysis
    loewe: CombinationAnalysis

    @property
    def item(self) -> Interaction:
        """The mixture against both null models."""
        return self.both.interactions[0]


@dataclass(frozen=True, slots=True)
class DemoInteractions:
    """Everything of the demo that is not a single curve."""

    readings: tuple[Reading, ...]
    audit: Audit
    factorial: FactorialInteraction

    @property
    def inputs(self) -> tuple[InputFile, ...]:
        """The files behind it."""
        factorial = load_combination(FACTORIAL).inputs
        studies = [reading.both.data.inputs for reading in self.readings]
        groups = (*studies, self.audit.inputs, factorial)
        return tuple(dict.fromkeys(file for inputs in groups for file in inputs))

    def reading(self, ratio: str, rule: str) -> Reading:
        """Return one of the four readings."""
        return next(r for r in self.readings if (r.ratio, r.rule) == (ratio, rule))


def demo_interactions() -> DemoInteractions:
    """Analyse the bundled mixture, claims and factorial.

    Examples
    --------
    >>> found = demo_interactions()
    >>> for reading in found.readings:
    ...     print(
    ...         reading.ratio, reading.rule, reading.loewe.interactions[0].verdict.word
    ...     )
    1:1 none additive
    1:1 p<0.05 additive
    1:4 none synergy
    1:4 p<0.05 inconclusive
    """
    readings = []
    for ratio in RATIOS:
        study = load_combination(f"rotenone-deguelin-{ratio.replace(':', '-')}")
        for rule in RULES:
            both = analyze_combination(study, heterogeneity=rule, margin=MARGIN)
            loewe = analyze_combination(
                study, heterogeneity=rule, margin=MARGIN, null="loewe", draws=0
            )
            readings.append(Reading(ratio, rule, both, loewe))
    return DemoInteractions(
        tuple(readings),
        audit_claims(load_claims(CLAIMS), margin=MARGIN),
        factorial_interaction(data=load_combination(FACTORIAL)),
    )


def verdict_table(found: DemoInteractions) -> Table:
    """Return the four readings side by side."""
    rows: list[tuple[Cell, ...]] = []
    for reading in found.readings:
        item, loewe = reading.item, reading.loewe.interactions[0]
        rows.append(
            (
                reading.ratio,
                reading.rule,
                item.additive.dose,
                item.index.value,
                str(item.index.limits).split(" (")[0],
                loewe.verdict.word,
                item.verdict.word,
            )
        )
    low, high = MARGIN
    return Table(
        "One mixture, one set of counts: ED50 "
        f"{format_number(value_or_none(found.readings[0].item.observed.value) or 0)} "
        "mg/L observed",
        (
            "ratio",
            "scatter rule",
            "additive (mg/L)",
            "index",
            "95 % interval",
            "against Loewe alone",
            "against both nulls",
        ),
        tuple(rows),
        (
            "Additive: the 90 % interval of the index lies within "
            f"{low} to {high}. Both nulls: Loewe additivity and dose equivalence must "
            "agree.",
        ),
    )


def explanation(found: DemoInteractions) -> tuple[str, ...]:
    """Say in four paragraphs why the same counts give different verdicts."""
    equal = found.reading("1:1", "p<0.05").item
    naive = found.reading("1:4", "none").item
    careful = found.reading("1:4", "p<0.05").item
    deguelin = next(
        fit for fit in found.reading("1:4", "p<0.05").both.single
        if fit.data.curve == "deguelin"
    )  # fmt: skip
    test = deguelin.goodness_of_fit
    chi2, p = value_or_none(test.pearson) or 0.0, value_or_none(test.p) or 1.0
    observed = format_number(value_or_none(equal.observed.value) or 0, 3)

    def dose(item: Interaction) -> str:
        return format_number(value_or_none(item.additive.dose) or 0, 3)

    def index(item: Interaction) -> str:
        low, high = item.index.low or 0, item.index.high or 0
        value = value_or_none(item.index.value) or 0
        return (
            f"{format_number(value, 3)} [{format_number(low, 3)}, "
            f"{format_number(high, 3)}]"
        )

    lower, upper = (
        format_number(value_or_none(edge) or 0, 3)
        for edge in (naive.band.lower, naive.band.upper)
    )
    return (
        "Why the same counts give different verdicts. First, the ratio. The mixture "
        f"needed {observed} mg/L for half of the animals, whatever it was made of. "
        "What additivity expects does depend on that: rotenone is the stronger drug, "
        f"so a mixture with half rotenone should need {dose(equal)} mg/L and one with "
        f"a fifth {dose(careful)} mg/L. At 1:1 the index is {index(equal)}, near 1; "
        f"at 1:4 the same {observed} mg/L is an index of "
        f"{format_number(value_or_none(careful.index.value) or 0, 3)}. The "
        "counts cannot say which ratio was used; who reads only one account reads only "
        "one of these stories.",
        "Second, how sure one is of the yardstick. The deguelin counts scatter about "
        "their curve more than chance allows (Pearson chi-square "
        f"{format_number(chi2, 3)} on {test.df} df, p = {format_p(p)}). Ignore that "
        f"and the index at 1:4 is {index(naive)}: 1 is excluded, and against Loewe "
        "alone the verdict turns to synergy. Let the scatter widen the variance of "
        f"deguelin ({format_number(test.heterogeneity, 2)} times, with a t quantile on "
        f"{test.df} df), as the default rule does, and it is {index(careful)}: 1 is "
        "not excluded, and the reversal does not survive.",
        "Third, the null model. The two drugs have different slopes, so dose "
        f"equivalence expects not one dose but a band from {lower} to {upper} mg/L. "
        f"{observed} lies below it, but its lower edge is uncertain too: the observed "
        f"dose is {format_number(naive.band.below.low or 0, 3)} to "
        f"{format_number(naive.band.below.high or 0, 3)} times that edge. So even with "
        "the scatter ignored the two null models disagree, and the verdict against "
        "both is inconclusive.",
        "None of these numbers is a mistake: each answers another question. A verdict "
        "without its ratio, its heterogeneity rule and its null model says nothing. "
        "(The joint likelihood in the tables below widens by one factor pooled over "
        "all arms rather than by each arm's own, and so answers a little differently.)",
    )


def audit_sentence(found: DemoInteractions) -> str:
    """Say what the audit found, for the terminal."""
    flagged = found.audit.flagged
    names = ", ".join(claim.claim.name for claim in flagged)
    first = flagged[0].flags[0].message.partition(" Other answers")[0]
    return (
        f"Audit of {len(found.audit.claims)} published interactions (Luszczki et al. "
        f"2020): not reproduced in {len(flagged)}, {names}. {first}"
    )


def text_blocks(found: DemoInteractions) -> list[Block]:
    """Return what the demo prints of interactions."""
    return [
        verdict_table(found),
        Text(
            "The same counts, four readings: the ratio decides what additivity "
            "expects, the scatter rule how sure that is. The report says why."
        ),
        Text(audit_sentence(found)),
        Text(
            f"CONSTRUCTED 2 x 2 example: {found.factorial.verdict}. "
            f"{found.factorial.message} That is not synergy."
        ),
    ]


def report_blocks(found: DemoInteractions) -> list[Block]:
    """Return the report's sections on interactions."""
    return [*_mixture(found), *_audited(found), *_constructed(found)]


def _mixture(found: DemoInteractions) -> list[Block]:
    from isobole.combination._figures import isobologram_figure
    from isobole.combination._report import methods

    blocks: list[Block] = [
        Heading("Do rotenone and deguelin act together?"),
        Note(describe("rotenone").note),
        verdict_table(found),
        *map(Text, explanation(found)),
    ]
    for ratio, rule in (("1:1", "p<0.05"), ("1:4", "none"), ("1:4", "p<0.05")):
        item = found.reading(ratio, rule).item
        blocks += [
            Heading(f"Taken as {ratio}, scatter {_SCATTER[rule]}", 3),
            Note(f"Verdict: {item.verdict.word}. {item.message}"),
            isobologram_figure(item),
            item.expectation_table(),
            item.index_table(),
            item.test_table(),
        ]
    caveats = dict.fromkeys(c for r in found.readings for c in r.item.caveats)
    blocks += [Note(caveat, "warning") for caveat in caveats]
    return [*blocks, methods(found.reading("1:4", "p<0.05").both)]


def _audited(found: DemoInteractions) -> list[Block]:
    info = describe(CLAIMS)
    heading, overview, *_ = found.audit.blocks()
    flagged = audit_claims([a.claim for a in found.audit.flagged], margin=MARGIN)
    return [
        heading,
        Text(f"{info.title}. Source: {info.source}."),
        Note(info.note),
        Text(
            "Each figure of the published table was recomputed under every rule and "
            "test, and its digits were varied over their rounding. What stands below "
            "is flagged because no unrounded values give it by the stated test; "
            "another test does, which is why a table should say which it used."
        ),
        overview,
        *flagged.blocks()[2:],
    ]


def _constructed(found: DemoInteractions) -> list[Block]:
    info = describe(FACTORIAL)
    return [
        Heading("CONSTRUCTED: valproate and magnesium, 2 x 2"),
        Note(f"{info.note} Source: {info.source}.", "warning"),
        Text(
            "A frequent design: each drug at one dose, alone and together. It can show "
            "that the pair does more than Bliss independence expects, and not that the "
            "drugs are synergistic: the table of one drug added to itself shows how "
            "much two halves of one dose do that neither half does alone."
        ),
        *found.factorial.blocks()[1:],
    ]
