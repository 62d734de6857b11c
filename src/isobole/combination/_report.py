"""A combination analysis as report blocks and a Methods paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from isobole._version import __version__
from isobole.doseresponse._report import dose_table
from isobole.results import (
    Block,
    Heading,
    Methods,
    Missing,
    Note,
    Table,
    Text,
    format_number,
)

if TYPE_CHECKING:
    from isobole.combination._analysis import CombinationAnalysis

REFERENCES = {
    "loewe": "Loewe S (1953) The problem of synergism and antagonism of combined "
    "drugs. Arzneimittelforschung 3:285-290.",
    "tallarida": "Tallarida RJ (2000) Drug Synergism and Dose-Effect Data Analysis. "
    "Chapman & Hall/CRC.",
    "grabovsky": "Grabovsky Y, Tallarida RJ (2004) Isobolographic analysis for "
    "combinations of a full and partial agonist: curved isoboles. J Pharmacol Exp "
    "Ther 310:981-986.",
    "finney": "Finney DJ (1971) Probit Analysis, 3rd ed. Cambridge University Press.",
    "schuirmann": "Schuirmann DJ (1987) A comparison of the two one-sided tests "
    "procedure and the power approach. J Pharmacokinet Biopharm 15:657-680.",
}


def analysis_blocks(found: CombinationAnalysis) -> tuple[Block, ...]:
    """Return everything a report says of a combination study."""
    from isobole.combination._figures import (
        isobologram_figure,
        polygonogram_figure,
    )
    from isobole.doseresponse import curves_figure

    blocks: list[Block] = [
        Heading("Interaction"),
        Text(_design_words(found)),
        summary_table(found),
    ]
    blocks += [Note(str(problem), "notice") for problem in found.problems]
    for interaction in found.interactions:
        blocks += list(interaction.blocks())
        if len(interaction.drugs) == 2:
            blocks.append(isobologram_figure(interaction))
    pairs = {frozenset(item.drugs) for item in found.interactions}
    if len(pairs) > 2 and all(len(item.drugs) == 2 for item in found.interactions):
        blocks.append(polygonogram_figure(found.interactions))
    blocks.append(Heading("Single drugs and mixtures"))
    fits = [*found.single, *found.mixtures]
    blocks.append(curves_figure(fits[:6]))
    for fit in fits:
        blocks.append(Heading(fit.data.curve or "curve", 3))
        blocks += [Note(text, "warning") for text in fit.messages]
        blocks.append(dose_table(fit))
    blocks.append(methods(found))
    return tuple(blocks)


def summary_table(found: CombinationAnalysis) -> Table:
    """Return one line per mixture and effect."""
    rows: list[tuple[Any, ...]] = []
    for item in found.interactions:
        rows.append(
            (
                item.name,
                item.effect,
                item.observed.value,
                item.additive.dose,
                item.index.value,
                _end(item.index.limits.low, item.index.limits.reason),
                _end(item.index.limits.high, item.index.limits.reason),
                item.index.interval,
                item.verdict.word,
            )
        )
    unit = found.interactions[0].observed.unit
    dose = f" ({unit})" if unit else ""
    percent = format_number(100 * found.interactions[0].index.level)
    return Table(
        f"Interaction index with {percent} % interval",
        (
            "mixture",
            "effect (%)",
            f"observed{dose}",
            f"additive{dose}",
            "index",
            "low",
            "high",
            "interval",
            "verdict",
        ),
        tuple(rows),
    )


def _end(value: float | None, reason: str | None) -> float | Missing:
    return Missing(reason or "not bounded") if value is None else value


def _design_words(found: CombinationAnalysis) -> str:
    data = found.data
    arms = "; ".join(
        f"{arm.name} ({len(arm.data.groups[0])} doses, {arm.data.n_animals} animals)"
        for arm in data.arms
    )
    return f"Design recognised: {data.design}. Arms: {arms}."


def methods(found: CombinationAnalysis) -> Methods:
    """Return a Methods paragraph ready for a paper."""
    options = found.options
    rules = {
        "delta": "the delta method on the log scale, the shares of the mixture fixed",
        "tallarida": "the rule of Tallarida, the fractions of effect fixed",
        "lublin": "the linear sum of standard errors used by the Lublin group",
    }
    kinds = sorted({item.index.interval for item in found.interactions})
    percent = format_number(100 * float(options["level"]))
    sentences = [
        "Doses of each drug alone and of the mixture were estimated from their own "
        f"{options['link']} curves. The dose expected of the mixture under Loewe "
        "additivity is Z = 1 / sum(p_i / D_i), with p_i the share of each drug in the "
        "total dose and D_i its own dose at the same effect; the interaction index is "
        "the observed over this dose.",
        f"The variance of Z follows {rules[options['variance']]}.",
        f"The {percent} % interval of the index is {' or '.join(kinds)}.",
        "Additivity was also tested by one likelihood over all arms with an "
        "interaction parameter, with separate and with common slopes.",
    ]
    cited = ["loewe", "tallarida", "finney"]
    if any(not isinstance(item.band.lower, Missing) for item in found.interactions):
        sentences.append(
            "The dose-equivalence band between the two curved isoboles is shown as a "
            "second null model; its limits come from a parametric bootstrap "
            f"({options['draws']} draws, seed {options['seed']})."
        )
        cited.append("grabovsky")
    sentences.append(
        f"Heterogeneity rule: {options['heterogeneity']}; where it applies it enters "
        "every variance, the joint test and the profile."
    )
    if options["margin"] is not None:
        low, high = options["margin"]
        sentences.append(
            f"Additivity was concluded only by equivalence within {format_number(low)} "
            f"to {format_number(high)} (two one-sided tests)."
        )
        cited.append("schuirmann")
    sentences.append(f"Computed with isobole {__version__}.")
    return Methods(" ".join(sentences), tuple(REFERENCES[key] for key in cited))
