"""Every analysis is what its function gives when called on the reduced rows by hand."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from isobole.analysis import StudyResult, analyze_study
from isobole.combination import CombinationData, analyze_combination
from isobole.doseresponse import QuantalData, fit_quantal
from isobole.outcomes import (
    afterdischarge_threshold,
    compare_latency,
    compare_protection,
    compare_severity,
    crossover,
    kindling_progress,
    kindling_rate,
    observer_agreement,
)
from isobole.results import Missing, encode
from isobole.studies import Study, reduce_study, scale

GROUPS = ("vehicle", "valproate", "magnesium", "both")


@pytest.fixture(scope="module")
def results(studies: dict[str, Study]) -> dict[str, StudyResult]:
    return {name: analyze_study(study) for name, study in studies.items()}


def group_of(study: Study) -> dict[str, str]:
    """Return the group of each animal from the revealed codes alone."""
    return {a.animal_id: study.revealed[a.group_code] for a in study.allocation}


def said(result: StudyResult, outcome: str, place: int = 0) -> dict[str, Any]:
    """Return the JSON of the nth analysis of an outcome."""
    found = [a for a in result.analyses if a.outcome == outcome][place].result
    assert not isinstance(found, Missing), found
    made: dict[str, Any] = encode(found.to_dict())
    return made


def test_protection(results: dict[str, StudyResult], factorial: Study) -> None:
    groups, n, k = group_of(factorial), defaultdict(int), defaultdict(int)
    gone = {row.animal_id for row in factorial.exclusions}
    for animal in reduce_study(factorial).animals:
        if animal.animal_id not in gone:
            n[groups[animal.animal_id]] += 1
            k[groups[animal.animal_id]] += animal.protected is True
    direct = compare_protection(
        [k[g] for g in GROUPS], [n[g] for g in GROUPS], list(GROUPS),
        control="vehicle", adjust="holm", endpoint="protected",
    )  # fmt: skip
    found = results["ptz-valproate-magnesium"]
    assert said(found, "protected") == encode(direct.to_dict())


def test_latency(results: dict[str, StudyResult], factorial: Study) -> None:
    groups = group_of(factorial)
    entered = sorted(
        (GROUPS.index(groups[a.animal_id]), number, a)
        for number, a in enumerate(reduce_study(factorial).animals)
        if a.included
    )
    latencies = [a.latencies["clonic"] for _, _, a in entered]
    direct = compare_latency(
        [found.t_ms / 1000 for found in latencies],
        [found.cause for found in latencies],
        [GROUPS[place] for place, _, _ in entered],
        window=1800,
        control="vehicle",
        strata=[str(a.block) for _, _, a in entered],
        death="failure",
        interval="log-log",
        median_rule="first-below",
        reasons=[found.censored_by for found in latencies],
        seed=factorial.protocol.statistics.seed,
        event="first clonic seizure",
    )
    found = said(results["ptz-valproate-magnesium"], "latency_clonic")
    assert found == encode(direct.to_dict())


def test_severity(results: dict[str, StudyResult], factorial: Study) -> None:
    groups, levels = group_of(factorial), scale("seed_modified_0_5").codes
    entered = [
        (GROUPS.index(groups[a.animal_id]), levels.index(str(a.max_score)))
        for a in reduce_study(factorial).animals
        if a.included
    ]
    entered.sort(key=lambda pair: pair[0])
    direct = compare_severity(
        [order for _, order in entered],
        [GROUPS[place] for place, _ in entered],
        levels=levels,
        control="vehicle",
        scale=scale("seed_modified_0_5").title,
        seed=factorial.protocol.statistics.seed,
    )
    found = said(results["ptz-valproate-magnesium"], "max_score")
    assert found == encode(direct.to_dict())


def test_agreement(results: dict[str, StudyResult], factorial: Study) -> None:
    one, other = reduce_study(factorial).observers.values()
    first = {a.animal_id: a.max_order for a in one}
    pairs = [
        (first[a.animal_id], a.max_order)
        for a in other
        if first.get(a.animal_id) is not None and a.max_order is not None
    ]
    direct = observer_agreement(
        [a for a, _ in pairs], [b for _, b in pairs],
        levels=scale("seed_modified_0_5").codes,
    )  # fmt: skip
    found = said(results["ptz-valproate-magnesium"], "agreement")
    assert found == encode(direct.to_dict())
    assert len(pairs) == 11


def counts(study: Study) -> dict[str, tuple[int, int]]:
    """Return animals and protected ones by group, from the ids of the groups."""
    groups = group_of(study)
    found: dict[str, list[bool]] = defaultdict(list)
    for animal in reduce_study(study).animals:
        if animal.included:
            found[groups[animal.animal_id]].append(animal.protected is True)
    return {group: (len(each), sum(each)) for group, each in found.items()}


def test_ed50(results: dict[str, StudyResult], ladders: Study) -> None:
    found = counts(ladders)
    for place, (prefix, drug, basis) in enumerate(
        [("vpa", "sodium valproate", "salt"),
         ("mg", "magnesium chloride hexahydrate", "ion")]
    ):  # fmt: skip
        names = ["vehicle", *(g for g in found if g.startswith(f"{prefix}-"))]
        doses = [float(g.partition("-")[2] or 0) for g in names]
        rows = sorted(zip(doses, names, strict=True))
        direct = fit_quantal(
            QuantalData(
                [dose for dose, _ in rows],
                [found[g][0] for _, g in rows],
                [found[g][1] for _, g in rows],
                unit=f"mg/kg {basis}",
                endpoint="protected",
                curve=drug,
            )
        )
        ed50 = said(results["ptz-interaction"], "ed50", place)
        assert ed50 == encode(direct.to_dict())


def test_interaction(results: dict[str, StudyResult], ladders: Study) -> None:
    found = counts(ladders)
    shares = {"vpa": (1.0, 0.0), "mg": (0.0, 1.0), "mix": (0.75, 0.25)}
    rows = []
    for group in (g.id for g in ladders.protocol.groups):
        arm, _, total = group.partition("-")
        a, b = shares.get(arm, (0.0, 0.0))
        rows.append(([float(total or 0) * a, float(total or 0) * b], *found[group]))
    direct = analyze_combination(
        CombinationData(
            ["sodium valproate", "magnesium chloride hexahydrate"],
            [doses for doses, _, _ in rows],
            [n for _, n, _ in rows],
            [k for _, _, k in rows],
            unit="mg/kg",
            endpoint="protected",
        ),
        null="both",
        seed=ladders.protocol.statistics.seed,
    )
    index = said(results["ptz-interaction"], "interaction_index")
    assert index == encode(direct.to_dict())


def test_kindling_rate_and_progress(
    results: dict[str, StudyResult], kindled: Study
) -> None:
    groups = group_of(kindled)
    animals = sorted(
        (a for a in reduce_study(kindled).kindling if a.included),
        key=lambda a: ("vehicle", "magnesium").index(groups[a.animal_id]),
    )
    rate = kindling_rate(
        [a.stimulations for a in animals],
        [a.fully_kindled for a in animals],
        [groups[a.animal_id] for a in animals],
        control="vehicle",
        seed=kindled.protocol.statistics.seed,
    )
    found = results["kindling-magnesium"]
    assert said(found, "stage") == encode(rate.to_dict())
    rows = [
        (int(s.stage), s.number, a.animal_id, groups[a.animal_id])
        for a in animals
        for s in a.sessions
        if s.phase == "kindling" and s.stage is not None
    ]
    stage, session, names, labels = zip(*rows, strict=True)
    progress = kindling_progress(
        stage, session, names, labels,
        levels=range(6),
        control="vehicle",
        kindled_at={a.animal_id: a.kindled_at_session for a in animals},
        seed=kindled.protocol.statistics.seed,
    )  # fmt: skip
    assert said(found, "stage", 1) == encode(progress.to_dict())


def test_crossover_and_thresholds(
    results: dict[str, StudyResult], kindled: Study
) -> None:
    found, groups = results["kindling-magnesium"], group_of(kindled)
    animals = sorted(
        (a for a in reduce_study(kindled).kindling if a.included),
        key=lambda a: ("vehicle", "magnesium").index(groups[a.animal_id]),
    )
    seed = kindled.protocol.statistics.seed
    tests = {
        a.animal_id: {s.condition: s for s in a.sessions if s.phase == "test"}
        for a in animals
    }
    pairs = {n: (t["vehicle"], t["drug"]) for n, t in tests.items() if t}
    assert len(pairs) == 14
    order = [
        "VD" if vehicle.number < drug.number else "DV" for vehicle, drug in
        pairs.values()
    ]  # fmt: skip
    direct = crossover(
        [int(v.stage or -1) for v, _ in pairs.values()],
        [int(d.stage or -1) for _, d in pairs.values()],
        order, outcome="stage", levels=range(6), animals=list(pairs), seed=seed,
    )  # fmt: skip
    assert said(found, "stage", 2) == encode(direct.to_dict())
    # Rats without an afterdischarge are no durations of 0 s; they stand apart.
    measured = {n: p for n, p in pairs.items() if p[1].add_status == "measured"}
    assert len(measured) == 11
    direct = crossover(
        [v.add_s for v, _ in measured.values()],
        [d.add_s for _, d in measured.values()],
        [o for o, n in zip(order, pairs, strict=True) if n in measured],
        outcome="add", animals=list(measured), seed=seed,
    )  # fmt: skip
    assert said(found, "add") == encode(direct.to_dict())
    direct = crossover(
        [1] * 14, [int(n in measured) for n in pairs], order,
        outcome="yes-no", animals=list(pairs), seed=seed,
    )  # fmt: skip
    assert said(found, "add", 1) == encode(direct.to_dict())
    adt = afterdischarge_threshold(
        [a.adt_ua for a in animals if not isinstance(a.adt_ua, Missing)],
        groups=[groups[a.animal_id] for a in animals],
        control="vehicle",
        cap=500,
    )
    assert said(found, "adt") == encode(adt.to_dict())
