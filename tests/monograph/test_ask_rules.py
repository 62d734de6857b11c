"""Rules, concepts and drug names as data; triggers in three values."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from isobole.monograph import (
    Case,
    ask,
    build,
    open_collection,
    read,
    read_rules,
    record,
    rules,
)
from isobole.monograph._concepts import concept_of, concepts, named_in
from isobole.monograph._drugs import drug, partners_in
from isobole.monograph._trigger import NO, YES, Verdict
from isobole.results import DataError
from monograph_ask_cases import GOLDEN, SEEDS, from_seeds

UNKNOWN = Verdict("cannot tell", ("x",))
FOLDER = files("isobole.monograph") / "rules"
TEXT = (FOLDER / "liver-disease.toml").read_text(encoding="utf-8")


def test_every_rule_stands_in_a_file_of_its_name() -> None:
    names = {entry.name for entry in FOLDER.iterdir()}
    assert {f"{rule.id}.toml" for rule in rules()} == names
    assert len(names) >= 25


def test_every_rule_can_speak_on_the_record() -> None:
    """A rule that no statement of the record can reach would be dead."""
    everywhere = [
        ask(record(), case)
        for place in (None, "UK", "US")
        for use in (None, "migraine", "bipolar disorder")
        for case in (
            Case(jurisdiction=place, indication=use, about="magnesium valproate"),
            Case(
                age=1,
                jurisdiction=place,
                drugs=("Depakote", "phenytoin"),
                about="magnesium valproate",
            ),
            Case(age=70, jurisdiction=place, about="magnesium valproate"),
        )
    ]
    reached = {
        one.rule
        for found in everywhere
        for one in (*found.findings, *found.cannot_tell)
    }
    # Nobody speaks of the father: that rule ends in "not stated".
    assert {rule.id for rule in rules()} - reached == {"paternal-exposure"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('condition = "liver disease"', 'condition = "gout"', "no concept"),
        ('kinds = ["contraindication"]', 'kinds = ["hunch"]', "no kind"),
        ('strength = "contraindicated"', 'strength = "deadly"', "contraindicated"),
        ('id = "liver-disease"', 'id = "other"', "not the file's name"),
        ("order = 10", 'order = "first"', "integer"),
        ("[trigger]", "[triger]", "trigger"),
        ("all = [{ condition", "all = [{ sex = 'female', condition", "one question"),
        ("[finding]", "[finding", "not TOML"),
        (
            'concepts = ["liver disease"]',
            'concepts = ["liver disease"]\nwords = "("',
            "no pattern",
        ),
        ('{ condition = "liver disease" }', '{ co_drug = "gases" }', "no class"),
    ],
)
def test_bad_rules(old: str, new: str, told: str) -> None:
    assert old in TEXT
    with pytest.raises(DataError) as caught:
        read_rules({"liver-disease.toml": TEXT.replace(old, new, 1)})
    assert told in str(caught.value)
    assert caught.value.problems[0].file == "liver-disease.toml"


def test_own_rules_are_asked() -> None:
    own = read_rules({"liver-disease.toml": TEXT})
    found = ask(record(), GOLDEN, by=own)
    assert [one.rule for one in found.findings] == ["liver-disease"]


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [
        (YES, YES, "yes", "yes"),
        (YES, NO, "no", "yes"),
        (NO, NO, "no", "no"),
        (UNKNOWN, YES, "cannot tell", "yes"),
        (UNKNOWN, NO, "no", "cannot tell"),
        (UNKNOWN, UNKNOWN, "cannot tell", "cannot tell"),
    ],
)
def test_kleene(a: Verdict, b: Verdict, both: str, either: str) -> None:
    assert (a & b).value == (b & a).value == both
    assert (a | b).value == (b | a).value == either


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("hepatic dysfunction", {"hepatic impairment", "liver disease"}),
        ("Kidney failure", {"renal impairment"}),
        ("renal and hepatic impairment", {
            "renal impairment", "hepatic impairment", "liver disease",
        }),
        ("hepatic or renal impairment", {
            "renal impairment", "hepatic impairment", "liver disease",
        }),
        ("women of childbearing age", {"childbearing potential"}),
        ("women planning a pregnancy", {"planning pregnancy"}),
        ("Pregnant women", {"pregnancy"}),
        ("children under 2", {"children under 2"}),
        ("Children & Elderly", {"children", "elderly"}),
        ("liver function tests", set()),
        ("delivery", set()),
    ],
)  # fmt: skip
def test_concepts_named(words: str, wanted: set[str]) -> None:
    assert named_in([words]) == wanted


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("Liver disease", "liver disease"),
        ("renal failure", "renal impairment"),
        ("POLG mutation", "mitochondrial disorder"),
        ("OTC deficiency", "urea cycle disorder"),
        ("CKD", "renal impairment"),
        ("allergy to valproate", "hypersensitivity"),
        ("liver", None),
        ("not a disease", None),
    ],
)
def test_conditions_of_a_case(words: str, wanted: str | None) -> None:
    assert concept_of(words, "conditions") == wanted


def test_every_concept_names_itself() -> None:
    for name, concept in concepts().items():
        if concept.group != "populations":
            assert concept_of(name, concept.group) == name


def test_drugs_are_resolved_exactly() -> None:
    assert drug("Rifampin").name == "rifampicin"
    assert drug("acetylsalicylic acid").classes == ("salicylates",)
    assert not drug("carbamazepin").known  # one letter short is another name
    assert partners_in("Salicylates, warfarin") == {"salicylates", "warfarin"}
    assert partners_in("some antidepressants") == {"antidepressants"}
    assert partners_in("enzyme inducers (e.g., carbamazepine, phenytoin)") == {
        "enzyme inducers",
        "carbamazepine",
        "phenytoin",
    }


def test_answers_follow_the_page() -> None:
    """On a changed copy of a seed the answer changes as the page does."""
    from_seeds()
    path = next(path for path in SEEDS.iterdir() if path.name.startswith("000"))
    text = path.read_text("utf-8")
    page = read(text.replace("60 mg/kg/day", "50 mg/kg/day"), name="changed.md")
    found = ask(page, GOLDEN)
    (line,) = [
        x for x in found.doses if x.phase == "maximum" and x.indication == "epilepsy"
    ]
    assert line.mg_per_day == (3100.0, 3100.0)
    assert "Not the figure of the divalproex regimen" in line.basis
    gone = read(
        "\n".join(
            x for x in text.split("\n") if "epatic" not in x and "iver d" not in x
        ),
        name="gone.md",
    )
    without = ask(gone, GOLDEN)
    assert without.finding("liver-disease") is None
    assert any("Liver disease" in gap.what for gap in without.gaps)


def test_a_pair_may_depend_on_the_case() -> None:
    text = (FOLDER / "interaction.toml").read_text(encoding="utf-8")
    more = text.replace("all = [{ co_drug", "all = [{ age_min = 65 }, { co_drug")
    own = read_rules({"interaction.toml": more})
    for age, verdict in ((70, "applies"), (None, "cannot tell")):
        found = ask(record(), Case(age=age, drugs=("carbamazepine",)), by=own)
        one = found.finding("interaction")
        assert one is not None
        assert one.verdict == verdict
    young = ask(record(), Case(age=30, drugs=("carbamazepine",)), by=own)
    assert young.finding("interaction") is None


def test_the_same_moiety_twice_needs_no_page() -> None:
    carbamazepine = [
        replace(row, details={**row.details, "page_subject": "carbamazepine"})
        for row in record(sources=("us-label",))
    ]
    case = Case(about="carbamazepine", drugs=("Depakote", "magnesium valproate"))
    one = ask(carbamazepine, case).finding("same-moiety")
    assert one is not None


PAGE = """---
title: Magnesium Valproate
---
## Dosage

### Adults:
- **Epilepsy:** Initially 8-9 mg/kg/day.

#### Special Cases:
- **Elderly Patients:** Start with a lower dose.

## Drug Interactions
- Carbamazepine lowers its level.
- Alcohol adds to sedation.
"""


def test_words_keep_the_salt_of_their_page() -> None:
    """A product of another salt in the case does not become what a page is about."""
    page = read(PAGE)
    both = Case(drugs=("Depakote", "carbamazepine"), about="magnesium valproate")
    found = ask((page,), both)
    alcohol = found.finding("alcohol")
    pair = found.finding("interaction")
    assert alcohol is not None
    assert pair is not None
    assert "with magnesium valproate" in alcohol.consequence
    assert pair.title.endswith("carbamazepine + magnesium valproate")
    turned = ask((page,), Case(drugs=both.drugs[::-1], about=both.about))
    assert turned.findings == found.findings
    other = ask((page,), Case(about="Depakote")).finding("alcohol")
    assert other is not None
    assert "with magnesium valproate" in other.consequence


def test_a_man_is_not_asked_a_mothers_questions() -> None:
    page = read(PAGE)
    gaps = {
        sex: {gap.what for gap in ask((page,), Case(sex=sex)).gaps}
        for sex in ("female", "male")
    }
    maternal = {"pregnancy", "contraception", "breastfeeding"}
    assert {f"valproate: {one}" for one in maternal} == gaps["female"] - gaps["male"]
    assert "valproate: paternal exposure and male fertility" in gaps["male"]


def test_mg_say_that_they_are_not_adjusted() -> None:
    page = read(PAGE)
    old = str(ask((page,), Case(age=80, weight_kg=50, indication="epilepsy")))
    young = str(ask((page,), Case(age=30, weight_kg=50, indication="epilepsy")))
    assert "400–450 mg/day" in old
    assert "unadjusted" in " ".join(old.split())
    assert "400–450 mg/day" in young
    assert "unadjusted" not in young
    unweighed = str(ask((page,), Case(age=80, indication="epilepsy")))
    assert "unadjusted" not in unweighed


def test_a_drug_that_no_page_is_about_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE, "utf-8")
    build(tmp_path, tmp_path / "site")
    pages = open_collection(tmp_path / "site")
    for name, said in (("carbamazepine", "not stated"), ("zorblax", "unknown")):
        found = ask(pages, Case(about=name, conditions=("liver disease",)))
        assert (found.findings, found.cannot_tell, found.doses) == ((), (), ())
        assert [gap.said for gap in found.gaps if name in gap.what] == [said]
        assert "no all-clear" in str(found)
        assert len(found.excluded) == 1
