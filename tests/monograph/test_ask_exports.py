"""Cards in the shape of CDS Hooks, FHIR R5, frames."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import pytest

from isobole.monograph import Case, CaseFindings, ask, read, record
from isobole.results import RESEARCH_ONLY, OptionError
from monograph_ask_cases import GOLDEN


@pytest.fixture(scope="module")
def found() -> CaseFindings:
    return ask(record(), GOLDEN)


def test_one_card_for_each_finding(found: CaseFindings) -> None:
    cards = found.cards()["cards"]
    both = (*found.findings, *found.cannot_tell)
    assert len(cards) == len(both) + 2
    assert len({card["uuid"] for card in cards}) == len(cards)
    for card in cards[len(both) :]:
        assert 0 < len(card["summary"]) < 140
        assert card["indicator"] == "info"
        assert card["source"]["label"]
        assert RESEARCH_ONLY in card["detail"]
        assert "suggestions" not in card
    for card, one in zip(cards, both, strict=False):
        assert 0 < len(card["summary"]) < 140
        assert card["indicator"] in ("info", "warning", "critical")
        assert card["source"]["label"]
        assert RESEARCH_ONLY in card["detail"]
        assert "suggestions" not in card
        assert (card["indicator"] == "critical") == (
            one.strength == "contraindicated" and one.verdict == "applies"
        )
        if one.conflict and one.verdict == "applies":
            assert "conflict" in card["summary"]
        if one.needs:
            assert card["summary"].startswith("Cannot tell")


def test_doses_stand_in_a_card_below_every_finding(found: CaseFindings) -> None:
    card = found.cards()["cards"][-2]
    assert card["summary"].startswith("Doses as the sources print them, below a")
    assert not any(letter.isdigit() for letter in card["summary"])
    detail = card["detail"].replace("\\", "")
    assert "Below the contraindications" in detail
    assert found.doses
    for line in found.doses:
        assert f"- {line.sentence()}" in detail
        assert (line.indication or "indication not stated") in line.sentence()
        assert line.basis in line.sentence()
    assert "salt basis not stated" in detail
    assert "620–930 mg/day" in detail


def test_without_a_weight_no_card_has_computed_mg() -> None:
    for card in ask(record(), replace(GOLDEN, weight_kg=None)).cards()["cards"]:
        assert "for the weight given" not in card["detail"]


def test_what_is_not_stated_is_a_card_too(found: CaseFindings) -> None:
    card = found.cards()["cards"][-1]
    assert "no all-clear" in card["summary"]
    detail = card["detail"].replace("\\", "")
    assert found.gaps
    for gap in found.gaps:
        assert f"- {gap.what}: **{gap.said}**" in detail


def test_pages_without_doses_have_no_card_of_doses() -> None:
    page = read("---\ntitle: Phenytoin\n---\n## Contraindications\n- Liver disease.\n")
    found = ask((page,), Case(conditions=("liver disease",)))
    assert not found.doses
    assert not any("Doses" in card["summary"] for card in found.cards()["cards"])


def test_long_summaries_end_below_140(found: CaseFindings) -> None:
    long = replace(found.findings[0], title="long words " * 40)
    card = replace(found, findings=(long,)).cards()["cards"][0]
    assert len(card["summary"]) == 139
    assert card["summary"].endswith("…")


def test_bundle_is_read_back(found: CaseFindings) -> None:
    from fhir.resources.bundle import Bundle

    made = found.to_fhir()
    bundle = Bundle.model_validate(made)
    assert bundle.type == "collection"
    resources: list[Any] = [entry["resource"] for entry in made["entry"]]
    assert len(resources) == len(found.findings) + len(found.cannot_tell)
    types = {resource["type"] for resource in resources}
    assert types == {"contraindication", "interaction", "warning"}
    liver = next(r for r in resources if "Liver disease" in str(r.get("text")))
    told = [x for x in liver["extension"] if x["url"] == "urn:isobole:statement"]
    sides = [x["extension"][0]["valueString"] for x in told]
    assert sides.count("for") == 2
    assert sides.count("against") == 3
    pair = next(r for r in resources if r["type"] == "interaction")
    names = {
        x["itemCodeableConcept"]["text"] for x in pair["interaction"]["interactant"]
    }
    assert names == {"carbamazepine", "magnesium valproate"}
    for resource in resources:
        assert RESEARCH_ONLY in resource["text"]["div"]


def test_without_the_extra_it_says_what_to_install(
    found: CaseFindings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fhir.resources.bundle", None)
    with pytest.raises(OptionError, match="pip install"):
        found.to_fhir()


def test_frame_has_a_row_for_each_statement(found: CaseFindings) -> None:
    frame = found.to_frame()
    both = (*found.findings, *found.cannot_tell)
    assert len(frame) == sum(len(one.statements) for one in both)
    assert set(frame["side"]) == {"for", "against", "see also", "depends"}


def test_one_line(found: CaseFindings) -> None:
    assert "\n" not in repr(found)
    assert "conflict" in repr(found.findings[0])
    assert RESEARCH_ONLY in found._repr_html_()


def test_words_of_assurance_are_not_repeated() -> None:
    row = record(sources=("000",))[0]
    told = replace(row, span=replace(row.span, quote="It is safe to drive."))
    told = replace(told, kind="discontinuation")
    found = ask([told, *record(sources=("001",))], GOLDEN)
    one = found.finding("stopping")
    assert one is not None
    assert told in one.supports
    assert "safe" not in str(found)
    assert "for the page's own words see" in str(found)


def test_a_hostile_page_neither_commands_nor_assures() -> None:
    rows = [
        replace(row, span=replace(row.span, quote=quote), value=value)
        for row in record(sources=("000",))
        if row.kind == "monitoring" and row.value == "ammonia levels"
        for quote, value in (
            ("<script>alert(1)</script> \x1b[2J[x](javascript:y)", "\x1b]0;t\x07lab"),
            ("Quite safe.", "safe tests"),
        )
    ]
    found = ask(rows, GOLDEN)
    one = found.finding("monitoring")
    assert one is not None
    text = str(found)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "safe" not in text
    detail = next(
        card["detail"]
        for card in found.cards()["cards"]
        if "Monitoring" in card["summary"]
    )
    assert r"\<script\>" in detail
    assert r"\[x\]" in detail
    assert "<script>" not in found._repr_html_()
    assert "<script>" not in str(found.to_fhir()["entry"][0]["resource"]["text"])


def test_a_sentence_is_shown_once() -> None:
    page = read(
        "---\ntitle: Valproic acid\n---\n## Pregnancy and Breastfeeding\n"
        "- **Pregnancy Safety Category:** X. It is contraindicated in pregnancy for "
        "the harm it may do to the child.\n"
    )
    found = ask((page,), Case(sex="female", pregnancy="pregnant"))
    pregnant = found.finding("pregnant")
    assert pregnant is not None
    spans = [said.span.start for said in pregnant.supports]
    assert len(spans) > len(set(spans))
    card = next(c for c in found.cards()["cards"] if "Pregnancy" in c["summary"])
    lines = [row for row in card["detail"].split("\n") if row.startswith("- ")]
    assert len(lines) == len(set(lines)) == len(set(spans))
    for entry in found.to_fhir()["entry"]:
        told = [str(row) for row in entry["resource"]["extension"]]
        assert len(told) == len(set(told))
        assert "**" not in str(told)
