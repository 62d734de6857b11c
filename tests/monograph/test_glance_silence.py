"""What a page shows first: silence only where the page is silent."""

from __future__ import annotations

import pytest

from isobole.monograph import page_html, read, show
from isobole.monograph._glance import GlanceCell, glance

_HEAD = "---\ntitle: Examplamide\n---\n"


def _cell(body: str, topic: str) -> GlanceCell:
    (cell,) = [one for one in glance(read(_HEAD + body)) if one.topic == topic]
    return cell


@pytest.mark.parametrize(
    ("body", "topic"),
    [
        ("## Dosage\n- **Patients with Renal Impairment:** Halve it if need be.\n",
         "Kidney"),
        ("## Dosage\n- **Patients with Hepatic Dysfunction:** Lower by 50%.\n",
         "Liver"),
        ("## Drug Interactions\n- Alcohol need not be avoided.\n", "Alcohol"),
        ("## Warnings\n- There is no evidence that it is harmless in pregnancy.\n",
         "Pregnancy"),
    ],
)  # fmt: skip
def test_what_no_rule_understood_is_mentioned_all_the_same(
    body: str, topic: str
) -> None:
    (said,) = _cell(body, topic).said
    assert said.label == "Mentioned"
    assert said.statements[0].span.line == 5


def test_a_question_of_the_front_matter_is_no_silence() -> None:
    page = read(
        "---\ntitle: Examplamide\nfaqs:\n  - q: May it be stopped abruptly?\n"
        "    a: No, over weeks.\n---\n## Usage\n- For seizures.\n"
    )
    (cell,) = [one for one in glance(page) if one.topic == "Stopping"]
    assert [one.label for one in cell.said] == ["Mentioned"]


def test_a_silent_page_stays_silent() -> None:
    page = read(_HEAD + "## Usage\n- For seizures.\n")
    assert not any(cell.said for cell in glance(page))


def test_no_adjustment_is_not_an_adjustment() -> None:
    body = "## Dosage\n- **Elderly Patients:** No dose adjustment is needed.\n"
    (said,) = _cell(body, "Elderly").said
    assert said.label == "“No adjustment”"


@pytest.mark.parametrize("words", ["is not recommended", "cannot be recommended"])
def test_not_recommended_is_more_than_caution(words: str) -> None:
    body = f"## Warnings\n- Examplamide {words} during pregnancy.\n"
    (said,) = _cell(body, "Pregnancy").said
    assert said.level == "avoid"


def test_what_is_of_another_substance_is_marked_and_not_taken_for_the_page() -> None:
    page = read(
        "---\ntitle: Phenobarbital\n---\n## Usage\n- For seizures.\n"
        "---\ntitle: Primidone\n---\n## Contraindications\n- Liver disease\n"
    )
    assert not [cell for cell in glance(page) if cell.said]
    assert "of primidone" in str(show(page))
    html = page_html(page, "phenobarbital")
    first, _, rest = html.partition("At a glance")
    assert "a page about primidone" in first
    assert "line 10" in first
    glanced, _, tables = rest.partition("<table")
    assert "Contraindicated" not in glanced
    assert "<b>of primidone</b>" in tables
    assert '"contraindication"' not in html
