"""Doses as the sources print them; mg for a weight only as the source's own figure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from isobole.monograph._case import Case
from isobole.monograph._citation import citation, place_of, shown
from isobole.monograph._concepts import named_in
from isobole.monograph._evidence import Said
from isobole.monograph._regimens import DOSE_KINDS, INDICATIONS, bases_of, indication_of
from isobole.monograph._statement import Statement
from isobole.results import Missing, format_number

_PER_KG = re.compile(r"(mg|g|mcg|µg) ?/ ?kg(?: ?/ ?(?:day|d)| daily)( per week)?")
_IN_MG = {"mg": 1.0, "g": 1000.0, "mcg": 0.001, "µg": 0.001}


@dataclass(frozen=True, slots=True)
class DoseLine:
    """One dose figure of a source, for a weight if it is per kg.

    Parameters
    ----------
    substance : str
        The page's substance.
    indication : str or None
        None where the source drops it; then no mg are computed.
    population : str or None
    phase : str
        ``"start"``, ``"weekly step"``, ``"maximum"``, ``"divided above"``, ...
    figure : str
        As the source gives it, with its unit.
    mg_per_day : tuple of float or Missing
        Low and high for the case's weight, in mg/day (per week for a step).
    basis : str
        Whose figures these are, and of what the milligrams are.
    needs : tuple of str
        What must be known for the line to apply; empty if it applies.
    statement : Statement
    """

    substance: str
    indication: str | None
    population: str | None
    phase: str
    figure: str
    mg_per_day: tuple[float, float] | Missing
    basis: str
    needs: tuple[str, ...]
    statement: Statement

    @property
    def mg(self) -> str:
        """The mg with their unit, or a dash."""
        if isinstance(self.mg_per_day, Missing):
            return "—"
        low, high = self.mg_per_day
        step = "+" if self.phase == "weekly step" else ""
        low_text, high_text = _plain_number(low), _plain_number(high)
        amount = low_text if low_text == high_text else f"{low_text}–{high_text}"
        unit = "mg/day each week" if step else "mg/day"
        return f"{step}{amount} {unit}"

    def sentence(self) -> str:
        """Return the line as one sentence that carries all of its reservations."""
        what = self.indication or "indication not stated"
        whom = f", {self.population}" if self.population else ""
        amount = f"; for the weight given {self.mg}" if self.mg != "—" else ""
        needs = (
            f" Applies only if known: {', '.join(self.needs)}." if self.needs else ""
        )
        return (
            f"{what}{whom}: {self.phase} {self.figure}{amount}. {self.basis}.{needs} "
            f"[{place_of(self.statement)}]"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the line as it stands in JSON; mg in mg/day."""
        told: dict[str, Any] = {
            "substance": self.substance,
            "indication": self.indication,
            "population": self.population,
            "phase": self.phase,
            "figure": self.figure,
            "mg_per_day": None,
            "basis": self.basis,
            "needs": list(self.needs),
            "sentence": self.sentence(),
            "statement": citation(self.statement),
        }
        for name in ("indication", "population"):
            if told[name] is None:
                told[f"{name}_reason"] = "the source gives none"
        if isinstance(self.mg_per_day, Missing):
            told["mg_per_day_reason"] = self.mg_per_day.reason
        else:
            told["mg_per_day"] = list(self.mg_per_day)
        return told


def dose_lines(said: Sequence[Said], case: Case) -> tuple[DoseLine, ...]:
    """Return the dose lines that apply to a case or may, in the order of the pages.

    Lines for another indication, age group or country are left out; where the case
    does not say, they are kept and say what they need.
    """
    lines: list[DoseLine] = []
    pages = dict.fromkeys(one.page for one in said)
    for page in pages:
        own = [one for one in said if one.page == page]
        bases = bases_of(own)
        for one in own:
            if one.statement.kind not in DOSE_KINDS:
                continue
            needs = _needs(one.statement, case)
            if needs is not None:
                lines.append(_line(one, case, needs, bases))
    order = list(DOSE_KINDS.values())
    return tuple(
        sorted(
            lines,
            key=lambda x: (
                bool(x.needs and "jurisdiction" in x.needs[0]),
                x.indication is None,
                _rank(x.indication),
                x.population or "",
                order.index(x.phase),
            ),
        )
    )


def _rank(indication: str | None) -> int:
    return INDICATIONS.index(indication) if indication in INDICATIONS else 9


def _needs(said: Statement, case: Case) -> tuple[str, ...] | None:
    """Return what the line needs to be known; None if it does not apply."""
    needs: list[str] = []
    place = said.scope.jurisdiction
    if place is not None and case.country is None:
        needs.append(f"jurisdiction ({place})")
    elif place is not None and place != case.country:
        return None
    indication = indication_of(said)
    if indication is not None:
        if case.indication is None:
            needs.append("indication")
        elif indication not in {case.indication, *named_in((case.indication,))}:
            return None
    groups = named_in((said.scope.population,))
    if groups & {"adults", "children", "elderly", "children under 2"}:
        if case.age is None:
            needs.append("age")
        elif not _of_age(groups, case.age):
            return None
    return tuple(needs)


def _of_age(groups: frozenset[str], age: float) -> bool:
    return (
        ("children under 2" in groups and age < 2)
        or ("children" in groups and age < 18)
        or ("adults" in groups and age >= 18)
        or ("elderly" in groups and age >= 65)
    )


def _line(
    one: Said, case: Case, needs: tuple[str, ...], bases: dict[str, str]
) -> DoseLine:
    said = one.statement
    indication = indication_of(said)
    return DoseLine(
        one.subject.name,
        indication,
        _whom(said),
        DOSE_KINDS[said.kind],
        _figure(said),
        _milligrams(said, case, needs),
        bases[said.id],
        needs,
        said,
    )


# What these say stands in the phase and in the unit.
_TOLD = ("divided doses", "daily dose above value")


def _whom(said: Statement) -> str | None:
    """Return whom a figure is for, with the clearance or drug it is bound to."""
    bound = said.scope.condition
    parts = (said.scope.population, None if bound in _TOLD else bound)
    return shown("; ".join(part for part in parts if part)) or None


def _figure(said: Statement) -> str:
    if said.value is None:
        return "not stated"
    numbers = said.value if isinstance(said.value, tuple) else (said.value,)
    text = "–".join(
        _plain_number(n) if isinstance(n, int | float) else str(n) for n in numbers
    )
    return shown(f"{text} {said.unit or ''}")


def _plain_number(value: float) -> str:
    if float(value).is_integer():
        return f"{int(value):,}" if abs(value) >= 10_000 else f"{int(value)}"
    return format_number(float(value))


def _milligrams(
    said: Statement, case: Case, needs: tuple[str, ...]
) -> tuple[float, float] | Missing:
    """Multiply a figure per kg by the weight, or say why that is not done."""
    values = said.value if isinstance(said.value, tuple) else (said.value,)
    numbers = [v for v in values if isinstance(v, int | float)]
    if not numbers or len(numbers) != len(values):
        return Missing("the source gives no figure")
    match = _PER_KG.fullmatch(said.unit or "")
    if not match:
        return Missing("the figure is not per kg: there is nothing to compute")
    if said.scope.indication is None:
        return Missing("the source drops the indication: no mg are computed from it")
    if case.weight_kg is None:
        return Missing("the weight is not known")
    if case.age is not None and case.age < 2:
        return Missing("under two years no mg are computed")
    for need in needs:
        if need.startswith("jurisdiction"):
            return Missing(f"it applies only if known: {need}")
    unit = _IN_MG[match[1]]
    # Divided last: 62 kg of 10 mg/kg are 620 mg, not 620.0000000000001.
    low, high = (n * case.weight_kg * unit for n in (min(numbers), max(numbers)))
    return (low, high)
