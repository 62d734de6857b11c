"""The quick tools: what each asks, which analysis answers, which tables show it."""

from __future__ import annotations

from typing import Any, get_args

from isobole.analysis import answer_audit, answer_ed50, answer_potency, answer_synergy
from isobole.lab.tools._choices import (
    Cluster,
    Convention,
    Design,
    Heterogeneity,
    IndexInterval,
    Information,
    Interval,
    Link,
    Method,
    Null,
    RatioBy,
    RatioInterval,
    Variance,
)
from isobole.lab.tools._option import Option
from isobole.lab.tools._tool import Example, Tool


def _choice(name: str, label: str, of: Any, default: str = "", **more: Any) -> Option:
    choices = get_args(of) if default else ("", *get_args(of))
    return Option(name, label, "choice", default, choices, **more)


_BY = Option(
    "by", "Column that names the curves", "text", rare=False,
    hint="such as drug; a column named curve is used without asking",
)  # fmt: skip
_UNIT = Option(
    "unit", "Unit of the doses", "text", rare=False,
    hint="with its basis, such as mg/kg or umol/kg valproate; not needed if the header "
    "says it",
)  # fmt: skip
_ENDPOINT = Option(
    "endpoint", "What was counted", "text", "affected", rare=False,
    hint="protected, seizure, dead, …",
)  # fmt: skip
_SHEET = Option("sheet", "Sheet of the workbook", "text", hint="the first unless given")
_EFFECTS = Option(
    "effects", "Effects (% of animals)", "effects", "50", rare=False, flag="--effect",
    hint="such as 16, 50, 84",
)  # fmt: skip
_LEVEL = Option(
    "level", "Confidence level", "number", "0.95", rare=False,
    hint="from 0.5 to below 1",
)  # fmt: skip
_NATURAL = Option(
    "natural_response", "Response without the drug", "share", "none", rare=False,
    hint="none, estimate (from control rows), or a known proportion such as 0.05",
)  # fmt: skip
_LINK = _choice("link", "Shape of the curve", Link, "probit", rare=False)
_SPREAD = _choice(
    "heterogeneity", "Widen limits for scatter", Heterogeneity,
    hint="p<0.05 unless a convention fixes it",
)  # fmt: skip
_INDEPENDENT = Option(
    "independent", "Treat repeated animals, litters, cages and days as independent",
    "yes",
)  # fmt: skip
_CONVENTION = _choice(
    "convention", "Do as that program does", Convention,
    hint="to compare with its printed digits",
)  # fmt: skip
_SEED = Option("seed", "Seed of what is sampled", "whole", "1")

ED50 = Tool(
    name="ed50",
    command="ed50",
    title="ED50",
    what="The dose at which half of the animals show the effect, for every curve of a "
    "table, with limits that hold at n = 8.",
    columns="One row per dose (dose, n, affected) or one row per animal (dose, "
    "affected as 0 or 1). Dose 0 is the control. Columns animal, day, litter and cage "
    "are used.",
    header="dose (mg/kg),n,affected\n5,8,1\n10,8,3\n20,8,6\n40,8,8\n",
    answer=answer_ed50,
    options=(
        _BY, _UNIT, _ENDPOINT, _EFFECTS, _LINK, _NATURAL,
        _choice(
            "interval", "Kind of limits", Interval, rare=False,
            hint="likelihood unless a convention fixes it",
        ),
        _LEVEL, _SHEET,
        _choice(
            "method", "Method", Method, "likelihood",
            hint="firth stays finite where no dose had a partial response",
        ),
        _CONVENTION,
        _choice(
            "information", "Matrix behind standard errors", Information,
            hint="observed unless a convention fixes it",
        ),
        _SPREAD,
        _choice(
            "cluster", "Rows that share animals, litters, cages or days", Cluster,
            "auto",
        ),
        _INDEPENDENT, _SEED,
    ),
    examples=(
        Example("mice8", "Five doses, eight mice each", (("effects", "16, 50, 84"),)),
        Example("rotenone", "Two insecticides and their mixture, three curves"),
        Example("mice8-separated", "No dose with a partial response"),
        Example(
            "sas-optc", "A high natural response",
            (("natural_response", "estimate"),),
        ),
    ),
)  # fmt: skip
POTENCY = Tool(
    name="potency",
    command="potency",
    title="Relative potency",
    what="Curves compared: slopes, relative potency under a common slope, ED50 ratios "
    "where slopes differ.",
    columns="As for the ED50, with a column that names the curve.",
    header="drug,dose (mg/kg),n,affected\nVPA,100,8,1\nVPA,200,8,4\nVPA,400,8,7\n"
    "Mg-VPA,100,8,3\nMg-VPA,200,8,6\nMg-VPA,400,8,8\n",
    answer=answer_potency,
    options=(
        _BY, _UNIT, _ENDPOINT,
        Option(
            "standard", "Standard", "text", rare=False,
            hint="the curve the others are compared with; the first by default",
        ),
        _LINK,
        _choice(
            "interval", "Kind of limits", RatioInterval, "likelihood", rare=False
        ),
        _LEVEL, _SHEET,
        Option(
            "standard_potency", "Potency assigned to the standard", "number", "1",
            hint="such as 140 (IU per vial)",
        ),
        _choice(
            "information", "Matrix behind standard errors", Information, "observed"
        ),
        _choice(
            "heterogeneity", "Widen limits for scatter", Heterogeneity, "p<0.05"
        ),
        _INDEPENDENT, _SEED,
    ),
    examples=(
        Example("rotenone", "Two insecticides and their mixture"),
        Example("pheur-diphtheria", "A vaccine against its standard"),
    ),
)  # fmt: skip
INTERACTION = Tool(
    name="interaction",
    command="synergy",
    title="Interaction",
    what="Whether drugs given together act beyond additivity: expectation under a "
    "named null model, interaction index with limits, verdict, isobologram.",
    columns="A dose column for each drug, n and affected (or one row per animal). The "
    "design is recognised: mixtures at fixed ratios, doses of one drug over a fixed "
    "dose of another (type II), or a 2 x 2 factorial.",
    header="VPA (mg/kg),Mg (mg/kg),n,affected\n100,0,8,1\n200,0,8,4\n400,0,8,7\n"
    "0,50,8,2\n0,100,8,4\n0,200,8,7\n50,25,8,2\n100,50,8,6\n200,100,8,8\n",
    answer=answer_synergy,
    options=(
        Option(
            "drugs", "Columns that are doses", "names", rare=False,
            hint="VPA, Mg; every column of numbers that is nothing else, unless given",
        ),
        _UNIT, _ENDPOINT, _EFFECTS,
        _choice(
            "null", "Null model", Null, "both", rare=False,
            hint="which must agree for a verdict (fixed ratios)",
        ),
        Option(
            "margin", "Indices that would not matter", "pair", rare=False,
            hint="such as 0.8, 1.25: additivity is only concluded inside them (fixed "
            "ratios)",
        ),
        _LINK, _LEVEL, _SHEET,
        _choice(
            "design", "Design", Design, hint="instead of the one recognised"
        ),
        Option(
            "ratio", "Ratio of the mixture", "text",
            hint="1:4, where the table has only the total dose with a column arm",
        ),
        _choice("ratio_by", "Parts of the ratio", RatioBy),
        _choice("variance", "Error of the additive dose", Variance, "delta"),
        Option(
            "index", "An index worth finding", "number",
            hint="says how many animals would find it (fixed ratios)",
        ),
        _choice("index_interval", "Limits of the index", IndexInterval, "auto"),
        Option("ladder", "Drug whose doses were varied", "text", hint="type II"),
        Option(
            "slope_for_bound", "Slope of the drug given at fixed doses", "number",
            hint="if one can be justified (type II)",
        ),
        Option(
            "natural_response", "Response without drugs", "share", "none",
            hint="none, estimate, or a proportion such as 0.05 (fixed ratios)",
        ),
        _CONVENTION, _SPREAD, _SEED,
    ),
    examples=(
        Example(
            "rotenone-deguelin-1-4", "Two insecticides at 1:4, fixed ratio",
            (("margin", "0.8, 1.25"),),
        ),
        Example("valproate-magnesium-2x2", "Constructed: a 2 x 2 factorial"),
    ),
)  # fmt: skip
AUDIT = Tool(
    name="audit",
    command="audit",
    title="Audit of published rows",
    what="Published interactions recomputed from what they print: every figure by "
    "every rule and test, varied over its rounding.",
    columns="One row per mixture: ED50, SEM and n as the paper prints them, digit by "
    "digit. The template says what each column means.",
    header="",
    answer=answer_audit,
    options=(
        Option(
            "margin", "Indices that would not matter", "pair", "0.8, 1.25", rare=False,
            hint="where a paper claims additivity",
        ),
        _LEVEL, _SHEET,
    ),
    examples=(
        Example("luszczki-2020", "Seven pairs of antiseizure drugs at 1:1"),
        Example("template", "Empty table with the meaning of every column"),
    ),
)  # fmt: skip

TOOLS: dict[str, Tool] = {
    tool.name: tool for tool in (ED50, POTENCY, INTERACTION, AUDIT)
}
