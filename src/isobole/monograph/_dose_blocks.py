"""The sources' dose figures as tables, below every contraindication."""

from __future__ import annotations

from isobole.monograph._case_findings import CaseFindings
from isobole.monograph._citation import place_of
from isobole.monograph._dosing import DoseLine
from isobole.results import Block, Heading, Missing, Note, Table, Text


def dose_blocks(found: CaseFindings) -> list[Block]:
    """Return the tables of figures and what follows when they are compared."""
    if not found.doses:
        return []
    above = [one.title for one in found.findings if one.strength == "contraindicated"]
    blocks: list[Block] = [Heading("Doses as the sources print them", 3)]
    if above:
        blocks.append(
            Note(
                f"Below the contraindications ({', '.join(above)}): figures of the "
                "sources, not doses for this case.",
                "error",
            )
        )
    own = [line for line in found.doses if not _for_one_country(line)]
    if own:
        title = "Figures of the sources; each line says whose regimen it is"
        blocks.append(_dose_table(title, own, found))
    other = [line for line in found.doses if _for_one_country(line)]
    if other:
        title = "Figures for one country only, which the case does not name"
        blocks.append(_dose_table(title, other, found))
    blocks += [Text(text) for text in dose_remarks(found)]
    return blocks


def _for_one_country(line: DoseLine) -> bool:
    return any(need.startswith("jurisdiction") for need in line.needs)


def _dose_table(title: str, lines: list[DoseLine], found: CaseFindings) -> Table:
    weight = found.case.weight_kg
    head = "computed" if weight is None else f"for {weight:g} kg"
    names = ("indication", "for", "step", "source's figure", head, "whose", "source")
    rows = tuple(
        (
            line.indication or "not stated",
            line.population or "not stated",
            line.phase,
            line.figure,
            line.mg_per_day if isinstance(line.mg_per_day, Missing) else line.mg,
            line.basis,
            place_of(line.statement),
        )
        for line in lines
    )
    needs = dict.fromkeys(need for line in lines for need in line.needs)
    note = (f"Applies only if known: {', '.join(needs)}.",) if needs else ()
    salt = "Salt basis: whether the milligrams are of the salt or of the free form."
    return Table(title, names, rows, (*note, salt))


def dose_remarks(found: CaseFindings) -> tuple[str, ...]:
    """Return what follows when the figures are held against each other."""
    told: list[str] = []
    lines = [line for line in found.doses if not isinstance(line.mg_per_day, Missing)]
    for limit in (line for line in found.doses if line.phase == "divided above"):
        value = limit.statement.value
        if not isinstance(value, int | float) or limit.statement.unit != "mg/day":
            continue
        for line in lines:
            if (
                isinstance(line.mg_per_day, Missing)
                or line.phase != "start"
                or line.population != limit.population
                or line.indication != limit.indication
            ):
                continue
            if line.mg_per_day[1] > value:
                told.append(
                    f"{line.mg} lies above {value:g} mg/day, where the source divides "
                    f"the dose. {line.basis}."
                )
    for one in found.findings:
        if one.strength == "adjust" and lines:
            told.append(
                f"{one.title}: a source wants the dose adjusted; the mg above are its "
                "figures as printed, unadjusted."
            )
    ceilings = [
        line
        for line in found.doses
        if line.phase == "maximum"
        and line.statement.unit == "mg/day"
        and isinstance(line.statement.value, int | float)
    ]
    for ceiling in ceilings:
        for line in lines:
            if isinstance(line.mg_per_day, Missing) or line.phase != "maximum":
                continue
            if line.indication != ceiling.indication and (
                line.population in (ceiling.population, None)
                or ceiling.population is None
            ):
                told.append(
                    f"The maximum for {line.indication} ({line.mg}) is not the one for "
                    f"{ceiling.indication} ({ceiling.figure}): without the indication "
                    f"neither can be read. {line.basis}."
                )
    return tuple(dict.fromkeys(told))
