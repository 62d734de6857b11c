"""The grammar of statements, on sentences and pages of our own wording."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from isobole.monograph import KINDS, Statement, read

HEAD = "---\ntitle: Magnesium Examplate\n---\n"


def page(body: str) -> tuple[Statement, ...]:
    """Return the statements of the body of a page of kind A."""
    found = read(HEAD + body + "\n## Popular Combinations\n", name="x.md").statements
    return tuple(said for said in found if said.section != ("front matter",))


def under(section: str, *items: str) -> tuple[Statement, ...]:
    return page(f"## {section}\n" + "\n".join(f"- {item}" for item in items))


def short(found: tuple[Statement, ...], kind: str = "") -> list[tuple[Any, ...]]:
    return [
        (said.kind, said.value, said.unit)
        for said in found
        if said.kind.startswith(kind)
    ]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Start with 5 mg/kg/day.", [("dose_initial", 5, "mg/kg/day")]),
        ("Begin at 2-4 mg/kg per day.", [("dose_initial", (2, 4), "mg/kg/day")]),
        ("Initial dose 1,500 mg daily.", [("dose_initial", 1500, "mg/day")]),
        ("Initially 0.5 to 1 g BID.", [("dose_initial", (0.5, 1), "g twice daily")]),
        ("Loading dose: 20 mg/kg IV.", [("dose_initial", 20, "mg/kg")]),
        (
            "50–100 mg three times a day",
            [("dose_maintenance", (50, 100), "mg three times daily")],
        ),
        ("5 µg/kg/minute", [("dose_maintenance", 5, "mcg/kg/min")]),
        ("75 mg/m2 every 3 weeks", [("dose_maintenance", 75, "mg/m² every 3 weeks")]),
        ("10 mg every 4-6 hours", [("dose_maintenance", (10), "mg every 4-6 hours")]),
        ("1 drop q6h", [("dose_maintenance", 1, "drops every 6 hours")]),
        ("2 tablets at bedtime", [("dose_maintenance", 2, "tablets at bedtime")]),
        ("5000 IU/day", [("dose_maintenance", 5000, "IU/day")]),
        ("100 units per hour", [("dose_maintenance", 100, "units/h")]),
        ("200 mg orally once weekly", [("dose_maintenance", 200, "mg once weekly")]),
        ("Do not exceed 4 g/day.", [("dose_max", 4, "g/day")]),
        (
            "The highest (maximum) dose is usually 70mg/kg/day.",
            [("dose_max", 70, "mg/kg/day")],
        ),
        ("The daily dose should not exceed 80 mg.", [("dose_max", 80, "mg")]),
        (
            "40 mg (max. 90 mg/day)",
            [("dose_maintenance", 40, "mg"), ("dose_max", 90, "mg/day")],
        ),
        ("Increase by 5 mg weekly.", [("dose_titration", 5, "mg per week")]),
        (
            "Raise in increments of 25 mg/day every 3 days.",
            [("dose_titration", 25, "mg/day per 3 days")],
        ),
        (
            "Increase at weekly intervals by 10 mg/day.",
            [("dose_titration", 10, "mg/day per week")],
        ),
        (
            "Daily amounts above 300 mg/day are divided.",
            [("dose_division", 300, "mg/day")],
        ),
        (
            "Maintenance: 10 mg or 20 mg daily.",
            [("dose_maintenance", 10, "mg"), ("dose_maintenance", 20, "mg/day")],
        ),
        ("Dilute 100 mg/5 mL.", []),
        ("If the clearance is 10 mL/min, stop.", []),
    ],
)
def test_doses(sentence: str, expected: list[tuple[Any, ...]]) -> None:
    found = [
        one
        for one in short(under("Dosage", sentence), "dose_")
        if one[0] != "dose_adjustment" and one[1] is not None
    ]
    assert found == expected


@given(
    low=st.integers(1, 9999),
    more=st.integers(1, 500),
    unit=st.sampled_from(["mg", "mg/kg", "mcg/kg/min", "mg/kg/day", "units", "mg/m²"]),
    dash=st.sampled_from(["-", "–", " - ", " to "]),
)
@settings(max_examples=60, deadline=None)
def test_any_range_and_unit_is_read_as_written(
    low: int, more: int, unit: str, dash: str
) -> None:
    found = under("Dosage", f"Initially {low}{dash}{low + more} {unit} in the morning")
    assert (found[0].value, str(found[0].unit).split()[0]) == ((low, low + more), unit)


def test_a_range_turned_round_is_kept_and_marked() -> None:
    found = under("Dosage", "Start with 10-5 mg.")
    assert found[0].value == (10, 5)
    assert found[0].details["defects"] == ("range_reversed",)


def test_numbers_are_not_rounded() -> None:
    found = under("Dosage", f"Start with {10**25 + 1} units.")
    assert found[0].value == 10**25 + 1


def test_marks_alone_are_no_term() -> None:
    assert all(said.value != "(" for said in under("Usage", "used for ("))


def test_a_dose_knows_whom_and_what_it_is_for() -> None:
    found = page(
        "## Dosage\n### Standard Dosage\n#### Adults:\n"
        "- **Gout:** Start with 10 mg by mouth in 2 divided doses. Maximum 90 mg/day.\n"
        "#### Children:\n- **2-5 years:** 3 mg/kg for 7 days.\n"
        "#### Special Cases:\n- **Patients with Renal Impairment:** With a creatinine "
        "clearance below 30 mL/min give 5 mg daily.\n"
    )
    start, most, child, kidney = (said for said in found if said.kind != "text")
    assert (start.scope.population, start.scope.indication) == ("adults", "gout")
    assert (start.scope.route, start.scope.condition) == ("oral", "divided doses")
    assert start.details["doses_per_day"] == "2"
    assert (most.kind, most.scope.indication, most.scope.route) == (
        "dose_max",
        "gout",
        "oral",
    )
    assert child.scope.population == "children 2-5 years"
    assert child.details["duration"] == "7 days"
    assert kidney.scope.population == "renal impairment"
    assert kidney.scope.condition == "creatinine clearance below 30 mL/min"


def test_a_regimen_without_a_maximum_says_so() -> None:
    found = page(
        "## Dosage\n#### Adults:\n- **Gout:** Initially 10 mg, titrated slowly.\n"
    )
    missing = [said for said in found if said.kind == "dose_max"]
    assert [said.value for said in missing] == [None]
    assert missing[0].details["defects"] == ("missing_maximum",)
    assert "10 mg" in missing[0].span.quote


def test_a_rate_is_no_daily_maximum() -> None:
    found = under("Dosage", "Give 15 mg/kg IV at no more than 50 mg/min.")
    assert [(said.unit, said.details.get("limit")) for said in found] == [
        ("mg/kg", None),
        ("mg/min", "rate"),
    ]


@pytest.mark.parametrize(
    ("sentence", "agent", "affected", "direction"),
    [
        (
            "Zorlimab lowers examplate levels.",
            "zorlimab",
            "examplate level",
            "decrease",
        ),
        (
            "Examplate may raise concentrations of zorlimab.",
            "zorlimab",
            "zorlimab level",
            "increase",
        ),
        ("**Zorlimab:** Can reduce its effect.", "zorlimab", "its effect", "decrease"),
        (
            "**Enzyme inducers (e.g., zorlimab):** Reduce plasma levels of examplate.",
            "zorlimab",
            "examplate level",
            "decrease",
        ),
        (
            "Zorlimab can enhance the sedative effects of examplate.",
            "zorlimab",
            "sedation",
            "increase",
        ),
        (
            "Concomitant use of zorlimab may increase the risk of bleeding.",
            "zorlimab",
            "bleeding",
            "increase",
        ),
        (
            "Examplate can reduce the effectiveness of zorlimab.",
            "zorlimab",
            "zorlimab effect",
            "decrease",
        ),
        (
            "Zorlimab should be avoided as it can increase the risk of gout.",
            "zorlimab",
            "gout",
            "increase",
        ),
        ("Other interactions: Zorlimab.", "zorlimab", None, None),
        ("Examplate interacts with zorlimab.", "zorlimab", None, None),
        ("Examplate may interact with other drugs.", "unspecified", None, None),
        ("Zorlimab adds to its sedative effects.", "zorlimab", "sedation", "increase"),
    ],
)
def test_interactions(
    sentence: str, agent: str, affected: str | None, direction: str | None
) -> None:
    found = [
        said
        for said in under("Drug Interactions", sentence)
        if said.kind == "interaction"
    ]
    assert [
        (said.value, said.details.get("affected"), said.details.get("direction"))
        for said in found
    ] == [(agent, affected, direction)]


def test_each_of_several_levels_is_its_own() -> None:
    found = under(
        "Drug Interactions", "Examplate can decrease levels of zorlimab and quaxepril."
    )
    assert [(said.value, said.details["affected"]) for said in found] == [
        ("zorlimab", "zorlimab level"),
        ("quaxepril", "quaxepril level"),
    ]


def test_a_metabolite_is_not_the_substance() -> None:
    found = under(
        "Drug Interactions", "Zorlimab raises levels of a metabolite of examplate."
    )
    assert found[0].details["affected"] != "examplate level"


def test_adjectives_share_the_noun_that_follows() -> None:
    found = under("Usage", "It is given against focal and mixed seizures and in gout.")
    assert [said.value for said in found] == [
        "focal seizures",
        "mixed seizures",
        "gout",
    ]


def test_every_agent_of_a_list_is_a_statement() -> None:
    found = under(
        "Drug Interactions",
        "Enzyme-inducing drugs (e.g., zorlimab, quaxepril, and ibrozole) can decrease "
        "examplate levels.",
    )
    assert [said.value for said in found] == ["zorlimab", "quaxepril", "ibrozole"]
    assert {said.details["class"] for said in found} == {"enzyme-inducing drugs"}
    assert {said.details["mechanism"] for said in found} == {"enzyme induction"}
    assert len({said.span for said in found}) == 1


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("Nausea, vomiting and fever", ["nausea", "vomiting", "fever"]),
        (
            "Transient itching or redness",
            ["itching (transient)", "redness (transient)"],
        ),
        ("Appetite increase or loss", ["appetite increase", "appetite loss"]),
        ("**Stomach problems:** cramps, wind", ["cramps", "wind"]),
        ("**Itching:** The skin feels prickly", ["itching"]),
        ("**Hair thinning (alopecia)**", ["alopecia"]),
        ("Stevens-Johnson Syndrome", ["Stevens-Johnson syndrome"]),
        ("Low platelet count", ["thrombocytopenia"]),
        ("Loss of the sense of taste (LST)", ["loss of the sense of taste"]),
        ("Hiccups may occur", ["hiccups"]),
        ("It can cause hiccups and belching", ["hiccups", "belching"]),
        ("Tell someone about any change", []),
        ("More common ones are listed here:", []),
    ],
)
def test_adverse_effects(words: str, values: list[str]) -> None:
    found = under("Side Effects", words)
    assert [said.value for said in found if said.kind == "adverse_effect"] == values
    assert found, "nothing may be dropped"


def test_headings_set_how_often_an_effect_is() -> None:
    found = page(
        "## Side Effects\n### Common Side Effects:\nItching\n"
        "### Rare but Serious:\n- Gout\n"
        "### Adverse Reactions (ADR):\n"
        "Anaphylaxis requires immediate intervention.\n"
    )
    assert [
        (said.value, said.details["frequency_class"])
        for said in found
        if said.kind == "adverse_effect"
    ] == [
        ("itching", "common"),
        ("gout", "rare_serious"),
        ("anaphylaxis", "adr_immediate"),
    ]


@pytest.mark.parametrize(
    ("section", "sentence", "kind", "value", "strength"),
    [
        (
            "Contraindications",
            "Porphyria or gout.",
            "contraindication",
            "porphyria or gout",
            "contraindicated",
        ),
        (
            "Precautions",
            "Contraindicated in porphyria.",
            "contraindication",
            "porphyria",
            "contraindicated",
        ),
        (
            "Precautions",
            "Be careful with its use; caution.",
            "precaution",
            None,
            "caution",
        ),
        ("Precautions", "Screen for porphyria.", "precaution", None, "monitor"),
        ("Precautions", "Monitor potassium.", "monitoring", "potassium", "monitor"),
        (
            "Precautions",
            "Potassium should be monitored.",
            "monitoring",
            "potassium",
            "monitor",
        ),
        ("Precautions", "Avoid alcohol.", "lifestyle", "alcohol", "avoid"),
        (
            "Precautions",
            "Caution when driving.",
            "lifestyle",
            "driving/machinery",
            "caution",
        ),
        (
            "Precautions",
            "Reduce the dose in the elderly.",
            "dose_adjustment",
            None,
            "adjust",
        ),
        (
            "Precautions",
            "No dose adjustment is needed in the elderly.",
            "dose_adjustment",
            "none",
            "inform",
        ),
        ("Precautions", "Taper before stopping.", "discontinuation", "taper", "inform"),
        (
            "Precautions",
            "Women of childbearing age must use effective contraception.",
            "contraception",
            "effective contraception",
            "inform",
        ),
        (
            "Pregnancy and Breastfeeding",
            "**Pregnancy:** Category D.",
            "pregnancy",
            "D",
            None,
        ),
        (
            "Pregnancy and Breastfeeding",
            "**Pregnancy:** High risk of cleft palate.",
            "pregnancy",
            "cleft palate",
            None,
        ),
        (
            "Pregnancy and Breastfeeding",
            "**Pregnancy:** It should not be used unless the benefits "
            "clearly outweigh the harm.",
            "pregnancy",
            "relative contraindication",
            "avoid",
        ),
        (
            "Pregnancy and Breastfeeding",
            "**Pregnancy:** Only if the benefit outweighs the harm.",
            "pregnancy",
            "only if benefit outweighs risk",
            "caution",
        ),
        (
            "Pregnancy and Breastfeeding",
            "**Breastfeeding:** It passes into milk.",
            "breastfeeding",
            "excreted",
            None,
        ),
        (
            "Pregnancy and Breastfeeding",
            "**Breastfeeding:** It is not excreted in milk.",
            "breastfeeding",
            "not excreted",
            None,
        ),
        (
            "Pregnancy and Breastfeeding",
            "**Breastfeeding:** Not contraindicated in lactation.",
            "breastfeeding",
            "not contraindicated",
            "inform",
        ),
        (
            "Pregnancy and Breastfeeding",
            "**Breastfeeding:** Better avoided.",
            "breastfeeding",
            "avoid",
            "avoid",
        ),
    ],
)
def test_advice(
    section: str, sentence: str, kind: str, value: str | None, strength: str | None
) -> None:
    found = [said for said in under(section, sentence) if said.kind == kind]
    assert [(said.value, said.strength) for said in found] == [(value, strength)]
    assert found[0].span.quote in sentence


def test_not_contraindicated_is_no_contraindication() -> None:
    found = under("Precautions", "It is not contraindicated in gout.")
    assert [said.kind for said in found] == ["precaution"]
    assert found[0].strength is None


@pytest.mark.parametrize(
    ("sentence", "value", "certainty"),
    [
        ("It blocks sodium channels.", "sodium channel blockade", None),
        ("It may inhibit GABA uptake.", "GABA uptake inhibition", "may"),
        ("It is thought to increase GABA.", "GABA increase", "thought"),
        ("It affects calcium channels.", "calcium channel", None),
        (
            "It is a selective antagonist of the H9 receptor.",
            "H9 receptor antagonism (selective)",
            None,
        ),
        ("It stimulates zeta synthase.", "zeta synthase stimulation", None),
    ],
)
def test_mechanisms(sentence: str, value: str, certainty: str | None) -> None:
    found = [
        said for said in under("How It Works", sentence) if said.kind == "mechanism"
    ]
    assert [(said.value, said.certainty) for said in found] == [(value, certainty)]


def test_what_a_target_is_is_no_effect_on_it() -> None:
    found = under(
        "How It Works", "It inhibits GABA-T, the enzyme that breaks down GABA."
    )
    assert [said.value for said in found if said.kind == "mechanism"] == [
        "GABA transaminase inhibition"
    ]
    assert [said.subject for said in found if said.kind == "definition"] == ["GABA-T"]


def test_the_fate_in_the_body() -> None:
    found = under(
        "How It Works",
        "**Pharmacokinetics:** It is rapidly absorbed. Its half-life is 9-16 hours. "
        "Protein binding is about 90%. CYP9Z1 and hydrolysis break it down.",
    )
    assert [
        (said.details.get("parameter"), said.value, said.unit)
        for said in found
        if said.kind == "pharmacokinetics"
    ] == [
        ("absorption", "good", None),
        ("half-life", (9, 16), "h"),
        ("protein binding", 90, "%"),
    ]
    pathways = {said.value for said in found if said.kind == "metabolism"}
    assert pathways == {"CYP9Z1", "hydrolysis"}


def test_a_class_told_in_a_sentence() -> None:
    found = under("Usage", "Magnesium examplate is an anticonvulsant used for pain.")
    assert [(said.kind, said.value) for said in found] == [
        ("classification", "anticonvulsant"),
        ("indication", "pain"),
    ]
    found = under("How It Works", "It is a calcium channel blocker.")
    assert [said.value for said in found if said.kind == "classification"] == [
        "calcium channel blocker"
    ]
    assert under("Usage", "Zorlimab is a sedative.")[0].kind == "text"


def test_indications_with_their_label() -> None:
    found = under(
        "Usage",
        "It is used for the treatment of pain, including gout, headache, and "
        "back pain.",
        "It is used off-label to treat hiccups.",
    )
    assert [
        (said.value, said.scope.condition, said.details.get("label_status"))
        for said in found
    ] == [
        ("pain", None, None),
        ("gout", "pain", None),
        ("headache", "pain", None),
        ("back pain", "pain", None),
        ("hiccups", None, "off-label"),
    ]


def test_answers_are_read_by_what_is_asked() -> None:
    found = page(
        "## FAQs\n### Q1: Is it addictive?\n**A:** No.\n"
        "### Q2: What should be monitored?\n**A:** Potassium, weight.\n"
        "### Q3: What are the signs of gout?\n**A:** Pain, redness.\n"
        "### Q4: What is its colour?\n**A:** It is blue.\n"
    )
    assert [(said.kind, said.value) for said in found] == [
        ("dependence", "not addictive"),
        ("monitoring", "potassium"),
        ("monitoring", "weight"),
        ("adverse_effect_sign", "pain"),
        ("adverse_effect_sign", "redness"),
        ("text", None),
    ]
    assert found[1].details["question"] == "What should be monitored?"
    assert found[3].subject == "gout"


B0 = """---
layout: default
title: Magnesium Examplate
---
# Magnesium Examplate

**Generic Name:** Magnesium Examplate

**Usage:**

It is used to treat certain types of pain (back, joint, and muscle pain).

**Side Effects:**

Common ones include:

* **Stomach issues:** cramps, wind
* **Itching**

Serious but less common ones:

* **Liver damage (hepatotoxicity):** Can be deadly

**How it Works:** It is thought to block sodium channels.

**FAQs:**

* **Can I stop it?** No, taper it gradually.

**Disclaimer:** Not for patients.

**Note:** This page is AI-generated.
"""


@pytest.mark.parametrize("kind", ["B0", "B1"])
def test_pages_with_bold_and_with_third_level_headings(kind: str) -> None:
    text = B0
    if kind == "B1":
        for title in ("Usage", "Side Effects", "How it Works", "FAQs", "Generic Name"):
            text = text.replace(f"**{title}:** ", f"### {title}\n\n")
            text = text.replace(f"**{title}:**", f"### {title}")
    made = read(text, name="x.md")
    assert made.kind == kind
    body = [
        said for said in made.statements if said.kind not in ("page_metadata", "text")
    ]
    assert [(said.kind, said.value) for said in body] == [
        ("identity", "Magnesium Examplate"),
        ("indication", "pain"),
        ("indication", "back pain"),
        ("indication", "joint pain"),
        ("indication", "muscle pain"),
        ("adverse_effect", "cramps"),
        ("adverse_effect", "wind"),
        ("adverse_effect", "itching"),
        ("adverse_effect", "hepatotoxicity"),
        ("mechanism", "sodium channel blockade"),
        ("discontinuation", "taper"),
        ("disclaimer", None),
        ("provenance", "ai"),
    ]
    assert [said.details.get("frequency_class") for said in body[5:9]] == [
        "common",
        "common",
        "common",
        "serious_less_common",
    ]


@given(
    st.text(max_size=300), st.sampled_from(["Usage", "Dosage", "Side Effects", "FAQs"])
)
@settings(max_examples=150, deadline=None)
def test_any_text_gives_statements_whose_quotes_stand_there(
    text: str, section: str
) -> None:
    made = read(f"{HEAD}## {section}\n{text}\n## Precautions\nNone.\n", name="x.md")
    for said in made.statements:
        assert made.text[said.span.start : said.span.end] == said.span.quote
        assert said.kind in KINDS
        assert said.to_dict()["span"]["line"] >= 1


def test_words_without_an_end_are_cut() -> None:
    found = under("Usage", "word " * 5000)
    assert len(found) > 10
    assert max(len(said.span.quote) for said in found) <= 1200


def test_thousands_with_a_space_are_one_number() -> None:
    """No amount is written "000", and an unclear one is none."""
    page = read(
        "---\ntitle: Testazol\n---\n## Dosage\n\n### Adults:\n- 10 000 IU weekly\n"
        "- 5000 to 10 000 units daily.\n- 1\u202f000 000 IU daily\n- 250 mg daily.\n"
        "- 2 250 mg daily\n"
    )
    said = [(s.value, s.unit) for s in page.statements if s.kind.startswith("dose_")]
    assert said == [
        (10_000, "IU weekly"),
        ((5000, 10_000), "units/day"),
        (1_000_000, "IU/day"),
        (250, "mg/day"),
    ]
    assert page.statements[-1].kind == "text"
    assert page.statements[-1].span.quote == "2 250 mg daily"


def test_nothing_known_is_no_contraindication() -> None:
    for words in ("None known.", "- No known contraindications.", "Not known."):
        text = f"---\ntitle: Testazol\n---\n## Contraindications\n{words}\n"
        kinds = [said.kind for said in read(text).statements]
        assert kinds == ["page_metadata", "text"], words


@pytest.mark.parametrize(
    "words",
    [
        "None except asthma",
        "None known other than asthma.",
        "No contraindications apart from asthma.",
        "There are no known contraindications with the exception of asthma.",
        "None, except in patients with asthma.",
        "Nil besides asthma, which is rare.",
    ],
)
@pytest.mark.parametrize(
    "place",
    [
        "Contraindications\n- {}",
        "Contraindications\n{}",
        "Drug Profile Summary\n- **Contraindications:** {}",
    ],
)
def test_what_is_excepted_from_nothing_known_forbids(words: str, place: str) -> None:
    found = page("## " + place.format(words))
    assert short(found) == [("contraindication", "asthma", None)]
    assert found[0].scope.condition == "asthma"
    # The quote keeps what the exception is from.
    assert words.rstrip(".") in found[0].span.quote


def test_several_exceptions_are_several_contraindications() -> None:
    found = page("## Contraindications\nNone apart from asthma, gout and porphyria.")
    assert [said.value for said in found] == ["asthma", "gout", "porphyria"]


def test_caution_beside_nothing_known_forbids_nothing() -> None:
    for words in (
        "None, but use with caution in asthma.",
        "No known contraindications; use with caution in asthma, except in children.",
    ):
        found = under("Contraindications", words)
        assert [said.kind for said in found] == ["precaution"], words


KIND_A = "### Q1: {q}\n**A:** {a}\n"
KIND_B1 = "* **Q: {q}** A: {a}\n"


@pytest.mark.parametrize("form", [KIND_A, KIND_B1])
@pytest.mark.parametrize(
    ("question", "answer", "strength", "consequence"),
    [
        ("Can I take it with warfarin?", "Yes, but monitor the INR.", "monitor", None),
        ("Can I take it with warfarin?", "No, avoid it.", "avoid", None),
        ("Is it okay to combine it with warfarin?", "No.", "avoid", None),
        ("May it be used together with warfarin?", "Yes.", None, "allowed together"),
        ("Does it interact with warfarin?", "No.", None, "no known interaction"),
        (
            "Can examplate and warfarin be taken together?",
            "Each lowers the level of the other.",
            None,
            None,
        ),
        (
            "Can I use it while I am on warfarin?",
            "No. Bleeding may follow.",
            "avoid",
            None,
        ),
        (
            "Can I take it if I'm already taking warfarin?",
            "Ask your doctor first.",
            None,
            None,
        ),
    ],
)
def test_a_partner_that_stands_only_in_the_question(
    form: str, question: str, answer: str, strength: str | None, consequence: str | None
) -> None:
    text = (
        HEAD + "## Usage\n- For fits.\n## FAQs\n\n" + form.format(q=question, a=answer)
    )
    found = read(text, name="x.md")
    (said,) = [one for one in found.statements if one.kind == "interaction"]
    assert said.value == "warfarin"
    assert said.strength == strength
    assert said.details.get("consequence") == consequence
    assert said.details["question"] == question
    span = said.span
    assert found.text[span.start : span.end] == span.quote
    assert span.quote.endswith(answer)
    # A bare "No." would mean nothing without what was asked.
    assert (question in span.quote) == (answer in ("No.", "Yes."))


@pytest.mark.parametrize(
    "question",
    [
        "Can I take it with food?",
        "Can I take it with kidney problems?",
        "Can I take it with other medicines?",
        "Can I take it while I am pregnant?",
        "What is it used with?",
    ],
)
def test_a_question_that_names_no_partner(question: str) -> None:
    found = page("## FAQs\n\n" + KIND_A.format(q=question, a="Ask your doctor first."))
    assert not [said for said in found if said.kind == "interaction"]


def test_a_partner_that_the_answer_names_is_not_written_twice() -> None:
    found = page(
        "## FAQs\n\n"
        + KIND_A.format(
            q="Can I take it with warfarin?", a="Yes, but it increases warfarin levels."
        )
    )
    named = [said.value for said in found if said.kind == "interaction"]
    assert named == ["warfarin"]


@pytest.mark.parametrize(
    ("sentence", "agents", "direction"),
    [
        ("Imaginol doubles the half-life of examplate.", ["imaginol"], "increase"),
        ("Imaginol and wonderol can halve its level.", ["imaginol", "wonderol"],
         "decrease"),
        ("Imaginol displaces examplate from albumin.", ["imaginol"], None),
        ("Examplate speeds up the breakdown of imaginol, wonderol and marvelol.",
         ["imaginol", "wonderol", "marvelol"], "increase"),
        ("Examplate makes imaginol less effective.", ["imaginol"], None),
        ("It lowers the concentration of imaginol at first but may raise it later.",
         ["imaginol"], "decrease"),
        ("It raises the level of imaginol, causing harm.", ["imaginol"], "increase"),
        ("Imaginol should not be taken within an hour of it.", ["imaginol"], None),
    ],
)  # fmt: skip
def test_what_drugs_do_to_each_other_in_other_verbs(
    sentence: str, agents: list[str], direction: str | None
) -> None:
    found = [s for s in under("Drug Interactions", sentence) if s.kind == "interaction"]
    assert [said.value for said in found] == agents
    assert {said.details.get("direction") for said in found} == {direction}


def test_a_contraindication_of_two_drugs_is_an_interaction_too() -> None:
    found = under("Contraindications", "Use of an imaginol blocker within 14 days")
    assert [said.kind for said in found] == ["contraindication", "interaction"]
    assert found[1].value == "imaginol blocker"
    assert found[1].strength == "contraindicated"


def test_a_contraindication_with_a_proviso_is_one_for_that_use() -> None:
    found = under("Contraindications", "Pregnancy, when used for migraine")
    (said,) = found
    assert (said.kind, said.strength) == ("contraindication", "contraindicated")
    assert said.scope.indication == "migraine"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("100 mg twice daily at first, at most 1,000 mg/day.",
         [("dose_initial", 100, "mg twice daily"), ("dose_max", 1000, "mg/day")]),
        ("Do not go above 200 mg/day.", [("dose_max", 200, "mg/day")]),
        ("Never more than 3 tablets daily", [("dose_max", 3, "tablets/day")]),
        ("180 mg per day should not be exceeded.", [("dose_max", 180, "mg/day")]),
        ("25 mg once daily for two weeks, then 50 mg once daily.",
         [("dose_initial", 25, "mg once daily"),
          ("dose_maintenance", 50, "mg once daily")]),
        ("5 mg for 5 days", [("dose_maintenance", 5, "mg")]),
    ],
)  # fmt: skip
def test_starts_and_ceilings_in_other_words(
    sentence: str, expected: list[tuple[str, Any, str]]
) -> None:
    assert short(under("Dosage", sentence), "dose_")[: len(expected)] == expected


def test_a_bare_yes_names_nobody() -> None:
    page = read(
        "---\ntitle: Testazol\n---\n## FAQs\n\n### Q1: Can I drink alcohol with it?\n"
        "**A:** Yes.\n\n### Q2: Can I take it with alcohol?\n"
        "**A:** No. It increases sedation.\n"
    )
    named = [said.value for said in page.statements if said.kind == "interaction"]
    assert not {"yes", "no", "no. it", "it"} & set(named)
    quotes = [said.span.quote for said in page.statements]
    assert "Yes." in quotes
