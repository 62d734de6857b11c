"""A report as the dose-response room would write it, made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from isobole.results import (
    INK,
    MUTED,
    Block,
    DoseUnit,
    Estimate,
    Figure,
    Heading,
    InputFile,
    Limits,
    Methods,
    Missing,
    Note,
    Provenance,
    Table,
    Text,
    new_figure,
    series_style,
    sha256_text,
    style,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

FINNEY = (
    "Finney DJ. Probit Analysis. 3rd ed. Cambridge: Cambridge University Press; 1971."
)
FIELLER = (
    "Fieller EC. The biological standardization of insulin. Supplement to the Journal "
    "of the Royal Statistical Society. 1940;7:1-64. doi:10.2307/2983630"
)
MARTIN = (
    "Martin JT. The problem of the evaluation of rotenone-containing plants. VI. "
    "Annals of Applied Biology. 1942;29:69-81. doi:10.1111/j.1744-7348.1942.tb06923.x"
)
CURVES = {
    "rotenone": (
        (2.6, 3.8, 5.1, 7.7, 10.2),
        (50, 48, 46, 49, 50),
        (6, 16, 24, 42, 44),
        (4.829, 4.213),
    ),
    "deguelin": (
        (10.1, 20.2, 30.3, 40.4, 50.5),
        (48, 48, 49, 50, 48),
        (18, 34, 47, 47, 48),
        (12.48, 4.0),
    ),
}
UNIT = DoseUnit.parse("mg/L")


def draw_curves(*names: str) -> MatplotlibFigure:
    """Draw log-probit paper: probits on the left, per cent on the right."""
    from math import log10
    from statistics import NormalDist

    normal = NormalDist()
    with style():
        figure = new_figure(16, 10.5)
        axes = figure.subplots()
        axes.set_xscale("log")
        for index, name in enumerate(names):
            doses, animals, affected, (ed50, slope) = CURVES[name]
            look = series_style(index)
            ends = (doses[0] / 1.4, doses[-1] * 1.3)
            axes.plot(
                ends,
                [5 + slope * log10(dose / ed50) for dose in ends],
                color=look.color,
                linestyle=look.linestyle,
                label=name,
                marker="none",
            )
            for dose, n, r in zip(doses, animals, affected, strict=True):
                certain = r in (0, n)
                probit = 7.6 if r == n else 2.4 if r == 0 else 5 + normal.inv_cdf(r / n)
                axes.plot(
                    dose,
                    probit,
                    marker=look.marker,
                    color=look.color,
                    markerfacecolor="white" if certain else look.color,
                    clip_on=False,
                )
                axes.annotate(
                    f"{r}/{n}",
                    (dose, probit),
                    xytext=(7, -9),
                    textcoords="offset points",
                    color=MUTED,
                    fontsize=8,
                )
            axes.errorbar(
                ed50,
                5,
                xerr=[[ed50 * 0.1], [ed50 * 0.11]],
                color=INK,
                capsize=4,
                linewidth=1.2,
            )
        axes.axhline(5, color=MUTED, linewidth=0.6)
        axes.set_ylim(2.4, 7.6)
        ticks = [2, 3, 5, 7, 10, 15, 20, 30, 50]
        axes.set_xticks(ticks, [str(tick) for tick in ticks], minor=False)
        axes.set_xticks([], minor=True)
        axes.set_xlabel("dose (mg/L, log scale)")
        axes.set_ylabel("probit (normal deviate + 5)")
        right = axes.twinx()
        right.spines["right"].set_visible(True)
        right.set_ylim(2.4, 7.6)
        percents = (2, 5, 10, 20, 30, 50, 70, 80, 90, 95, 98)
        right.set_yticks(
            [5 + normal.inv_cdf(p / 100) for p in percents], [str(p) for p in percents]
        )
        right.set_ylabel("affected (%)")
        axes.legend(loc="upper left")
    return figure


def count_table(name: str) -> Table:
    doses, animals, affected, _ = CURVES[name]
    return Table(
        f"Insects affected by dose of {name}",
        ("dose (mg/L)", "n", "affected", "observed (%)"),
        (
            (0.0, 49, 0, 0.0),
            *(
                (dose, n, r, round(100 * r / n, 2))
                for dose, n, r in zip(doses, animals, affected, strict=True)
            ),
        ),
    )


def curve_blocks(name: str, value: float) -> list[Block]:
    limits = Limits("likelihood", 0.95, "interval", value * 0.9, value * 1.1)
    open_side = Limits(
        "likelihood", 0.95, "ray", value * 1.2, reason="No upper limit: tests end here."
    )
    return [
        Heading(name.capitalize()),
        Text(
            f"Of 242 insects, {name} affected 132. The curve rises over the tested "
            "doses and its ED50 lies among them."
        ),
        Table(
            "Effective doses, 95 % likelihood limits",
            ("effect", "dose (mg/L)", "low (mg/L)", "high (mg/L)", "SE (log10)"),
            (
                ("ED16", value * 0.58, value * 0.5, value * 0.65, 0.0321),
                ("ED50", value, limits.low, limits.high, 0.0224),
                (
                    "ED84",
                    value * 1.72,
                    value * 1.5,
                    Missing("ED84: the upper limit is not bounded at this level"),
                    Missing("no standard error where the limits are one-sided"),
                ),
            ),
        ),
        Figure(
            f"Log-probit line of {name}",
            f"Five doses of {name} on log-probit paper rise along a straight line; the "
            "ED50 and its limits are marked where the line crosses probit 5.",
            lambda: draw_curves(name),
            count_table(name),
        ),
        Heading("Curve", 3),
        Table(
            "Coefficients and goodness of fit",
            ("quantity", "value", "SE"),
            (
                ("intercept", -2.888, 0.3501),
                ("slope per log10 dose", 4.213, 0.4783),
                ("Pearson chi-square", 1.7293, ""),
                ("p (slope)", "< 0.0001", ""),
                ("smallest eigenvalue", 3.2e-8, ""),
            ),
            ("Heterogeneity rule chi-square: no factor applied.",),
        ),
        Table(
            "The ED50 by every interval",
            ("interval", "ED50 (mg/L) and limits", "level (%)"),
            (
                ("likelihood", Estimate("ED50", value, limits, unit=UNIT), 95),
                ("one-sided", Estimate("ED50", value, open_side, unit=UNIT), 95),
            ),
        ),
        Methods(
            f"The proportion of insects affected by {name} was related to log10 dose "
            "by a probit curve fitted by maximum likelihood. 95 % confidence limits "
            "come from the profile likelihood over rising curves, with observed "
            "information for standard errors.",
            (FINNEY, FIELLER),
        ),
    ]


@pytest.fixture
def blocks() -> list[Block]:
    """Five sections, three figures, every kind of note."""
    both = Table(
        "Potency of deguelin against rotenone",
        ("comparison", "ratio", "low", "high", "method"),
        (
            ("rotenone : deguelin", 0.387, 0.335, 0.4471, "common slope, likelihood"),
            ("deguelin : rotenone", 2.584, 2.237, 2.985, "common slope, likelihood"),
        ),
    )
    return [
        Note("ED50 4.829 mg/L [4.35, 5.31] (95 % likelihood). Status: ok."),
        *curve_blocks("rotenone", 4.829),
        *curve_blocks("deguelin", 12.48),
        Heading("Potency"),
        Figure(
            "Both curves on one log-probit paper",
            "Two nearly parallel lines; that of rotenone lies to the left.",
            lambda: draw_curves("rotenone", "deguelin"),
            both,
        ),
        both,
        Note("The lines depart from parallel (p = 0.08).", "warning"),
        Note("Row 7 was not used: affected (12) exceeds n (10).", "error"),
        Heading("Methods"),
        Methods(
            "Relative potency was estimated under a common slope. The data are those "
            "of Martin.",
            (FINNEY, MARTIN),
        ),
    ]


@pytest.fixture
def provenance() -> Provenance:
    return Provenance(
        "isobole potency rotenone.csv --by curve --level 0.95 --out report.html",
        inputs=(InputFile("rotenone.csv", sha256_text("a")),),
        data_sha256=sha256_text("b"),
        options={
            "link": "probit",
            "level": 0.95,
            "effects": [16, 50, 84],
            "independent": False,
            "natural_response": None,
        },
        seed=20250131,
        version="0.1.0",
        date="2025-01-31 09:00 UTC",
    )
