"""A study of protection and one of impairment, paired: PI and benefit index."""

from __future__ import annotations

import json
from dataclasses import replace
from math import hypot, log10
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm

from isobole.analysis import ProtectiveIndices, protective_index_of
from isobole.results import DataError, Missing, blocks_to_text, encode
from isobole.studies import Study, new_study, read_study

DOSES = (100.0, 200.0, 400.0)
Counts = dict[str, tuple[int, ...]]
ALONE, WITH = "alone", "with magnesium"
PROTECTED: Counts = {ALONE: (1, 3, 7), WITH: (3, 6, 7)}
IMPAIRED: Counts = {ALONE: (0, 2, 6), WITH: (1, 3, 7)}
N = 8


def study(place: Path, model: str, counts: Counts) -> Study:
    """Write a folder by hand: valproate alone, or over 40 mg/kg of magnesium."""
    new_study(place, model=model)
    whole = read_study(place)
    vehicle, first, *_ = whole.protocol.groups
    (drug,) = first.doses
    partner = drug.model_copy(
        update={"substance": "magnesium sulfate heptahydrate", "basis": "ion"}
    )
    nothing = tuple(d.model_copy(update={"amount": 0.0}) for d in (drug, partner))
    groups = [vehicle.model_copy(update={"doses": nothing})]
    for name in counts:
        for dose in DOSES:
            beside = 40.0 if name == WITH else 0.0
            given = (
                drug.model_copy(update={"amount": dose}),
                partner.model_copy(update={"amount": beside}),
            )
            groups.append(
                first.model_copy(
                    update={
                        "id": f"{name} {dose:g}",
                        "n": N,
                        "role": "combination" if beside else "test",
                        "doses": given,
                    }
                )
            )
    animals = ["animal_id,species,strain,sex,age_days,weight_g,cage,litter,day,t0"]
    events = ["event_id,animal_id,t_ms,type,score,observer,supersedes,reason,detail,ts"]
    allocation = ["animal_id,group_code,group,stratum,block,day,chamber,order"]
    seen = {(g.id): i for i, g in enumerate(groups)}
    lines = [
        (f"{n} {d:g}", k)
        for n, ks in counts.items()
        for d, k in zip(DOSES, ks, strict=True)
    ]
    end = round(1000 * whole.protocol.observation.window_s)
    for group, marked in [("vehicle", 0), *lines]:
        for i in range(N):
            name = f"M{seen[group]}{i}"
            animals.append(
                f"{name},mouse,CF-1,F,60,25,,,2026-03-02,2026-03-02T09:00:00.000Z"
            )
            allocation.append(f"{name},G{seen[group]},{group},,,,,")
            if model == "rotarod":
                hit = i < marked
                kinds = ["fall"] if hit else []
            else:
                hit = i >= marked
                kinds = ["clonic_start", "clonic_stop"] if hit else []
            for at, kind in enumerate(kinds):
                events.append(f"{kind}{name},{name},{4000 + 9000 * at},{kind},,S,,,,")
            events.append(f"end{name},{name},{end},end,,S,,,window_done,")
    for file, rows in (
        ("animals.csv", animals),
        ("events.csv", events),
        ("allocation.csv", allocation),
    ):
        (place / file).write_text("\n".join(rows) + "\n", "utf-8")
    return replace(
        read_study(place),
        protocol=whole.protocol.model_copy(update={"groups": tuple(groups)}),
    )


@pytest.fixture
def td50(tmp_path: Path) -> Study:
    return study(tmp_path / "rod", "rotarod", IMPAIRED)


@pytest.fixture
def ed50(tmp_path: Path) -> Study:
    return study(tmp_path / "ptz", "ptz", PROTECTED)


def probit(affected: tuple[int, ...]) -> tuple[float, float]:
    """Return log10 of the median dose and its SE, by statsmodels."""
    x = sm.add_constant(np.log10(DOSES))
    y = np.column_stack([affected, N - np.array(affected)])
    link = sm.families.links.Probit()
    fit = sm.GLM(y, x, family=sm.families.Binomial(link)).fit(tol=1e-12)
    a, b = fit.params
    slope = np.array([-1 / b, a / b**2])
    hessian = -sm.GLM(y, x, family=sm.families.Binomial(link)).hessian(
        fit.params, observed=True
    )
    return -a / b, float(np.sqrt(slope @ np.linalg.inv(hessian) @ slope))


def test_indices_are_ratios_of_probit_doses(td50: Study, ed50: Study) -> None:
    found = protective_index_of(td50, ed50)
    assert [t.partner is None for t in found.treatments] == [True, False]
    logs, errors = [], []
    for name, treatment in zip((ALONE, WITH), found.treatments, strict=True):
        toxic, shielded = probit(IMPAIRED[name]), probit(PROTECTED[name])
        logs.append(toxic[0] - shielded[0])
        errors.append(hypot(toxic[1], shielded[1]))
        assert treatment.index.value == pytest.approx(10 ** logs[-1], rel=1e-6)
        assert treatment.index.log10_se == pytest.approx(errors[-1], rel=1e-5)
        assert treatment.td50.value == pytest.approx(10 ** toxic[0], rel=1e-6)
        assert str(treatment.ed50.unit) == "mg/kg salt"
    (benefit,) = found.benefits
    assert benefit.index.value == pytest.approx(10 ** (logs[1] - logs[0]), rel=1e-6)
    wide = 1.959963984540054 * hypot(*errors)
    assert isinstance(benefit.index.value, float)
    assert benefit.index.high is not None
    assert log10(benefit.index.high / benefit.index.value) == pytest.approx(
        wide, rel=1e-5
    )


def test_printed_and_json(td50: Study, ed50: Study) -> None:
    found = protective_index_of(td50, ed50)
    text = blocks_to_text(found.blocks())
    assert "sodium valproate with magnesium sulfate heptahydrate 40 mg/kg ion" in text
    assert "Benefit index" in text
    assert "Epilepsy" not in repr(found)
    made = encode(found.to_dict())
    assert "NaN" not in json.dumps(made)
    assert made["benefits"][0]["drug"] == "sodium valproate"
    assert "time from dose to test" not in text  # both templates plan 30 min


def test_a_curve_without_a_slope_gives_no_index(tmp_path: Path, ed50: Study) -> None:
    nobody = study(tmp_path / "rod", "rotarod", {ALONE: (0, 0, 0), WITH: (0, 2, 6)})
    found = protective_index_of(nobody, ed50)
    alone, _ = found.treatments
    assert isinstance(alone.index.value, Missing)
    (benefit,) = found.benefits
    assert isinstance(benefit.index.value, Missing)
    assert "has no protective index" in benefit.index.value.reason
    assert isinstance(found, ProtectiveIndices)


def test_studies_that_do_not_pair_are_refused(td50: Study, ed50: Study) -> None:
    with pytest.raises(DataError) as caught:
        protective_index_of(ed50, td50)
    codes = [p.code for p in caught.value.problems]
    assert codes.count("other-endpoint") == 2
    closed = replace(
        ed50, allocation=tuple(replace(a, group=None) for a in ed50.allocation)
    )
    with pytest.raises(DataError, match="still codes"):
        protective_index_of(td50, closed)
    groups = tuple(
        g.model_copy(
            update={
                "doses": tuple(
                    d.model_copy(update={"substance": "valproic acid", "basis": "acid"})
                    if d.substance == "sodium valproate"
                    else d
                    for d in g.doses
                )
            }
        )
        for g in ed50.protocol.groups
    )
    other = replace(ed50, protocol=ed50.protocol.model_copy(update={"groups": groups}))
    with pytest.raises(DataError, match="No treatment is on a ladder"):
        protective_index_of(td50, other)
