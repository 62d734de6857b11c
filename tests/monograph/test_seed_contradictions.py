"""Every recorded contradiction of the seed pages is found, or said to be beyond us."""

from __future__ import annotations

import json
import os
from functools import cache

import pytest

from isobole.monograph import Finding, Monograph, check_page, check_pages, read
from monograph_pages import SEEDS, seed

# For each entry of the list: a page ("*" for between pages), the code of the finding,
# and a line that it must show; None where the finding is about what is absent.
FOUND: dict[str, list[tuple[str, str, int | None]]] = {
    "C01": [("000", "strength-conflict", 130), ("000", "strength-conflict", 102)],
    "C02": [("*", "pregnancy-absolute-or-relative", 57)],
    "C03": [("000", "scope-qualifier-differs", 134)],
    "C04": [
        ("000", "breastfeeding-conflict", 147),
        ("000", "breastfeeding-conflict", 156),
    ],
    "C05": [("000", "modality-differs", 101), ("000", "modality-differs", 109)],
    "C06": [("000", "certainty-differs", 71), ("000", "certainty-differs", 82)],
    "C07": [
        ("000", "monitoring-lists-differ", 191),
        ("000", "monitoring-lists-differ", 165),
    ],
    "C08": [
        ("000", "serious-effects-differ", 179),
        ("000", "serious-effects-differ", 125),
    ],
    "C09": [
        ("000", "dose-without-indication", 157),
        ("000", "dose-without-indication", 176),
    ],
    "C10": [("000", "adjust-without-difference", 169)],
    "C11": [("000", "child-dose-without-age", 96)],
    "C12": [
        ("000", "alternate-name-other-substance", 74),
        ("000", "brand-name-other-substance", 76),
        ("000", "product-of-another-salt", 106),
        ("000", "product-of-another-salt", 203),
    ],
    "C13": [("000", "dose-basis-unstated", 91), ("002", "dose-basis-unstated", 43)],
    "C14": [
        ("000", "interaction-without-direction", 142),
        ("000", "interaction-lists-differ", 155),
        ("000", "interaction-lists-differ", 185),
    ],
    "C15": [
        ("000", "interactions-missing", None),
        ("001", "interactions-missing", None),
    ],
    "C16": [("000", "interaction-one-way", 138)],
    "C17": [("000", "contraindication-lists-differ", 154)],
    "C18": [("*", "label-status-differs", 13), ("*", "label-status-differs", 69)],
    "C19": [("*", "indications-differ", 69), ("*", "indications-differ", 13)],
    "C20": [("*", "effect-direction-differs", 20)],
    "C21": [("*", "modality-differs", 33), ("*", "modality-differs", 146)],
    "C22": [("*", "interaction-effects-differ", 49)],
    "C23": [("001", "term-imprecise", 34)],
    "C24": [("*", "broader-term", 35), ("*", "broader-term", 121)],
    "C25": [("001", "not-stated", None)],
    "C26": [("001", "population-risk-as-side-effect", 33)],
    "C27": [("000", "faq-answer-in-question", None)],
    "C28": [("000", "description-truncated", None)],
    "C29": [
        ("000", "no-references", None),
        ("001", "no-references", None),
        ("000", "modified-by-machine", 9),
        ("001", "self-declared-generated", 63),
    ],
    "C30": [("002", "claim-against-table", 35), ("002", "claim-against-table", 45)],
    "C31": [("002", "same-comparison-differs", 51)],
    "C32": [("002", "per-mole-reversal", 43), ("002", "ed50-without-interval", 43)],
    "C33": [("002", "synergy-from-one-pair", 42)],
    "C34": [
        ("002", "citation-topic-differs", 150),
        ("002", "reference-bare-domain", 154),
    ],
    "C35": [("002", "study-reports-otherwise", 25)],
    "C36": [("002", "table-row-split", None)],
    "C37": [("002", "table-row-shifted", None)],
    "C38": [("002", "percentages-no-denominator", 55)],
    "C39": [("002", "percent-without-n", 52), ("002", "study-reports-otherwise", 52)],
    "C40": [("002", "comparative-percent-basis", 51)],
    "C41": [("002", "scale-of-another-model", 108)],
    "C42": [
        ("002", "figure-missing", 134),
        ("002", "heading-misspelled", 62),
        ("002", "advertising-in-page", 144),
        ("002", "sections-partly-numbered", None),
    ],
    "C43": [("002", "research-use-only", 161)],
    "C44": [("*", "mechanisms-differ", None)],
    "C45": [("000", "doses-of-another-regimen", 91)],
}
BEYOND = {
    "C46": "needs the other pages of the site, which are not among the seeds; on pages "
    "of our own interaction-not-reciprocated finds it (below)",
}


@cache
def _page(number: str) -> Monograph:
    return read(seed(number))


@cache
def _findings(where: str) -> tuple[Finding, ...]:
    if where == "*":
        return check_pages([_page(number) for number in ("000", "001", "002")])
    page = _page(where)
    return (*page.findings, *check_page(page))


@pytest.mark.parametrize("name", FOUND)
def test_a_recorded_contradiction_is_found_where_it_stands(name: str):
    for where, code, line in FOUND[name]:
        found = [f for f in _findings(where) if f.code == code]
        assert found, f"{name}: no {code} in {where}"
        if line is not None:
            lines = {span.line for finding in found for span in finding.spans}
            assert line in lines, f"{name}: {code} shows {sorted(lines)}, not {line}"


def test_every_entry_of_the_list_is_found_or_listed_with_a_reason():
    place = SEEDS.parent / "reference" / "seed_facts.json"
    if not place.is_file():
        if os.environ.get("CI"):
            pytest.fail("the list of contradictions is not beside this checkout")
        pytest.skip("the list of contradictions is not beside this checkout")
    listed = {
        row["id"] for row in json.loads(place.read_text("utf-8"))["contradictions"]
    }
    assert listed == set(FOUND) | set(BEYOND)
    assert not set(FOUND) & set(BEYOND)


def test_the_reversal_per_mole_gives_both_amounts():
    (found,) = [f for f in _findings("002") if f.code == "per-mole-reversal"]
    assert "608.8" in found.message
    assert "586.1" in found.message


def test_no_finding_of_the_research_page_is_compared_with_patients():
    for finding in _findings("*"):
        files = {span.file[:3] for span in finding.spans}
        assert "002" not in files or finding.code == "mechanisms-differ", finding


def test_what_no_page_of_the_seeds_can_show_is_found_in_a_collection():
    namers = [
        read(
            f"---\ntitle: {name}\n---\n## Usage\n- For something.\n"
            "## Drug Interactions\n- Valproic acid increases the risk of sedation.\n",
            name=f"{name}.md",
        )
        for name in ("Meropenem", "Topiramate", "Primidone", "Carbamazepine")
    ]
    found = [
        f
        for f in check_pages([_page("000"), *namers])
        if f.code == "interaction-not-reciprocated" and f.file.startswith("000")
    ]
    assert len(found) == 1
    for missing in ("Meropenem", "Topiramate"):
        assert missing in found[0].message
    # Carbamazepine is named, and primidone belongs to a class that is.
    assert "Carbamazepine" not in found[0].message
    assert "Primidone" not in found[0].message
