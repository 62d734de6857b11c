"""Protective and benefit index: a study of protection and one of toxicity, paired."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from isobole.analysis._counted import count_protected
from isobole.analysis._groups import name_groups
from isobole.analysis._protective_result import (
    BenefitIndex,
    ProtectiveIndices,
    TreatmentIndex,
)
from isobole.doseresponse import (
    QuantalData,
    QuantalFit,
    fit_quantal,
    protective_index,
)
from isobole.results import (
    DataError,
    DoseUnit,
    Estimate,
    Limits,
    Missing,
    Problem,
)
from isobole.studies import Protocol, Study, check_study, reduce_study

# A treatment: the drug on the ladder, its unit, and the fixed doses beside it.
_Key = tuple[str, DoseUnit, tuple[tuple[str, float, DoseUnit], ...]]


def protective_index_of(
    td50_study: Study, ed50_study: Study, *, level: float = 0.95
) -> ProtectiveIndices:
    """Return the protective index of every treatment that two studies share.

    A treatment is one drug on a ladder of doses, alone or over a fixed dose of
    another. The studies are of different animals, so that their curves are
    independent.

    Parameters
    ----------
    td50_study : Study
        Rotarod, chimney or another motor test, whose animals are impaired or not.
    ed50_study : Study
        A seizure test, whose animals are protected or not.
    level : float
        Confidence of all limits.

    Returns
    -------
    ProtectiveIndices

    Raises
    ------
    DataError
        If a record has errors, the groups of a study are still codes, the studies
        do not measure toxicity and protection, or no treatment is in both.

    References
    ----------
    Loscher W, Nolting B (1991) The role of technical, biological and pharmacological
    factors in the laboratory evaluation of anticonvulsant drugs. IV. Protective
    indices. Epilepsy Res 9:1-10.
    """
    problems = [
        *_unfit(td50_study, motor=True, words="toxicity"),
        *_unfit(ed50_study, motor=False, words="protection"),
    ]
    if problems:
        raise DataError(problems)
    toxic, td_notes = _fits(td50_study, "impaired", level)
    shielded, ed_notes = _fits(ed50_study, "protected", level)
    shared = [key for key in toxic if key in shielded]
    if not shared:
        raise DataError([_nothing_shared(toxic, shielded)])
    treatments = {
        key: TreatmentIndex(
            _words(key),
            key[0],
            _partner(key),
            toxic[key].ed(50, level=level),
            shielded[key].ed(50, level=level),
            protective_index(toxic[key], shielded[key], level=level),
        )
        for key in shared
    }
    alone = {key[:2]: t for key, t in treatments.items() if not key[2]}
    benefits = tuple(
        BenefitIndex(key[0], t.partner or "", _benefit(t, alone[key[:2]], level))
        for key, t in treatments.items()
        if key[2] and key[:2] in alone
    )
    once = [
        f"{_words(key)} is in study {study.protocol.study_id} alone and has no index."
        for study, own, other in (
            (td50_study, toxic, shielded),
            (ed50_study, shielded, toxic),
        )
        for key in own
        if key not in other
    ]
    return ProtectiveIndices(
        td50_study.protocol.study_id,
        ed50_study.protocol.study_id,
        tuple(treatments.values()),
        benefits,
        level,
        (*_differences(td50_study, ed50_study), *once, *td_notes, *ed_notes),
    )


def _unfit(study: Study, *, motor: bool, words: str) -> list[Problem]:
    name = study.protocol.study_id
    found = [p for p in check_study(study) if p.severity == "error"]
    if name_groups(study).naming == "code":
        found.append(
            Problem(
                "groups-are-codes",
                f"The groups of study {name} are still codes: no dose is known",
                remedy="Lock its analysis and reveal its groups first",
            )
        )
    if (study.protocol.endpoint.rule == "stays_on_rod") is not motor:
        found.append(
            Problem(
                "other-endpoint",
                f"Study {name} ({study.protocol.model}) does not measure {words}",
                given=study.protocol.endpoint.rule,
                remedy="Give the motor test as TD50 and the seizure test as ED50",
            )
        )
    return found


def _nothing_shared(
    toxic: Mapping[_Key, QuantalFit], shielded: Mapping[_Key, QuantalFit]
) -> Problem:
    return Problem(
        "nothing-shared",
        "No treatment is on a ladder of doses in both studies",
        given="; ".join(
            ", ".join(_words(key) for key in found) or "none"
            for found in (toxic, shielded)
        ),
        expected="the same substance, unit and basis at two or more doses in each",
        remedy="Name the substance and its basis alike, or convert the doses",
    )


def _fits(
    study: Study, endpoint: str, level: float
) -> tuple[dict[_Key, QuantalFit], tuple[str, ...]]:
    """Fit every ladder of a study, and say which animals are not counted."""
    groups = name_groups(study)
    animals = groups.in_order(reduce_study(study).animals)
    counts, left_out = count_protected(animals, groups)
    rows: dict[_Key, list[tuple[float, int, int]]] = defaultdict(list)
    for count in counts:
        given = count.group.doses or {}
        affected = (
            count.affected if endpoint == "protected" else count.n - count.affected
        )
        for drug, (amount, unit) in given.items():
            beside = tuple(sorted((d, *given[d]) for d in given if d != drug))
            rows[drug, unit, beside].append((amount, count.n, affected))
    plan = study.protocol.statistics
    chosen = study.protocol.randomisation.method == "sequential_dose"
    found: dict[_Key, QuantalFit] = {}
    for key, ladder in rows.items():
        dose, n, affected_n = zip(*sorted(ladder), strict=True)
        if len(set(dose)) < 2:
            continue
        data = QuantalData(
            dose,
            n,
            affected_n,
            unit=key[1],
            endpoint=endpoint,
            curve=_words(key),
            design="sequential" if chosen else "fixed",
        )
        found[key] = fit_quantal(data, link=plan.link, level=level)
    name = study.protocol.study_id
    return found, tuple(f"Study {name}: {sentence}" for sentence in left_out)


def _partner(key: _Key) -> str | None:
    if not key[2]:
        return None
    return " and ".join(f"{drug} {dose:g} {unit}" for drug, dose, unit in key[2])


def _words(key: _Key) -> str:
    partner = _partner(key)
    return key[0] if partner is None else f"{key[0]} with {partner}"


def _benefit(with_it: TreatmentIndex, alone: TreatmentIndex, level: float) -> Estimate:
    """Divide two independent protective indices; delta limits on the log scale."""
    name = "benefit index"
    above, below = with_it.index, alone.index
    for part, whose in ((above, with_it), (below, alone)):
        if (
            isinstance(part.value, Missing)
            or part.log10_se is None
            or part.high is None
            or part.low is None
        ):
            why = part.reason or "it has no limits"
            reason = f"{whose.treatment} has no protective index: {why}"
            return Estimate(
                name, Missing(reason), Limits("delta", level, None, reason=reason)
            )
    assert not isinstance(above.value, Missing)
    assert not isinstance(below.value, Missing)
    assert above.log10_se is not None
    assert below.log10_se is not None
    ratio = above.value / below.value
    # Each index's own half-width, so that widened limits stay widened.
    width = math.hypot(_half(above), _half(below))
    return Estimate(
        name,
        ratio,
        Limits("delta", level, "interval", ratio / 10**width, ratio * 10**width),
        log10_se=math.hypot(above.log10_se, below.log10_se),
        method="four independent curves",
    )


def _half(index: Estimate) -> float:
    assert not isinstance(index.value, Missing)
    assert index.high is not None
    return math.log10(index.high / index.value)


def _differences(td50_study: Study, ed50_study: Study) -> Sequence[str]:
    """Say where animals or treatment differ: an index across them is no index."""
    one, other = td50_study.protocol, ed50_study.protocol
    pairs = [
        ("species", one.species, other.species),
        ("strain", one.strain, other.strain),
        ("sex", one.sex, other.sex),
        ("route", _routes(one), _routes(other)),
        ("time from dose to test (min)", _waits(one), _waits(other)),
    ]
    return [
        f"The studies differ in {what}: {first} (TD50) and {second} (ED50)."
        for what, first, second in pairs
        if first != second
    ]


def _routes(protocol: Protocol) -> str:
    return ", ".join(sorted({d.route for g in protocol.groups for d in g.doses}))


def _waits(protocol: Protocol) -> str:
    waits = {d.pretreatment_min for g in protocol.groups for d in g.doses}
    return ", ".join(f"{wait:g}" for wait in sorted(waits))
