"""Everything a report says of a comparison, in its order, and its Methods paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isobole._version import __version__
from isobole.doseresponse._compare_tables import (
    curve_table,
    pair_table,
    parallel_table,
    potency_table,
)
from isobole.doseresponse._compare_words import potency_sentence
from isobole.doseresponse._references import references
from isobole.doseresponse._report import problem_notes
from isobole.results import Block, Heading, Methods, Note, Text, format_number

if TYPE_CHECKING:
    from isobole.doseresponse._compare_result import CurveComparison


def comparison_blocks(found: CurveComparison) -> tuple[Block, ...]:
    """Return the report blocks: potency, parallelism, curves, pairs, methods."""
    from isobole.doseresponse._figures import curves_figure

    notes: list[Block] = [Note(text, "warning") for text in found.messages]
    notes += problem_notes(found.problems)
    return (
        Heading("Comparison of curves"),
        *(Text(potency_sentence(potency, found)) for potency in found.potencies),
        *notes,
        potency_table(found),
        curve_table(found),
        curves_figure(found.fits),
        parallel_table(found),
        pair_table(found),
        comparison_methods(found),
    )


def comparison_methods(found: CurveComparison) -> Methods:
    """Return a Methods paragraph ready for a paper."""
    sentences = [
        f"{len(found.names)} quantal dose-response curves ({found.link}, log10 dose) "
        "were fitted in one binomial likelihood, with a common slope and with a slope "
        "each; parallelism was tested by the likelihood ratio, and by the slope ratio "
        "of Litchfield and Wilcoxon.",
        f"Relative potency is the ED50 of {found.standard} over that of the test curve "
        f"under the common slope, with {format_number(100 * found.level)} % profile "
        "likelihood limits over rising curves and Fieller's limits from "
        f"{found.information} information.",
        "Ratios of ED50s with separate slopes have profile likelihood and delta "
        "limits on log dose.",
        "Equal ED50s were tested by likelihood ratio"
        + (", adjusted by Holm's method." if found.adjust == "holm" else "."),
    ]
    pooled = found.heterogeneity
    if pooled.applied:
        sentences.append(
            f"Heterogeneity pooled over curves (h = "
            f"{format_number(pooled.heterogeneity)}, {pooled.df} df) entered all "
            "limits and tests, by t and F."
        )
    else:
        sentences.append(f"No heterogeneity factor was applied (rule {pooled.rule}).")
    sentences.append(f"Computed with isobole {__version__}.")
    cited = references("finney", "fieller", "profile", "litchfield-wilcoxon")
    if found.adjust == "holm":
        cited += (
            "Holm S (1979) A simple sequentially rejective multiple test procedure. "
            "Scand J Stat 6:65-70.",
        )
    return Methods(" ".join(sentences), cited)
