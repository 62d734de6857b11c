"""Words of the vocabulary: keys never hide a name, names are kinds that exist."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from isobole.monograph._vocabulary import Names, _load, age_limit, age_span, vocabulary

TABLES = {
    "terms": ("populations", "effects", "indications", "routes", "affected"),
    "pharmacology": ("targets", "actions", "pathways", "hedges"),
}
ROWS = [
    pytest.param(row, id=f"{table}-{name or 'unnamed'}")
    for file, tables in TABLES.items()
    for table in tables
    for name, row in _load(file)[table].items()
    if name != "enzyme"
]

TOPICS = [
    pytest.param(row, id=f"{table}-{place}")
    for table in ("heading", "question", "frequency")
    for place, row in enumerate(_load("topics")[table])
]
FATES = [
    pytest.param(row, id=f"fate-{place}")
    for place, row in enumerate(_load("pharmacology")["fate"])
]


@pytest.mark.parametrize("row", [*ROWS, *TOPICS, *FATES])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_whatever_a_pattern_matches_holds_one_of_its_keys(
    row: dict[str, Any], data: st.DataObject
) -> None:
    words = data.draw(st.from_regex(re.compile(row["match"])))
    match = re.search(row["match"], words)
    assert match is not None
    assert any(key in words.lower() for key in row["keys"]), words


@pytest.mark.parametrize("row", [*ROWS, *TOPICS, *FATES])
def test_keys_are_lower_case(row: dict[str, Any]) -> None:
    assert row["keys"]
    assert all(key and key == key.lower() for key in row["keys"])


@given(
    st.lists(
        st.sampled_from(
            (
                "dose",
                "effects",
                "Side",
                "side-effects",
                "Miss",
                "missed",
                "rare",
                "serious",
                "most",
                "less",
                "common",
                "how",
                "does",
                "it",
                "work",
                "What",
                "should",
                "be",
                "taken",
                "for",
                "of",
                "action",
                "half-life",
                "İ\u017f",
                "use",
                "used",
                "to",
                "ADRs",
                "generic",
                "names",
                "pregnancy",
                "and",
                "lactation",
                "summary",
                "-",
            )
        ),
        max_size=9,
    ).map(" ".join)
    | st.text(max_size=30)
)
def test_topics_are_what_their_patterns_find_without_keys(words: str) -> None:
    def plain(table: str, name: str) -> str | None:
        for row in _load("topics")[table]:
            if re.search(row["match"], words.lower()):
                return str(row[name])
        return None

    assert vocabulary().topic(words) == plain("heading", "topic")
    assert vocabulary().question(words) == plain("question", "topic")
    assert vocabulary().frequency(words) == plain("frequency", "class")


def test_the_more_particular_name_wins() -> None:
    names = [name for _, _, name in vocabulary().targets.found("inhibits GABA uptake")]
    assert names == ["GABA uptake"]


def test_names_that_overlap_are_counted_once() -> None:
    table = Names(
        {
            "long": {"keys": ["ab"], "match": "ab c"},
            "short": {"keys": ["ab"], "match": "ab"},
        }
    )
    assert table.found("ab c ab") == [(0, 4, "long"), (5, 7, "short")]


@pytest.mark.parametrize(
    ("words", "population"),
    [
        ("Children under 2 years", "children < 2 years"),
        ("especially in children under 2", "children < 2 years"),
        ("patients older than 65 years", "patients > 65 years"),
        ("adults and children over 12 years", "adults; children > 12 years"),
        ("Pregnant women", "pregnant"),
        ("women of childbearing age", "women of childbearing potential"),
        ("women planning pregnancy", "planning pregnancy"),
        ("renal or hepatic impairment", "renal and hepatic impairment"),
        ("kidney disease", "renal impairment"),
        ("Child-Pugh class B", None),
        ("the management of pain", None),
    ],
)
def test_populations(words: str, population: str | None) -> None:
    assert vocabulary().population(words) == population


def test_ages() -> None:
    assert age_limit("infants younger than 6 months") == (6, "months (upper limit)")
    assert age_limit("adults over 65") == (65, "years (lower limit)")
    assert age_limit("patients under 50 kg") is None
    assert age_span("6 to 12 years") == "6-12 years"
    assert age_span("2 mg") is None


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("Rare but Serious Side Effects", "adverse"),
        ("Pregnancy & Breastfeeding", "pregnancy_breastfeeding"),
        ("Dosage Adjustments", "adjustments"),
        ("Brand Names", "brand_names"),
        ("Monitoring Parameters", "monitoring"),
        ("Elimination Pathways", "pharmacokinetics"),
        ("Storage", None),
    ],
)
def test_headings_have_topics(title: str, topic: str | None) -> None:
    assert vocabulary().topic(title) == topic


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Is it addictive?", "dependence"),
        ("Can it be stopped suddenly, or must it be tapered?", "discontinuation"),
        ("What happens if I miss a dose?", "missed_dose"),
        ("May I have a glass of alcohol?", "alcohol"),
        ("How is the drug metabolised?", "metabolism"),
        ("Which blood tests are needed?", "monitoring"),
        ("What is the highest dose?", "dosage"),
        ("Is it safe when breast-feeding?", "breastfeeding"),
        ("What are the symptoms of liver damage?", "adverse_sign"),
        ("What colour is the tablet?", None),
    ],
)
def test_questions_have_topics(question: str, topic: str | None) -> None:
    assert vocabulary().question(question) == topic
