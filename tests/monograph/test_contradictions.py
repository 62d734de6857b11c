"""Statements made by hand: what is compared, and what only looks like a conflict."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from isobole.monograph import (
    Finding,
    Monograph,
    Scope,
    Span,
    Statement,
    check_page,
    check_pages,
    read,
)
from isobole.monograph._contradictions_percent import possible_sizes
from isobole.monograph._contradictions_scope import conditions, covers, facets
from isobole.substances import substance


def said(
    kind: str,
    quote: str,
    value: Any = None,
    unit: str | None = None,
    *,
    section: tuple[str, ...] = ("Dosage",),
    strength: Any = None,
    certainty: str | None = None,
    subject: str = "examplamide",
    line: int = 0,
    scope: Scope | None = None,
    policy: Any = "ai-generated",
    **details: Any,
) -> Statement:
    made = next(_LINES)
    line = line or made
    return Statement(
        f"x-{kind}-{made}",
        kind,
        subject,
        value,
        unit,
        scope or Scope(),
        section,
        Span("x.md", line, line, made * 100, made * 100 + len(quote), quote, "0" * 64),
        strength,
        certainty,
        policy,
        details,
    )


_LINES = iter(range(1, 100_000))


def page(*statements: Statement, title: str = "Examplamide", **other: Any) -> Monograph:
    made = read(f"---\ntitle: {title}\n---\n## Usage\n- For something.\n", name="x.md")
    return replace(made, statements=statements, **other)


def codes(*statements: Statement, title: str = "Examplamide") -> set[str]:
    return {finding.code for finding in check_page(page(*statements, title=title))}


LIVER = Scope(population="hepatic impairment")
FORBIDDEN = said(
    "contraindication", "Liver disease.", "liver disease", strength="contraindicated"
)


def test_a_contraindication_that_is_also_a_dose_adjustment():
    soft = said(
        "dose_adjustment", "Dose adjustment is needed.", strength="adjust", scope=LIVER
    )
    (found,) = [
        f for f in check_page(page(FORBIDDEN, soft)) if f.code == "strength-conflict"
    ]
    assert set(found.statements) == {FORBIDDEN.id, soft.id}
    assert found.severity == "error"
    assert found.remedy


@pytest.mark.parametrize(
    ("quote", "scope"),
    [
        ("Use with caution.", Scope(population="renal impairment")),
        ("Should it be used with caution?", LIVER),
        ("Use with caution.", replace(LIVER, route="oral", formulation="cream")),
        ("Avoid; use with caution only in hospital.", LIVER),
    ],
)
def test_what_is_no_conflict_with_a_contraindication(quote: str, scope: Scope):
    strict = replace(FORBIDDEN, scope=replace(FORBIDDEN.scope, formulation="injection"))
    soft = said("precaution", quote, strength="caution", scope=scope)
    assert "strength-conflict" not in codes(strict, soft)


def test_not_contraindicated_is_no_contraindication():
    mild = replace(
        FORBIDDEN,
        span=replace(FORBIDDEN.span, quote="Not contraindicated in liver disease."),
    )
    soft = said("precaution", "Use with caution.", strength="caution", scope=LIVER)
    assert "strength-conflict" not in codes(mild, soft)


def test_jurisdictions_that_differ_are_not_compared():
    strict = said(
        "contraindication", "Pregnancy.", "pregnancy", strength="contraindicated",
        scope=Scope(population="pregnant", jurisdiction="UK"),
    )  # fmt: skip
    soft = said(
        "pregnancy", "Only if benefits outweigh risks.", "relative contraindication",
        strength="avoid", scope=Scope(population="pregnant", jurisdiction="US"),
    )  # fmt: skip
    assert "pregnancy-absolute-or-relative" not in codes(strict, soft)
    unplaced = replace(soft, scope=Scope(population="pregnant"))
    assert "pregnancy-absolute-or-relative" in codes(strict, unplaced)


def test_the_message_says_that_no_country_is_named():
    strict = said("contraindication", "Pregnancy.", "pregnancy")
    soft = said("pregnancy", "Only if benefits outweigh risks.")
    (found,) = [f for f in check_page(page(strict, soft)) if "pregnancy" in f.code]
    assert "no country is named" in found.message


def test_a_hand_made_reversal_per_mole():
    first, second = substance("magnesium valproate"), substance("sodium valproate")
    factor = (first.molar_mass / first.moles_of_moiety) / second.molar_mass

    def ed50(name: str, value: float) -> Statement:
        return said(
            "ed50",
            f"ED50: {value} mg/kg",
            value,
            "mg/kg",
            subject=name,
            model="kindled",
        )

    for ratio, reversed_ in ((1.02, True), (1 / factor * 1.01, False)):
        pair = (
            ed50("magnesium valproate", 100.0),
            ed50("sodium valproate", 100 * ratio),
        )
        # Per mole the magnesium salt weighs less per valproate: it takes a smaller
        # mass for the same number of moles.
        mole_order = 100.0 / (first.molar_mass / first.moles_of_moiety) > (
            100 * ratio / second.molar_mass
        )
        assert mole_order == reversed_
        found = "per-mole-reversal" in codes(*pair, title="Magnesium valproate")
        assert found == reversed_


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300), st.data(), st.integers(0, 2))
def test_percentages_that_were_counted_always_have_their_denominator(n, data, digits):
    counts = data.draw(st.lists(st.integers(0, n), min_size=1, max_size=4))
    shown = [f"{100 * k / n:.{digits}f}" for k in counts]
    assert n in possible_sizes(shown, 300)
    assert set(possible_sizes(shown, 300)) <= set(possible_sizes(shown, 300, "twice"))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 1000), min_size=1, max_size=3))
def test_denominators_agree_with_counting_them_out(tenths):
    shown = [f"{t / 10:.1f}" for t in tenths]
    # Counted out in whole thousandths: |100 k / n - p| <= 0.05.
    by_counting = [
        n
        for n in range(1, 81)
        if all(
            any(2000 * k >= (2 * t - 1) * n and 2000 * k <= (2 * t + 1) * n
                for k in range(n + 1))
            for t in tenths
        )
    ]  # fmt: skip
    assert possible_sizes(shown, 80) == by_counting


def test_rounding_twice_rescues_a_percentage():
    # 47 of 67 is 70.149 %: 70.15 with two digits, and from there 70.2 with one.
    assert 67 not in possible_sizes(["70.2"], 70)
    assert 67 in possible_sizes(["70.2"], 70, "twice")


def test_facets_that_follow_especially_restrict_nothing():
    assert facets("Gout (especially if severe)") == {}
    assert facets("Pregnancy in the first trimester")
    assert covers({}, facets("severe disease"))
    assert not covers(facets("severe disease"), {})


def test_conditions_without_a_concept_are_known_by_their_words():
    (one,) = conditions("Patients with severe hyperkalaemias")
    (other,) = conditions("hyperkalemia")
    assert one.keys == other.keys
    assert one.facets
    assert not other.facets


def test_a_page_without_statements_gives_nothing():
    assert check_page(page()) == ()
    assert check_pages([]) == ()


def test_the_order_of_the_pages_does_not_matter():
    pages = [
        read(
            f"---\ntitle: Examplamide\n---\n## Usage\n- For gout.\n## Pregnancy and "
            f"Breastfeeding\n- **Pregnancy Safety Category:** {letter}.\n",
            name=f"{letter}.md",
        )
        for letter in "BDX"
    ]

    def told(findings: tuple[Finding, ...]) -> set[tuple[str, frozenset[str]]]:
        return {(f.code, frozenset(f.statements)) for f in findings}

    assert told(check_pages(pages)) == told(check_pages(pages[::-1]))
    assert told(check_pages(pages))


def test_research_pages_give_no_patient_finding():
    soft = said("precaution", "Use with caution.", strength="caution", scope=LIVER)
    lab = page(FORBIDDEN, soft, policy="research-only")
    assert not {f.code for f in check_page(lab)} & {
        "strength-conflict", "not-stated", "interactions-missing",
    }  # fmt: skip


def test_many_pages_of_one_title_are_compared_in_linear_time():
    one = read(
        "---\ntitle: Examplamide\n---\n## Usage\n- For gout.\n"
        "## Contraindications\n- Pregnancy.\n",
        name="one.md",
    )
    pages = [replace(one, file=f"{number}.md") for number in range(1500)]
    assert isinstance(check_pages(pages), tuple)


def test_every_finding_has_a_sentence_a_remedy_and_a_place():
    soft = said("dose_adjustment", "Reduce the dose.", strength="adjust", scope=LIVER)
    for finding in check_page(page(FORBIDDEN, soft)):
        assert finding.message
        assert not finding.message.endswith(".")
        assert finding.remedy.endswith((".", "'"))
        assert finding.file == "x.md"
        assert " nan" not in finding.message
        finding.to_dict()
        str(finding.problem())
