"""Synergy from one pair of doses, and studies that report otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from isobole.monograph._checks import data, finding, joined
from isobole.monograph._contradictions_results import DENIED, substance_named
from isobole.monograph._contradictions_view import View, lines
from isobole.monograph._contradictions_words import plain
from isobole.monograph._finding import Finding
from isobole.monograph._statement import Statement
from isobole.results import format_number

_SYNERGY = re.compile(r"\bsynerg\w+|\bsupra-?additiv\w+", re.IGNORECASE)
_METHODS = (
    "isobol", "interaction index", "combination index", "loewe", "bliss",
    "response surface", "fixed-ratio", "fixed ratio", "dose-addition", "dose addition",
    "chou",
)  # fmt: skip
_PAIR = re.compile(r"\+|\band\b|\bwith\b|\bplus\b")


def synergy_findings(view: View) -> Iterator[Finding]:
    """Yield synergy claimed from fewer dose pairs than any test of it needs."""
    claims = [
        said
        for said in view.of("claim")
        if _SYNERGY.search(said.span.quote)
        and not DENIED.search(said.span.quote)
        and not said.span.quote.rstrip().endswith("?")
    ]
    if not claims:
        return
    text = view.page.text.lower()
    if any(method in text for method in _METHODS):
        return
    pairs = [
        said
        for said in view.of("preclinical_result")
        if isinstance(said.value, tuple) and _PAIR.search(said.subject)
    ]
    doses = {said.value for said in pairs}
    if len(doses) != 1:
        return
    told = _delivered(view, pairs)
    yield finding(
        "synergy-from-one-pair",
        f"Synergy is claimed ({lines(claims[:3])}) from one pair of doses "
        f"({lines(pairs)}), without an isobole or an interaction index{told}",
        [*pairs, *claims[:3]],
    )


def _delivered(view: View, pairs: Sequence[Statement]) -> str:
    """Say how little of the second drug the salt itself holds, where it is its ion."""
    for said in view.of("ed50"):
        found = substance_named(said.subject)
        if found is None or not found.ions or (said.unit or "") != "mg/kg":
            continue
        ion = found.ions[0]
        if not any(
            ion.name in pair.subject.lower()
            or ion.symbol.rstrip("+0123456789").lower() in pair.subject.lower().split()
            or ion.symbol.replace("+", "").lower() in pair.subject.lower()
            for pair in pairs
        ):
            continue
        share = ion.per_mole * ion.molar_mass / found.molar_mass
        amount = float(said.value) * share  # type: ignore[arg-type]
        given = pairs[0].value
        assert isinstance(given, tuple)
        return (
            f"; the ED50 of {found.name} holds {format_number(amount, 2)} mg "
            f"{ion.name}/kg, the pair {' and '.join(format_number(x) for x in given)}"
        )
    return ""


def study_findings(view: View) -> Iterator[Finding]:
    """Yield claims about a recorded study that reports otherwise."""
    for row in data("studies.toml")["study"]:
        if not any(plain(name) in plain(view.page.subject + view.page.title)
                   for name in row["substances"]):  # fmt: skip
            continue
        printed = [_printing(view, figure) for figure in row["figures"]]
        if not all(printed):
            continue
        for report in row["reports"]:
            against = [
                said
                for said in view.of(report["kind"])
                if re.search(report["value"], _plain_value(said))
                and re.search(report["subject"], said.subject, re.IGNORECASE)
            ]
            if against:
                basis = [said for group in printed for said in group]
                yield finding(
                    "study-reports-otherwise",
                    f"The figures ({lines(basis)}) are those of {row['name']}, which "
                    f"reports: {report['otherwise']}; the page: {lines(against)}",
                    [*against, *basis],
                )


def _printing(view: View, figure: dict[str, str]) -> list[Statement]:
    return [
        said
        for said in view.of(figure["kind"])
        if re.search(figure["words"], f"{_plain_value(said)} {said.unit or ''}")
        and re.search(figure["subject"], said.subject, re.IGNORECASE)
    ]


def _plain_value(said: Statement) -> str:
    value = said.value
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{value:g}"
    return joined(f"{x:g}" for x in value) if isinstance(value, tuple) else str(value)
