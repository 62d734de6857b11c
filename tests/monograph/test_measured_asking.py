"""What ask finds on pages of other drugs, and what denials are read as: measured.

The figures stand in docs/asking.md; the held-out pages and sentences were labelled
before anything was mended and were not used to mend it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from asked_pages import ASKED, labels, measure
from isobole.monograph import read
from negated_sentences import Sentence, sentences

DOCS = " ".join(
    (Path(__file__).parents[2] / "docs" / "asking.md").read_text("utf-8").split()
)


def test_what_is_found_on_held_out_pages_is_what_the_documentation_says() -> None:
    figures = measure("held_out")
    found, missed, false, turned = (
        figures.counts[name] for name in ("found", "missed", "false", "reversed")
    )
    told = (
        f"{found} of {found + missed} labelled sentences and figures were found, "
        f"{false} of {found + false} shown were not labelled, and {turned} that denies"
    )
    assert told in DOCS
    assert found + missed >= 50


def test_what_is_found_on_the_pages_used_for_mending() -> None:
    """A floor, as measured; that of the held-out pages is the one to believe."""
    figures = measure("tuning")
    assert figures.recall >= 0.9
    assert figures.precision >= 0.99
    assert not figures.counts["reversed"]


def test_the_held_out_pages_are_of_other_drugs() -> None:
    pages = {
        which: {one.page for one in labels(which)} for which in ("tuning", "held_out")
    }
    assert not pages["tuning"] & pages["held_out"]
    for which, names in pages.items():
        kinds = {read(ASKED / which / name).kind for name in names}
        assert kinds == {"A", "B0", "B1"}


@pytest.mark.parametrize("one", sentences("tuning"), ids=lambda one: one.text)
def test_denials_used_for_mending(one: Sentence) -> None:
    assert one.right(), one.statements()


def test_held_out_denials_are_what_the_documentation_says() -> None:
    own = sentences("held-out")
    denies = [one.right() for one in own if not one.stated]
    asserts = [one.right() for one in own if one.stated]
    told = (
        f"Of {len(denies)} held-out sentences that deny, {sum(denies)} are read as "
        f"denials; of {len(asserts)} whose negation denies nothing, {sum(asserts)}"
    )
    assert told in DOCS
    assert not {one.text for one in own} & {one.text for one in sentences("tuning")}


@pytest.mark.parametrize("which", ["tuning", "held-out"])
def test_no_sentence_is_lost(which: str) -> None:
    """What is denied is still shown as text, with its words and place."""
    for one in sentences(which):
        text = f"---\ntitle: Examplate\n---\n## {one.section}\n- {one.text}\n"
        quotes = " ".join(said.span.quote for said in read(text).statements)
        assert one.text.rstrip(".") in quotes
