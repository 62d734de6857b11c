"""The recommended set of ARRIVE 2.0, as far as a protocol and a record can answer."""

from __future__ import annotations

from isobole.studies._arrive import ArriveItem
from isobole.studies._arrive_parts import Items, said
from isobole.studies._outcome_types import AnimalOutcome, StudyOutcomes
from isobole.studies._study import Study

YOURS = "only its authors can write it; it belongs in the paper"


def recommended_items(
    study: Study, outcomes: StudyOutcomes | None
) -> tuple[ArriveItem, ...]:
    """Return items 11 to 21."""
    items = Items(essential=False)
    protocol, reporting = study.protocol, study.protocol.reporting
    rows: tuple[tuple[str, str, str, str | None, str], ...] = (
        ("11", "Abstract", "Is the study summed up?", None, YOURS),
        (
            "12",
            "Background",
            "Why is the study done, and why in this species and model?",
            said(reporting.background),
            "write reporting.background in study.toml",
        ),
        (
            "13",
            "Objectives",
            "What is the question or the hypothesis?",
            said(protocol.hypothesis),
            "write hypothesis in study.toml",
        ),
        (
            "14",
            "Ethics",
            "Who approved the study, under which number?",
            said(protocol.ethics_id),
            "write ethics_id in study.toml",
        ),
        (
            "15",
            "Housing",
            "How were the animals housed?",
            said(protocol.housing),
            "write housing in study.toml",
        ),
        (
            "16a",
            "Care",
            "How were pain and distress kept low, how often were animals seen?",
            said(reporting.monitoring),
            "write reporting.monitoring in study.toml",
        ),
        (
            "16b",
            "Care",
            "Which adverse events were there, expected or not?",
            _deaths(outcomes),
            "record deaths and notes as events",
        ),
        (
            "16c",
            "Care",
            "Which humane endpoints were set?",
            said(protocol.humane_endpoint),
            "write humane_endpoint in study.toml",
        ),
        ("17a", "Interpretation", "What do the results mean?", None, YOURS),
        (
            "17b",
            "Interpretation",
            "What limits the study: bias, imprecision?",
            said(reporting.limitations),
            "write reporting.limitations in study.toml",
        ),
        ("18", "Translation", "Does it hold elsewhere, for whom?", None, YOURS),
        (
            "19",
            "Registration",
            "Was a protocol prepared, and registered where?",
            said(reporting.registration),
            "write reporting.registration in study.toml; the protocol's SHA-256 is "
            f"{protocol.sha256}",
        ),
        (
            "20",
            "Data",
            "Where are the data?",
            said(reporting.data_access),
            "write reporting.data_access in study.toml",
        ),
        (
            "21",
            "Interests",
            "Who paid, and who has an interest?",
            said(reporting.interests),
            "write reporting.interests in study.toml",
        ),
    )
    for number, topic, question, answer, remedy in rows:
        items.add(number, topic, question, answer, remedy)
    return tuple(items.found)


def _deaths(outcomes: StudyOutcomes | None) -> str | None:
    if outcomes is None or not outcomes.animals:
        return None
    seen: list[AnimalOutcome] = [a for a in outcomes.animals if a.died]
    if not seen:
        return f"No death in {len(outcomes.animals)} observed animals"
    named = ", ".join(animal.animal_id for animal in seen)
    return f"Deaths: {len(seen)} of {len(outcomes.animals)} observed animals ({named})"
