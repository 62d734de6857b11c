"""The essential ten of ARRIVE 2.0, answered from the study."""

from __future__ import annotations

from isobole._version import __version__
from isobole.studies._arrive import ArriveItem
from isobole.studies._arrive_parts import Items, counted, said, spread
from isobole.studies._enums import OUTCOME_WORDS
from isobole.studies._outcome_types import AnimalOutcome, KindlingOutcome, StudyOutcomes
from isobole.studies._protocol_words import (
    METHODS,
    challenge_sentence,
    group_words,
    rule_sentences,
    statistics_sentence,
)
from isobole.studies._study import Study

CODES = "no code yet"


def essential_items(
    study: Study, outcomes: StudyOutcomes | None
) -> tuple[ArriveItem, ...]:
    """Return items 1 to 10."""
    items = Items(essential=True)
    _design(items, study)
    _size(items, study)
    _criteria(items, study, outcomes)
    _randomisation(items, study)
    _blinding(items, study)
    _outcomes(items, study)
    _statistics(items, study, outcomes)
    _animals(items, study)
    _procedures(items, study)
    _results(items, study, outcomes)
    return tuple(items.found)


def _design(items: Items, study: Study) -> None:
    protocol = study.protocol
    groups = "; ".join(f"{g.id} ({g.role}): {group_words(g)}" for g in protocol.groups)
    items.add(
        "1a",
        "Study design",
        "Which groups are compared, controls included?",
        f"{len(protocol.groups)} groups. {groups}",
        "add [[groups]] to study.toml",
    )
    items.add(
        "1b",
        "Study design",
        "What is the experimental unit?",
        f"The {protocol.experimental_unit}",
        "add experimental_unit to study.toml",
    )


def _size(items: Items, study: Study) -> None:
    protocol = study.protocol
    planned = ", ".join(f"{g.id} {g.n}" for g in protocol.groups)
    total = sum(g.n for g in protocol.groups)
    text = f"Planned: {planned}; {total} in total"
    if study.allocation:
        codes = counted((row.group_code for row in study.allocation), CODES)
        text += f". Allocated, by group code: {codes}; {len(study.allocation)} in total"
    items.add(
        "2a",
        "Sample size",
        "How many units were in each group, and in all?",
        text,
        "allocate the animals: isobole study allocate",
        status="answered" if study.allocation else "planned",
    )
    items.add(
        "2b",
        "Sample size",
        "How was that number decided?",
        said(protocol.sample_size.reasoning),
        "write sample_size.reasoning in study.toml",
    )


def _criteria(items: Items, study: Study, outcomes: StudyOutcomes | None) -> None:
    protocol = study.protocol
    inclusion = [text for c in protocol.inclusion if (text := said(c.text))]
    exclusion = [f"{c.id}: {c.text}" for c in protocol.exclusion if said(c.text)]
    parts = [
        f"Included: {'; '.join(inclusion)}" if inclusion else "",
        f"Excluded: {'; '.join(exclusion)}" if exclusion else "",
    ]
    items.add(
        "3a",
        "Criteria",
        "Which criteria for including and excluding were set beforehand?",
        ". ".join(p for p in parts if p) or None,
        "add [[inclusion]] and [[exclusion]] to study.toml",
        status="answered" if inclusion and exclusion else "planned",
    )
    left_out = [f"{x.animal_id} ({x.criterion}: {x.reason})" for x in study.exclusions]
    items.add(
        "3b",
        "Criteria",
        "Which animals were left out, and why?",
        ("; ".join(left_out) or "None so far") if study.animals else None,
        "record animals.csv and exclusions.csv",
        status="answered" if outcomes is not None else "planned",
    )
    seen = _seen(outcomes)
    items.add(
        "3c",
        "Criteria",
        "What is n in each analysis?",
        "By group: " + counted((_label(a) for a in seen if a.included), CODES)
        if seen
        else None,
        "record the observations; the report states n beside each analysis",
    )


def _randomisation(items: Items, study: Study) -> None:
    plan = study.protocol.randomisation
    text = METHODS[plan.method].capitalize()
    if plan.strata:
        text += f", strata: {', '.join(plan.strata)}"
    if plan.covariates:
        text += f", balancing {', '.join(plan.covariates)}"
    if study.commitment:
        text += (
            "; list and rules sealed before dosing by the SHA-256 commitment "
            f"{study.commitment}"
        )
    elif study.allocation:
        text += "; the allocation was not sealed by a commitment"
    items.add(
        "4a",
        "Randomisation",
        "How was the sequence made?",
        text,
        "draw and seal it: isobole study allocate",
        status="answered" if study.allocation else "planned",
    )
    rack = study.protocol.observation
    order = f"Runs of {rack.chambers} chambers are blocks"
    if plan.rotate_chambers == "latin_square":
        order += "; groups change chambers by a Latin square"
    else:
        order += "; groups do not change chambers"
    days = {row.day for row in study.allocation if row.day}
    if days:
        order += f"; {len(days)} {'day' if len(days) == 1 else 'days'}"
    items.add(
        "4b",
        "Randomisation",
        "How were order, place and day kept from favouring a group?",
        order,
        "draw the runs: isobole study allocate",
        status="answered" if study.allocation else "planned",
    )


def _blinding(items: Items, study: Study) -> None:
    plan = study.protocol.blinding
    blinded = ", ".join(plan.blinded)
    parts = [f"Blinded at: {blinded}" if blinded else "Not blinded"]
    if said(plan.reason_if_not):
        parts.append(plan.reason_if_not.rstrip("."))
    if study.unblinded:
        opened = "; ".join(f"{a} ({why})" for a, why in study.unblinded.items())
        parts.append(f"Opened before the end: {opened}")
    if study.locked:
        parts.append("The analysis was locked")
    elif study.revealed:
        parts.append("The groups are known and no lock of the analysis is recorded")
    items.add(
        "5",
        "Blinding",
        "Who knew the groups at allocation, conduct, assessment and analysis?",
        ". ".join(parts),
        "record the lock of the analysis before the groups are revealed",
        status="answered" if study.locked or study.revealed else "planned",
    )


def _outcomes(items: Items, study: Study) -> None:
    protocol = study.protocol
    items.add(
        "6a",
        "Outcome measures",
        "How are the outcomes defined?",
        " ".join(rule_sentences(protocol, folder=study.path)),
        "add [endpoint] to study.toml",
    )
    items.add(
        "6b",
        "Outcome measures",
        "Which outcome decided the sample size and the hypothesis?",
        f"The primary outcome of the protocol: "
        f"{OUTCOME_WORDS[protocol.primary_outcome]}",
        "add primary_outcome to study.toml",
    )


def _statistics(items: Items, study: Study, outcomes: StudyOutcomes | None) -> None:
    items.add(
        "7a",
        "Statistics",
        "Which methods and software were used?",
        f"{statistics_sentence(study.protocol)} Software: isobole {__version__}.",
        "add [statistics] to study.toml",
    )
    items.add(
        "7b",
        "Statistics",
        "How were assumptions checked, and what if they failed?",
        "The report states each check beside its method; no check chooses the method",
        "analyse the study: isobole study analyze",
        status="planned",
    )


def _animals(items: Items, study: Study) -> None:
    protocol = study.protocol
    text = f"{protocol.species}, {protocol.strain}, sex: {protocol.sex}"
    age = spread((a.age_days for a in study.animals), "days")
    weight = spread((a.weight_g for a in study.animals), "g")
    sexes = counted((a.sex or None for a in study.animals), "sex not recorded")
    if study.animals:
        text += f"; animals by sex: {sexes}"
    if age:
        text += f"; age {age}"
    if weight:
        text += f"; weight {weight}"
    items.add(
        "8a",
        "Animals",
        "Which species, strain, sex, age and weight?",
        text,
        "record age_days and weight_g in animals.csv",
        status="answered" if age and weight else "planned",
    )
    items.add(
        "8b",
        "Animals",
        "Where do the animals come from; health, genotype, earlier use?",
        said(protocol.reporting.animal_source),
        "write reporting.animal_source in study.toml",
    )


def _procedures(items: Items, study: Study) -> None:
    protocol = study.protocol
    doses = [dose for group in protocol.groups for dose in group.doses]
    times = sorted({dose.pretreatment_min for dose in doses})
    before = " or ".join(f"{t:g}" for t in times)
    vehicles = ", ".join(dict.fromkeys(dose.vehicle for dose in doses))
    text = challenge_sentence(protocol)
    if doses:
        text += f" Treatment {before} min before, in {vehicles}."
    if study.doses:
        text += f" {len(study.doses)} doses are recorded with time and person."
    items.add(
        "9",
        "Procedures",
        "What was done, how, when, where, and why?",
        text,
        "record doses.csv as doses are given",
        status="answered" if study.doses else "planned",
    )


def _results(items: Items, study: Study, outcomes: StudyOutcomes | None) -> None:
    seen = [a for a in _seen(outcomes) if a.included]
    known = [
        animal
        for animal in seen
        if isinstance(animal, AnimalOutcome) and isinstance(animal.protected, bool)
    ]
    labels = sorted({_label(a) or CODES for a in known})
    shares = []
    for label in labels:
        mine = [a for a in known if (_label(a) or CODES) == label]
        shares.append(f"{label} {sum(bool(a.protected) for a in mine)} of {len(mine)}")
    items.add(
        "10a",
        "Results",
        "What is the summary of each group, with its spread?",
        f"Protected: {', '.join(shares)}" if shares else None,
        "analyse the study: isobole study analyze",
    )
    items.add(
        "10b",
        "Results",
        "What is the size of the effect, with its confidence interval?",
        None,
        "analyse the study: isobole study analyze",
    )


def _seen(
    outcomes: StudyOutcomes | None,
) -> tuple[AnimalOutcome | KindlingOutcome, ...]:
    if outcomes is None:
        return ()
    return outcomes.animals or outcomes.kindling


def _label(animal: AnimalOutcome | KindlingOutcome) -> str | None:
    """Return the name an animal's group goes by: its code while the study is blind."""
    return animal.label or animal.group_code
