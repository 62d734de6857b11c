"""The golden case, row by row, on our record and on the seeds in place."""

from __future__ import annotations

import re
from typing import Any

import pytest

from isobole.monograph import CaseFindings, ask
from isobole.results import Missing
from monograph_ask_cases import GOLDEN, SOURCES


@pytest.fixture(scope="module", params=sorted(SOURCES))
def found(request: pytest.FixtureRequest) -> CaseFindings:
    return ask(SOURCES[request.param](), GOLDEN)


def lines(statements: Any, page: str = "000") -> set[int]:
    return {one.span.line for one in statements if one.span.file.startswith(page)}


def test_liver_disease_is_contraindicated_and_contradicted(found: CaseFindings) -> None:
    one = found.finding("liver-disease")
    assert one is not None
    assert (one.strength, one.verdict, one.conflict) == (
        "contraindicated",
        "applies",
        True,
    )
    assert lines(one.supports) == {130, 154}
    assert lines(one.opposes) == {102, 109}


def test_planning_is_worded_for_when_pregnancy_occurs(found: CaseFindings) -> None:
    one = found.finding("planning-pregnancy")
    assert one is not None
    assert (one.strength, one.conflict) == ("contraindicated", True)
    assert "Not pregnant now" in one.consequence
    assert lines(one.supports) >= {134, 146, 154, 156, 167, 182}
    assert lines(one.opposes, "001") == {57}
    assert lines(one.supports, "001") == set()
    assert found.finding("pregnant") is None


def test_planning_advice_and_fetal_risks(found: CaseFindings) -> None:
    advice = found.finding("planning-advice")
    assert advice is not None
    assert lines(advice.supports, "001") == {57}
    risks = found.finding("fetal-risks")
    assert risks is not None
    named = {str(one.value) for one in risks.supports}
    assert named >= {
        "neural tube defects",
        "craniofacial abnormalities",
        "developmental delays",
        "lower cognitive test scores",
    }
    assert lines(risks.supports, "001") >= {33}


def test_contraception_must_against_should(found: CaseFindings) -> None:
    one = found.finding("contraception")
    assert one is not None
    assert one.conflict
    assert lines(one.supports) == {146}
    assert lines(one.opposes, "001") == {33}
    assert one.strength == "caution"


def test_carbamazepine_lowers_valproate_the_other_way_not_stated(
    found: CaseFindings,
) -> None:
    one = found.finding("interaction")
    assert one is not None
    assert one.id == "interaction: carbamazepine + valproate"
    assert "Effect on carbamazepine: not stated" in one.consequence
    assert "effect on valproate: valproate level decreased" in one.consequence
    assert 138 in lines(one.supports)
    assert 109 in lines(one.related)
    assert not any(
        said.value in ("phenytoin", "phenobarbital") for said in one.statements
    )


def test_doses_are_the_sources_figures(found: CaseFindings) -> None:
    epilepsy = {
        line.phase: line
        for line in found.doses
        if line.indication == "epilepsy" and line.population == "adults"
    }
    assert epilepsy["start"].mg_per_day == (620.0, 930.0)
    assert epilepsy["weekly step"].mg_per_day == (310.0, 620.0)
    assert epilepsy["maximum"].mg_per_day == (3720.0, 3720.0)
    assert epilepsy["divided above"].figure == "250 mg/day"
    for line in epilepsy.values():
        assert line.needs == ("indication",)
    migraine = [x for x in found.doses if x.indication == "migraine prophylaxis"]
    assert {x.figure for x in migraine} == {"250 mg twice daily", "1000 mg/day"}
    assert not any(line.population == "children" for line in found.doses)
    # A dose without indication (summary, question 1) is never turned into mg.
    dropped = [line for line in found.doses if line.indication is None]
    assert {line.statement.span.line for line in dropped} == {157, 176}
    assert all(isinstance(line.mg_per_day, Missing) for line in dropped)


def test_every_line_with_a_figure_says_whose_it_is(found: CaseFindings) -> None:
    told = [line for line in found.doses if line.statement.value is not None]
    assert told
    for line in told:
        assert "divalproex regimen" in line.sentence()
        assert "salt basis not stated" in line.sentence()


def test_doses_stand_below_the_contraindications(found: CaseFindings) -> None:
    text = str(found)
    assert text.index("Contraindicated: Liver disease") < text.index("620–930 mg/day")
    assert "Below the contraindications" in text
    assert "divides" in text
    assert "3720 mg/day) is not the one for migraine prophylaxis" in text


def test_monitoring(found: CaseFindings) -> None:
    one = found.finding("monitoring")
    assert one is not None
    named = {str(said.value) for said in one.supports}
    assert named >= {
        "liver function tests",
        "complete blood count",
        "valproate serum levels",
        "ammonia levels",
    }
    ranges = [x for x in one.supports if x.kind == "therapeutic_range"]
    assert [(tuple(x.value), x.unit) for x in ranges] == [((50, 100), "mcg/mL")]  # type: ignore[arg-type]
    screening = found.finding("metabolic-screening")
    assert screening is not None
    assert lines(screening.supports) == {165}
    levels = found.finding("levels-with-inducers")
    assert levels is not None
    assert levels.verdict == "applies"


def test_stopping(found: CaseFindings) -> None:
    one = found.finding("stopping")
    assert one is not None
    assert one.strength == "inform"
    assert lines(one.supports) == {200}
    assert "current use" in one.asks


def test_what_is_asked_and_not_given(found: CaseFindings) -> None:
    assert {
        "current use",
        "indication",
        "jurisdiction",
        "whether there is a mitochondrial disorder",
        "whether there is a urea cycle disorder",
    } <= set(found.missing)
    cannot = {one.rule: one for one in found.cannot_tell}
    assert cannot["urea-cycle-disorder"].strength == "contraindicated"
    assert "renal-impairment" in cannot


def test_research_page_is_excluded(found: CaseFindings) -> None:
    assert len(found.excluded) == 1
    assert "002" in found.excluded[0].page
    for one in (*found.findings, *found.cannot_tell):
        assert all(said.policy != "research-only" for said in one.statements)
    assert all(line.statement.policy != "research-only" for line in found.doses)


def test_ranked_by_strength(found: CaseFindings) -> None:
    ladder = ["contraindicated", "avoid", "caution", "adjust", "monitor", "inform"]
    for group in (found.findings, found.cannot_tell):
        places = [ladder.index(one.strength) for one in group]
        assert places == sorted(places)


def test_never_the_word(found: CaseFindings) -> None:
    import json

    assert not re.search(r"\bsafe\b", str(found), re.IGNORECASE)
    for made in (found.to_dict(), found.cards(), found.to_fhir()):
        assert not re.search(r"\bsafe\b", json.dumps(made), re.IGNORECASE)


def test_names_are_other_salts(found: CaseFindings) -> None:
    text = " ".join(found.notices)
    assert "Depakote (brand), divalproex sodium" in text
    assert "valproic acid" in text
