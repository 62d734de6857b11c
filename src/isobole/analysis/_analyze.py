"""Study in, StudyResult out: what the protocol declared, then everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from isobole.analysis._analysis import Analysis, Rank
from isobole.analysis._arrive_results import arrive_after
from isobole.analysis._claims import published_claims
from isobole.analysis._concentrations import concentration_table
from isobole.analysis._corrections import correction_table
from isobole.analysis._counted import (
    curves,
    potency,
    protection,
)
from isobole.analysis._currents import currents
from isobole.analysis._deviations import find_deviations
from isobole.analysis._flow import follow_animals
from isobole.analysis._groups import Groups, name_groups
from isobole.analysis._interaction import has_mixtures, interaction
from isobole.analysis._kindled import progress, rate, threshold
from isobole.analysis._kindled_tests import drug_tests
from isobole.analysis._result import StudyResult
from isobole.analysis._scored import agreement, severity
from isobole.analysis._tested import is_tested, tested_curves
from isobole.analysis._timed import LATENCY_OF, latency, thresholds
from isobole.results import DataError, Missing, Problem
from isobole.studies import (
    Protocol,
    Scale,
    Study,
    StudyOutcomes,
    arrive_items,
    check_study,
    protocol_blocks,
    reduce_study,
    scale,
)

# What is worked out beside the declared outcomes, by what the model measures.
_ALWAYS = ("protected", "latency_clonic", "latency_gtc", "max_score")
_KINDLING = ("stage", "add", "adt", "gst")
_NOTHING = Missing("this version has no analysis of it; its outcomes are in the tables")


def analyze_study(study: Study, *, despite_errors: bool = False) -> StudyResult:
    """Check a study, derive its outcomes and run what its protocol declared.

    The primary outcome comes first; secondary outcomes are marked so; whatever else
    the record allows is exploratory. Groups are named by code until the analysis is
    locked.

    Parameters
    ----------
    study : Study
        As `studies.read_study` returns it.
    despite_errors : bool
        Go on although the record has errors; the result and its report are marked.

    Returns
    -------
    StudyResult

    Raises
    ------
    DataError
        With every error in the record, unless `despite_errors`.
    """
    problems = check_study(study)
    errors = tuple(p for p in problems if p.severity == "error")
    if errors and not despite_errors:
        raise DataError([*errors, _how_to_go_on(len(errors))])
    outcomes = reduce_study(study)
    groups = name_groups(study)
    scoring = study.protocol.scoring
    chosen = scale(scoring.scale, folder=study.path) if scoring else None
    analyses = tuple(_all(study, outcomes, groups, chosen))
    return StudyResult(
        protocol=study.protocol,
        outcomes=outcomes,
        groups=groups,
        analyses=analyses,
        flow=follow_animals(study, outcomes, groups),
        deviations=find_deviations(study, outcomes, groups),
        arrive=arrive_after(arrive_items(study, outcomes), analyses),
        claims=published_claims(study),
        protocol_blocks=protocol_blocks(study.protocol, folder=study.path),
        corrections=correction_table(study),
        concentrations=concentration_table(study, groups),
        chain=study.chain,
        head_hash=study.head_hash,
        locked=study.locked,
        problems=problems,
        despite_errors=errors,
        files=study.files,
    )


def _how_to_go_on(errors: int) -> Problem:
    return Problem(
        "study-has-errors",
        f"The analysis was refused because of the {errors} error(s) above",
        remedy="Correct them by amendment (isobole study check shows them), or go on "
        "with --despite-errors, which marks the report",
    )


def _all(
    study: Study, outcomes: StudyOutcomes, groups: Groups, steps: Scale | None
) -> list[Analysis]:
    protocol = study.protocol
    declared: list[str] = [protocol.primary_outcome, *protocol.secondary_outcomes]
    found: list[Analysis] = []
    for place, outcome in enumerate(declared):
        rank: Rank = "primary" if place == 0 else "secondary"
        found += _ranked(_of(outcome, study, outcomes, groups, steps), rank)
    for outcome in _beside(protocol, outcomes):
        if outcome not in declared:
            made = _of(outcome, study, outcomes, groups, steps)
            worth = [a for a in made if not isinstance(a.result, Missing)]
            found += _ranked(worth, "exploratory")
    if protocol.experimental_unit != "animal":
        found = [_with_unit(one, protocol.experimental_unit) for one in found]
    return [*found, *agreement(outcomes, protocol, steps)]


def _with_unit(analysis: Analysis, unit: str) -> Analysis:
    """Say that animals of one cage or litter were taken as independent."""
    note = (
        f"The experimental unit is the {unit}, and this analysis takes animals as "
        f"independent: animals of one {unit} are alike, so its p-values are too small "
        "and its limits too narrow."
    )
    return replace(analysis, notes=(note, *analysis.notes))


def _ranked(made: Sequence[Analysis], rank: Rank) -> list[Analysis]:
    """Give analyses of one outcome their rank; sensitivity analyses keep theirs.

    A study has one primary analysis: of several that share the primary outcome of a
    kindling study, the first is primary and the rest is secondary.
    """
    several = rank == "primary" and made and made[0].outcome == "stage"
    return [
        a
        if a.rank == "sensitivity"
        else a.ranked("secondary" if several and place else rank)
        for place, a in enumerate(made)
    ]


def _beside(protocol: Protocol, outcomes: StudyOutcomes) -> list[str]:
    """Return the outcomes worth showing although nobody declared them."""
    if outcomes.kindling:
        return list(_KINDLING)
    seen = list(_ALWAYS)
    seen.append("td50" if protocol.endpoint.rule == "stays_on_rod" else "ed50")
    if has_mixtures(protocol):
        seen.append("interaction_index")
    if any(animal.threshold is not None for animal in outcomes.animals):
        seen.append("threshold")
    return seen


def _of(
    outcome: str,
    study: Study,
    outcomes: StudyOutcomes,
    groups: Groups,
    steps: Scale | None,
) -> list[Analysis]:
    protocol = study.protocol
    animals = groups.in_order(outcomes.animals)
    kindled = groups.in_order(outcomes.kindling)
    if outcome == "protected":
        return protection(animals, groups, protocol)
    if outcome in LATENCY_OF:
        return latency(animals, groups, protocol, outcome=outcome)
    if outcome == "max_score":
        return severity(animals, groups, protocol, steps)
    if outcome == "threshold":
        return thresholds(animals, groups, protocol)
    if outcome in ("ed50", "potency_ratio") and is_tested(outcomes):
        return tested_curves(study, kindled, groups, steps, outcome=outcome)
    if outcome in ("ed50", "td50"):
        return curves(animals, groups, protocol, outcome=outcome)
    if outcome == "potency_ratio":
        return potency(animals, groups, protocol)
    if outcome == "interaction_index":
        return interaction(animals, groups, protocol)
    if outcome == "stage":
        acquired = [
            *rate(kindled, groups, protocol),
            *progress(kindled, groups, protocol, steps),
        ]
        tested = drug_tests(kindled, groups, protocol, steps, outcome="stage")
        # What the groups differ in is judged first: the way to the kindled state,
        # or, where all are kindled alike, the test in the kindled animal.
        return acquired + tested if len(protocol.groups) > 1 else tested + acquired
    if outcome == "add":
        return drug_tests(kindled, groups, protocol, steps, outcome="add")
    if outcome == "adt":
        return threshold(kindled, groups, protocol, outcome="adt")
    if outcome == "gst":
        return threshold(kindled, groups, protocol, outcome="gst")
    if outcome == "cs50":
        return currents(study, animals, groups)
    return [Analysis(outcome, "secondary", outcome.upper(), _NOTHING)]
