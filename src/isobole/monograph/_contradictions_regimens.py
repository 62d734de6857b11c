"""Regimens of children and the elderly: the same as adults', or without an age."""

from __future__ import annotations

import re
from collections.abc import Iterator

from isobole.monograph._checks import finding
from isobole.monograph._contradictions_view import View, lines, role
from isobole.monograph._finding import Finding
from isobole.monograph._statement import Statement

_NEGATED = re.compile(
    r"\bno (?:dos(?:e|age) )?(?:adjustment|reduction|change)|\bnot (?:be )?"
    r"(?:necessary|required|needed|adjust)|\bsame (?:dose|as)|\bunnecessary\b",
    re.IGNORECASE,
)
_AGE = re.compile(
    r"\d+ ?(?:-|–|to)? ?\d* ?(?:years?|months?|weeks?|yrs?|kg)\b|[≥>≤<] ?\d+|"
    r"\b(?:over|under|above|below|older than|younger than|aged?|from) \d+|"
    r"\bneonates?\b|\bnewborns?\b|\badolescents?\b|\bpreterm\b",
    re.IGNORECASE,
)


def _is_figure(said: Statement) -> bool:
    return isinstance(said.value, int | float | tuple) and not isinstance(
        said.value, bool
    )


_PEOPLE = ("children", "elderly")
_DOSE_KINDS = ("dose_initial", "dose_titration", "dose_maintenance", "dose_max")


def regimen_findings(view: View) -> Iterator[Finding]:
    """Yield "adjust the dose" for people whose figures are those of adults."""
    if not view.patients or view.components:
        return
    doses = [s for s in view.of(*_DOSE_KINDS) if _is_figure(s) and role(s) == "body"]
    for who in _PEOPLE:
        advice = [
            said
            for said in view.of("dose_adjustment")
            if said.strength == "adjust"
            and _is_for(said, who)
            and not _NEGATED.search(said.span.quote)
        ]
        theirs = [s for s in doses if s.scope.population and _is_for(s, who)]
        if not advice or not theirs:
            continue
        adults = {
            (s.kind, s.scope.indication, s.scope.route, s.value, s.unit)
            for s in doses
            if s.scope.population and _is_for(s, "adults")
        }
        same = [
            (s.kind, s.scope.indication, s.scope.route, s.value, s.unit) in adults
            for s in theirs
        ]
        if all(same):
            yield finding(
                "adjust-without-difference",
                f"The dose is to be adjusted for {who} ({lines(advice)}), but their "
                f"figures ({lines(theirs)}) are those of adults",
                [*advice, *theirs],
            )


def _is_for(said: Statement, who: str) -> bool:
    people = [p.strip() for p in (said.scope.population or "").split(";")]
    return who in people


def age_findings(view: View) -> Iterator[Finding]:
    """Yield doses for children where no age is named from which they hold."""
    if not view.patients:
        return
    doses = [
        said
        for said in view.of(*_DOSE_KINDS)
        if _is_figure(said)
        and said.scope.population == "children"
        and not _AGE.search(f"{said.span.quote} {' '.join(said.section)}")
    ]
    if not doses or _bounded(view):
        return
    singled = [
        said
        for said in view.of("precaution", "adverse_effect")
        if "children <" in (said.scope.population or "")
    ]
    why = (
        f", though younger children are named as a risk group ({lines(singled)})"
        if singled
        else ""
    )
    yield finding(
        "child-dose-without-age",
        f"Doses for children ({lines(doses)}) do not say from which age{why}",
        [*doses, *singled],
    )


_NOT_BELOW = re.compile(
    r"not (?:be )?(?:recommended|approved|indicated|established|used|been established)|"
    r"contraindicat|\bavoid",
    re.IGNORECASE,
)


def _bounded(view: View) -> bool:
    """Return whether the page says below which age the drug is not for use."""
    kinds = ("contraindication", "precaution", "dose_adjustment", "text", "indication")
    return any(
        _AGE.search(said.span.quote)
        and _NOT_BELOW.search(said.span.quote)
        and re.search(
            r"child|infant|p(?:a)?ediatric|age", said.span.quote, re.IGNORECASE
        )
        for said in view.of(*kinds)
    )
