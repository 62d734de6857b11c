"""A 2 x 2 factorial as report blocks."""

from __future__ import annotations

from isobole._version import __version__
from isobole.combination._factorial_result import (
    NO_KINETICS,
    NOT_SYNERGY,
    NULL_MODEL,
    FactorialInteraction,
    cell_name,
)
from isobole.results import (
    Block,
    Cell,
    Heading,
    Methods,
    Missing,
    Note,
    Table,
    clopper_pearson,
    format_number,
    format_p,
)

REFERENCES = (
    "Bliss CI (1939) The toxicity of poisons applied jointly. "
    "Ann Appl Biol 26:585-615.",
    "Abbott WS (1925) A method of computing the effectiveness of an insecticide. "
    "J Econ Entomol 18:265-267.",
    "Barnard GA (1945) A new test for 2 x 2 tables. Nature 156:177.",
    "Loewe S (1953) The problem of synergism and antagonism of combined drugs. "
    "Arzneimittelforschung 3:285-290.",
)


def factorial_blocks(found: FactorialInteraction) -> tuple[Block, ...]:
    """Return everything a report says of one factorial."""
    return (
        Heading(f"{cell_name(found.drugs, 3)}: 2 x 2 factorial"),
        Note(found.message, "notice"),
        Note(NOT_SYNERGY, "warning"),
        _cell_table(found),
        _test_table(found),
        _loewe_table(found),
        _fisher_table(found),
        Note(NO_KINETICS, "notice"),
        *(Note(str(problem), "warning") for problem in found.problems),
        _methods(found),
    )


def _cell_table(found: FactorialInteraction) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for k in range(4):
        n, hit = found.n[k], found.affected[k]
        if n == 0:
            none = Missing("no such group was run")
            rows.append((cell_name(found.drugs, k), n, none, none, none, none))
            continue
        limits = clopper_pearson(hit, n, level=found.level)
        assert limits.low is not None
        assert limits.high is not None
        rows.append(
            (
                cell_name(found.drugs, k), n, hit,
                round(100 * hit / n, 1), round(100 * limits.low, 1),
                round(100 * limits.high, 1),
            )
        )  # fmt: skip
    notes = []
    if found.doses is not None:
        unit = f" {found.unit}" if found.unit else ""
        notes.append(
            "Doses: "
            + ", ".join(
                f"{drug} {format_number(dose)}{unit}"
                for drug, dose in zip(found.drugs, found.doses, strict=True)
            )
            + "."
        )
    if found.background == "zero":
        notes.append("The background is assumed to be 0; the first row is not used.")
    return Table(
        f"Animals {found.endpoint}, {format_number(100 * found.level)} % "
        "Clopper-Pearson limits",
        ("given", "n", found.endpoint, "%", "low (%)", "high (%)"),
        tuple(rows),
        tuple(notes),
    )


def _points(value: float | Missing | None, reason: str = "") -> Cell:
    if value is None:
        return Missing(reason)
    return value if isinstance(value, Missing) else round(100 * value, 1)


def _test_table(found: FactorialInteraction) -> Table:
    excess, why = found.excess, found.excess.reason or ""

    def p(value: float | Missing) -> Cell:
        return value if isinstance(value, Missing) else format_p(value)

    return Table(
        f"Against {NULL_MODEL}",
        ("quantity", "value"),
        (
            (f"observed {found.endpoint} (%)", _points(found.observed)),
            ("expected under Bliss (%)", _points(found.expected)),
            ("excess (percentage points)", _points(excess.value)),
            ("excess, low", _points(excess.low, why)),
            ("excess, high", _points(excess.high, why)),
            ("likelihood-ratio chi-square (1 df)", found.statistic),
            ("p, exact unconditional", p(found.p)),
            ("mid-p (approximate)", p(found.mid_p)),
            ("p, asymptotic", p(found.p_asymptotic)),
        ),
        (
            f"Excess: {format_number(100 * found.level)} % {excess.interval} limits.",
            "The exact p is the largest over every background and single effect. "
            "Mid-p counts tables exactly as extreme by half; its level is not "
            "guaranteed. The verdict uses the exact p where there is one.",
        ),
    )


def _loewe_table(found: FactorialInteraction) -> Table:
    return Table(
        "What one drug added to itself would give (Loewe additivity)",
        (
            "slope", "half an ED50 alone (%)", "Bliss for two (%)", "two together (%)",
            "at the single effects seen (%)", "at their upper limits (%)",
        ),
        tuple(
            (
                row.slope, _points(row.half), _points(row.half_bliss), 50.0,
                _points(row.observed), _points(row.upper),
            )
            for row in found.loewe
        ),
        (
            f"Slopes per log10 dose, {found.link}. Upper limits: one-sided "
            f"{format_number(100 * found.level)} % Clopper-Pearson of each drug alone.",
        ),
    )  # fmt: skip


def _fisher_table(found: FactorialInteraction) -> Table:
    return Table(
        "Both drugs against one of them (Fisher, two-sided): not an interaction test",
        ("both against", "p"),
        tuple((test.against, format_p(test.p)) for test in found.fisher),
        (
            "A small p says that adding the other drug did something, as it would if "
            "the two were additive or one and the same.",
        ),
    )


def _methods(found: FactorialInteraction) -> Methods:
    background = (
        "the response without drugs assumed to be 0"
        if found.background == "zero"
        else "the group without drugs as background (Abbott)"
    )
    text = (
        f"The response to {cell_name(found.drugs, 3)} was compared with Bliss "
        f"independence, {background}. No interaction (a product of proportions "
        "spared) was tested by an exact unconditional test: every possible table was "
        "ordered by its likelihood-ratio statistic and the p-value maximised over all "
        "nuisance probabilities. The excess over the expected response has "
        f"{format_number(100 * found.level)} % profile-likelihood limits. Bliss "
        "independence is not the additivity of Loewe, and no statement on synergy is "
        f"made. Computed with isobole {__version__}."
    )
    return Methods(text, REFERENCES)
