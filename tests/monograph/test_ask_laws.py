"""Laws of answers: order, irrelevance, scaling, silence; and the traps of the facts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from isobole.monograph import Case, CaseFindings, ask, record
from isobole.results import DataError, Missing, OptionError

ALL = record()
PAGES = record(sources=("000", "001"))
KNOWN = (
    "carbamazepine", "phenytoin", "phenobarbital", "lamotrigine", "aspirin", "warfarin",
    "topiramate", "meropenem", "St John's wort", "fluoxetine", "alcohol", "rifampin",
)  # fmt: skip
IRRELEVANT = ("levetiracetam", "propofol", "gabapentin", "mystery powder", "zzz")
CONDITIONS = (
    "liver disease", "cirrhosis", "renal impairment", "urea cycle disorder", "POLG",
    "pancreatitis", "gout",
)  # fmt: skip
FEW = settings(max_examples=30, deadline=None)


def cases() -> st.SearchStrategy[Case]:
    """Any case that can be."""
    return st.builds(
        _case,
        st.sampled_from([None, "female", "male"]),
        st.none() | st.floats(0, 100),
        st.sampled_from([None, "none", "planning", "pregnant", "lactating"]),
        st.none() | st.floats(2, 200),
        st.none() | st.lists(st.sampled_from(KNOWN), max_size=3, unique=True),
        st.lists(st.sampled_from(CONDITIONS), max_size=2, unique=True),
        st.sampled_from([None, "epilepsy", "migraine", "bipolar disorder", "gout"]),
        st.sampled_from([None, "UK", "US", "FR", "MX", "DE"]),
    )


def _case(
    sex: Any,
    age: float | None,
    pregnancy: Any,
    weight: float | None,
    drugs: list[str] | None,
    conditions: list[str],
    indication: str | None,
    jurisdiction: str | None,
) -> Case:
    return Case(
        sex=sex,
        age=age,
        pregnancy=None if sex == "male" else pregnancy,
        weight_kg=weight,
        drugs=None if drugs is None else tuple(drugs),
        conditions=tuple(conditions),
        indication=indication,
        jurisdiction=jurisdiction,
        about="magnesium valproate",
    )


def rules_of(found: CaseFindings) -> set[str]:
    return {one.id for one in (*found.findings, *found.cannot_tell)}


def said(found: CaseFindings) -> Any:
    """Everything found, without what merely repeats the question."""
    told = found.to_dict()
    return {
        key: told[key] for key in ("findings", "cannot_tell", "not_stated", "doses")
    }


@FEW
@given(cases(), st.sampled_from(KNOWN))
def test_reversing_two_drugs_changes_nothing(case: Case, other: str) -> None:
    one = replace(case, about="magnesium valproate", drugs=(other,))
    turned = replace(case, about=other, drugs=("magnesium valproate",))
    assert said(ask(ALL, one)) == said(ask(ALL, turned))


@FEW
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_drugs_and_conditions_changes_nothing(
    case: Case, random: Any
) -> None:
    drugs, conditions = list(case.drugs or ()), list(case.conditions)
    random.shuffle(drugs)
    random.shuffle(conditions)
    other = replace(
        case,
        drugs=None if case.drugs is None else tuple(drugs),
        conditions=tuple(conditions),
    )
    a, b = said(ask(ALL, case)), said(ask(ALL, other))
    a["not_stated"].sort(key=str)
    b["not_stated"].sort(key=str)
    assert a == b


@FEW
@given(cases(), st.sampled_from(IRRELEVANT))
def test_an_irrelevant_drug_removes_no_finding(case: Case, extra: str) -> None:
    before = ask(ALL, case)
    after = ask(ALL, replace(case, drugs=(*(case.drugs or ()), extra)))
    kept = {one.id: one for one in after.findings}
    for one in before.findings:
        assert kept[one.id] == replace(one, asks=kept[one.id].asks)
    names = [gap for gap in after.gaps if extra in gap.what]
    assert names, "an irrelevant drug is not passed over in silence"


@FEW
@given(cases(), st.floats(2, 100), st.sampled_from([2.0, 0.5, 3.0]))
def test_mg_scale_with_the_weight(case: Case, weight: float, factor: float) -> None:
    one = ask(ALL, replace(case, weight_kg=weight))
    other = ask(ALL, replace(case, weight_kg=weight * factor))
    assert len(one.doses) == len(other.doses)
    for a, b in zip(one.doses, other.doses, strict=True):
        if isinstance(a.mg_per_day, Missing):
            assert a.mg_per_day == b.mg_per_day
        else:
            assert not isinstance(b.mg_per_day, Missing)
            wanted = [factor * mg for mg in a.mg_per_day]
            assert list(b.mg_per_day) == pytest.approx(wanted, rel=1e-12)


@FEW
@given(cases())
def test_what_is_forgotten_is_asked_for_never_dropped(case: Case) -> None:
    """Forgetting one input turns findings into questions, and loses none."""
    full = ask(ALL, case)
    for name in ("sex", "age", "pregnancy", "indication", "jurisdiction"):
        less = ask(ALL, replace(case, **{name: None}))
        # What an unknown age or sex may mean cannot be less than what one meant.
        assert rules_of(full) <= rules_of(less), name
    assert rules_of(ask(ALL, Case(about="magnesium valproate")))


@FEW
@given(cases())
def test_no_answer_assures(case: Case) -> None:
    found = ask(ALL, case)
    assert not re.search(r"\bsafe\b", str(found), re.IGNORECASE)
    assert not re.search("no interaction|no known interaction", str(found))
    assert "research and education only" in str(found)
    assert all(len(card["summary"]) < 140 for card in found.cards()["cards"])


@FEW
@given(cases())
def test_a_male_gets_no_maternal_finding(case: Case) -> None:
    found = ask(ALL, replace(case, sex="male", pregnancy=None))
    rules = {one.rule for one in (*found.findings, *found.cannot_tell)}
    maternal = {
        "pregnant", "planning-pregnancy", "planning-advice", "fetal-risks",
        "contraception", "breastfeeding",
    }  # fmt: skip
    assert not rules & maternal
    assert any("Paternal exposure" in gap.what for gap in found.gaps)


def test_planning_is_not_pregnant() -> None:
    found = ask(PAGES, Case(sex="female", pregnancy="planning"))
    rules = {one.rule for one in (*found.findings, *found.cannot_tell)}
    assert "planning-pregnancy" in rules
    assert "pregnant" not in rules
    now = ask(PAGES, Case(sex="female", pregnancy="pregnant"))
    assert {"pregnant"} <= {one.rule for one in now.findings}
    assert "planning-pregnancy" not in {one.rule for one in now.findings}


def test_renal_is_not_hepatic() -> None:
    found = ask(PAGES, Case(conditions=("renal impairment",)))
    assert [one.rule for one in found.findings if "impair" in one.rule] == [
        "renal-impairment"
    ]
    liver = found.finding("liver-disease")
    assert liver is not None
    assert liver.verdict == "cannot tell"
    renal = found.finding("renal-impairment")
    assert renal is not None
    assert (renal.strength, renal.conflict) == ("adjust", True)


def test_a_metabolic_disorder_may_be_one_of_them() -> None:
    found = ask(PAGES, Case(conditions=("metabolic disorder",)))
    one = found.finding("urea-cycle-disorder")
    assert one is not None
    assert one.needs == ("whether the metabolic disorder is a urea cycle disorder",)


def test_absent_conditions_are_settled() -> None:
    case = Case(without=("liver disease", "POLG", "metabolic disorder"))
    rules = {one.rule for one in ask(PAGES, case).cannot_tell}
    assert not rules & {
        "liver-disease",
        "mitochondrial-disorder",
        "urea-cycle-disorder",
    }
    assert "hypersensitivity" in rules


def test_unknown_weight_gives_no_mg() -> None:
    found = ask(PAGES, Case(age=30))
    assert found.doses
    assert all(isinstance(line.mg_per_day, Missing) for line in found.doses)
    assert "weight" in found.missing
    assert not re.search(r"620|3720", str(found))


def test_depakote_is_divalproex_with_a_warning() -> None:
    found = ask(PAGES, Case(about="Depakote"))
    assert found.about.name == "divalproex sodium"
    assert any("milligrams of one are not milligrams" in x for x in found.notices)
    assert any("Depakote stands for divalproex sodium" in x for x in found.notices)
    assert found.findings


def test_the_same_moiety_twice() -> None:
    case = Case(about="magnesium valproate", drugs=("Depakote",))
    one = ask(PAGES, case).finding("same-moiety")
    assert one is not None
    assert "divalproex sodium and magnesium valproate" in one.consequence
    assert ask(PAGES, Case(drugs=("aspirin",))).finding("same-moiety") is None


def test_valproate_asks_which() -> None:
    with pytest.raises(DataError, match="may be"):
        ask(PAGES, Case(about="valproate"))


def test_unknown_drug_is_unknown_and_known_one_not_stated() -> None:
    found = ask(PAGES, Case(drugs=("mystery powder", "levetiracetam")))
    said = {gap.what: gap.said for gap in found.gaps}
    assert said["mystery powder"] == "unknown"
    assert said["Interaction: magnesium valproate + mystery powder"] == "unknown"
    assert said["Interaction: levetiracetam + magnesium valproate"] == "not stated"


def test_a_name_like_another_is_asked_about_and_never_taken() -> None:
    found = ask(PAGES, Case(drugs=("carbamazepin", "mystery powder")))
    why = {gap.what: gap.why for gap in found.gaps if gap.said == "unknown"}
    assert (
        "is carbamazepine or oxcarbazepine meant? Nothing is taken"
        in (why["carbamazepin"])
    )
    assert "meant" not in why["mystery powder"]
    # It is told of as little as any other name that is not known.
    other = ask(PAGES, Case(drugs=("zzz", "mystery powder")))
    assert [f.rule for f in found.findings] == [f.rule for f in other.findings]


def test_unknown_drug_may_be_an_inducer() -> None:
    found = ask(PAGES, Case(drugs=("mystery powder",)))
    one = found.finding("levels-with-inducers")
    assert one is not None
    assert one.needs == ("what mystery powder is",)


def test_the_uk_rule_needs_its_source_and_its_country() -> None:
    case = Case(sex="male", age=24, jurisdiction="UK")
    one = ask(ALL, case).finding("uk-under-55")
    assert one is not None
    assert (one.verdict, one.strength) == ("applies", "avoid")
    assert ask(PAGES, case).finding("uk-under-55") is None
    assert ask(ALL, replace(case, age=60)).finding("uk-under-55") is None
    assert ask(ALL, replace(case, jurisdiction="US")).finding("uk-under-55") is None
    unknown = ask(ALL, replace(case, jurisdiction=None)).finding("uk-under-55")
    assert unknown is not None
    assert unknown.verdict == "cannot tell"


def test_us_pregnancy_depends_on_the_indication() -> None:
    label = record(sources=("us-label",))
    case = Case(
        sex="female",
        pregnancy="pregnant",
        jurisdiction="US",
        indication="migraine",
        about="divalproex sodium",
    )
    one = ask(label, case).finding("pregnant")
    assert one is not None
    assert one.verdict == "applies"
    epilepsy = ask(label, replace(case, indication="epilepsy"))
    assert epilepsy.finding("pregnant") is None
    assert any("Pregnancy" in gap.what for gap in epilepsy.gaps)
    assert [x.why for x in epilepsy.excluded] == [
        "for migraine prophylaxis, not for epilepsy"
    ]
    unknown = ask(label, replace(case, indication=None)).finding("pregnant")
    assert unknown is not None
    assert "indication (migraine prophylaxis)" in unknown.needs


def test_sources_of_one_country_do_not_speak_for_another() -> None:
    case = Case(conditions=("liver disease",), jurisdiction="FR")
    one = ask(ALL, case).finding("liver-disease")
    assert one is not None
    assert not any(x.scope.jurisdiction == "US" for x in one.statements)


def test_interactions_are_found_from_either_side_and_by_class() -> None:
    one = ask(ALL, Case(drugs=("meropenem",), about="magnesium valproate")).finding(
        "interaction"
    )
    assert one is not None
    assert one.strength == "avoid"
    wort = ask(ALL, Case(drugs=("St John's wort",), about="magnesium valproate"))
    assert wort.findings[0].rule == "interaction"
    assert wort.findings[0].strength == "contraindicated"
    both = ask(ALL, Case(drugs=("fluoxetine",), about="magnesium valproate")).finding(
        "interaction"
    )
    assert both is not None
    assert both.conflict


def test_carbamazepine_both_ways_where_a_source_says_so() -> None:
    one = ask(ALL, Case(drugs=("carbamazepine",))).finding("interaction")
    assert one is not None
    assert "active metabolite of carbamazepine increased" in one.consequence


def test_children() -> None:
    child = ask(PAGES, Case(age=8, weight_kg=25))
    lines = [x for x in child.doses if x.indication == "epilepsy"]
    assert {x.population for x in lines} == {"children"}
    assert lines[0].mg_per_day == (250.0, 375.0)
    one = child.finding("children")
    assert one is not None
    assert one.conflict
    baby = ask(PAGES, Case(age=1, weight_kg=9))
    assert baby.finding("children-under-2") is not None
    assert all(isinstance(x.mg_per_day, Missing) for x in baby.doses)


def test_elderly_and_lactating() -> None:
    one = ask(PAGES, Case(age=80)).finding("elderly")
    assert one is not None
    assert (one.verdict, one.strength) == ("applies", "adjust")
    two = ask(ALL, Case(sex="female", pregnancy="lactating")).finding("breastfeeding")
    assert two is not None
    assert two.conflict


def test_indication_keeps_to_its_own_doses() -> None:
    found = ask(PAGES, Case(age=30, weight_kg=62, indication="migraine"))
    assert {x.indication for x in found.doses} == {"migraine prophylaxis", None}
    assert not re.search("3720", str(found))
    one = found.finding("off-label-migraine")
    assert one is not None
    assert one.conflict


def test_page_001_alone_is_not_stated_never_no_risk() -> None:
    found = ask(record(sources=("001",)), Case(sex="female", age=24, weight_kg=62))
    what = {gap.what for gap in found.gaps}
    for kind in (
        "contraindications", "starting dose in figures", "breastfeeding",
        "tests by name",
    ):  # fmt: skip
        assert f"valproate: {kind}" in what
    assert not found.doses


def test_nothing_but_research_pages() -> None:
    found = ask(record(sources=("002",)), Case())
    assert not found.findings
    assert not found.cannot_tell
    assert found.excluded
    assert "no all-clear" in str(found)


@pytest.mark.parametrize(
    "source", [(), "magnesium", 3, [1], record], ids=["no", "text", "3", "[1]", "call"]
)
def test_bad_sources(source: Any) -> None:
    with pytest.raises((DataError, OptionError)):
        ask(source, Case())


@pytest.mark.parametrize(
    "values",
    [
        {"sex": "f"},
        {"age": float("nan")},
        {"age": 200},
        {"weight_kg": -1},
        {"weight_kg": True},
        {"drugs": "aspirin"},
        {"drugs": ("",)},
        {"about": "a\x1b[2J"},
        {"conditions": (3,)},
        {"pregnancy": "yes"},
        {"sex": "male", "pregnancy": "planning"},
        {"conditions": ("POLG",), "without": ("mitochondrial disorder",)},
    ],
)
def test_bad_cases(values: dict[str, Any]) -> None:
    with pytest.raises(OptionError):
        Case(**values)
