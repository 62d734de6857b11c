"""The reader on generated pages: pairs, findings, lines and spans, page by page.

The generator was written from the census without the reader and shares no code with
it. What the table of recall allows to be missed is what was measured, not a wish.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Literal, NamedTuple

import pytest
from benchmarks.pages import Truth, generate_pages
from hypothesis import given, settings, strategies as st

from isobole.monograph import Monograph, check_page, read
from monograph_pages import codes, uncovered

Kind = Literal["A", "B0", "B1"]
PAGES: dict[Kind, int] = {"A": 400, "B0": 150, "B1": 150}

# What finds each defect. A code listed without its defect would be a false finding.
FINDERS: dict[str, tuple[str, ...]] = {
    "answer_in_question": ("faq-answer-in-question",),
    "unanswered": ("faq-unanswered",),
    "numbering": ("faq-numbering",),
    # A page without any question has none to import.
    "no_entries": ("faq-none-in-front-matter", "section-missing"),
    "description_truncated": ("description-truncated",),
    "description_bulleted": ("description-bulleted",),
    "description_flattened": ("description-bulleted",),
    "description_bold": ("description-emphasis", "description-truncated"),
    "description_unbalanced": ("description-emphasis", "description-truncated"),
    "description_empty": ("description-empty",),
    "alternates_prose": ("alternate-names-prose",),
    "alternates_labelled": ("alternate-names-prose",),
    "brands_nested": ("brand-names-nested",),
    "headings_mixed": ("heading-style-mixed",),
    "heading_colon": ("heading-colon",),
    "heading_text": ("heading-text-inline",),
    "see_above": ("section-see-above",),
    "extra_h1": ("heading-title-repeated",),
    "unknown_heading": ("heading-unknown",),
    "section_missing": ("section-missing",),
    "two_monographs": ("two-monographs",),
    "section_twice": ("section-repeated",),
    "stub": ("page-stub",),
    "not_banned": ("banned-in-body",),
    "self_date": ("self-date",),
    "source_marker": ("citation-dangling",),
    "leak": ("assistant-leak",),
    "html": ("html-in-text",),
    "categories_several": ("pregnancy-categories",),
    "generic_differs": ("generic-name-differs",),
    "not_standard": ("combination-not-recognised",),
    "hypothetical": ("combination-not-recognised",),
    "refusal": ("assistant-leak",),
    "no_question": ("faq-none",),
    "placeholder": ("placeholder",),
    "heading_in_bold": ("heading-in-bold",),
}
# Codes that follow from a defect, beside the one that names it.
CONSEQUENCES: dict[str, tuple[str, ...]] = {
    "unanswered": ("faq-answer-empty", "section-empty"),
    # The questions of the second monograph begin again at 1; its sections repeat.
    # One that both ask is compared with the second answer only.
    "two_monographs": ("faq-numbering", "section-repeated", "faq-differs-from-body"),
    "stub": ("section-missing",),
    "per_ingredient": ("section-missing",),
    "question_unbalanced": ("faq-answer-in-question",),
    "unknown_heading": ("heading-style-mixed",),
    # Doubts about a product and refusals may be worded as one another.
    "refusal": ("combination-not-recognised",),
}
# Sentences that say a product is off the market in words of which the reader knows
# two thirds ("the maker discontinued it in 1990" is not one): the check is a hint.
RECALL = {"not_banned": 0.6}


class Read(NamedTuple):
    name: str
    text: str
    truth: Truth
    page: Monograph


@cache
def corpus(kind: Kind) -> tuple[Read, ...]:
    """Return the pages of a kind as read: rare defects are on two pages at least."""
    return tuple(
        Read(name, text, truth, read(text, name=name))
        for name, text, truth in generate_pages(PAGES[kind], kind, each_at_least=2)
    )


def everything() -> Iterator[Read]:
    for kind in PAGES:
        yield from corpus(kind)


def plain(text: str) -> str:
    return " ".join(text.replace("**", "").split())


def pairs(page: Monograph, place: str) -> list[tuple[str, str]]:
    return [
        (plain(faq.question), plain(faq.answer))
        for faq in page.faqs
        if faq.place == place
    ]


def meant(truth: Truth) -> list[tuple[str, str]]:
    return [(plain(q), plain(a)) for q, a in truth.pairs]


@pytest.mark.parametrize("kind", PAGES)
def test_the_questions_of_the_body_come_back(kind: Kind) -> None:
    wanted = found = 0
    for _, _, truth, page in corpus(kind):
        if "section_missing" in truth.defects and not truth.entries:
            continue
        body = pairs(page, "body")
        wanted += len(truth.pairs)
        found += sum(pair in body for pair in meant(truth))
    assert wanted > 600
    assert found / wanted >= 0.999


def test_repaired_entries_are_the_pairs_that_were_meant() -> None:
    """The issue's bar: at least 99.9 % of the pairs, each in its place."""
    wanted = right = 0
    for _, _, truth, page in corpus("A"):
        if not truth.entries:
            continue
        entries = pairs(page, "front matter")
        wanted += len(truth.pairs)
        assert len(entries) == len(truth.pairs)
        right += sum(a == b for a, b in zip(entries, meant(truth), strict=True))
    assert wanted > 3600
    assert right / wanted >= 0.999


@pytest.mark.parametrize("defect", FINDERS)
def test_planted_defects_are_found(defect: str) -> None:
    planted = [r for r in everything() if defect in r.truth.defects]
    assert planted
    missed = [r.name for r in planted if not {*FINDERS[defect]} & codes(r.page)]
    recall = 1 - len(missed) / len(planted)
    assert recall >= RECALL.get(defect, 1.0), missed


def test_findings_stand_where_the_defect_was_planted() -> None:
    """For defects that are a sentence: a span of the finding lies in its line."""
    sentences = {"not_banned", "self_date", "source_marker", "leak", "html"}
    checked = 0
    for _, text, truth, page in corpus("A"):
        for planted in truth.planted:
            found = [
                f for f in page.findings if f.code in FINDERS.get(planted.defect, ())
            ]
            if planted.defect not in sentences or not found:
                continue
            lines = {
                text.count("\n", 0, match.start()) + 1
                for match in re.finditer(re.escape(planted.text), text)
            }
            assert lines & {s.line for f in found for s in f.spans}, planted
            checked += 1
    assert checked > 40


@pytest.mark.parametrize("kind", PAGES)
def test_nothing_is_found_that_was_not_planted(kind: Kind) -> None:
    false: list[tuple[str, str]] = []
    total = 0
    for name, _, truth, page in corpus(kind):
        explained = {
            code
            for defect in truth.defects
            for code in (*FINDERS.get(defect, ()), *CONSEQUENCES.get(defect, ()))
        }
        total += len(page.findings)
        false += [(name, f.code) for f in page.findings if f.code not in explained]
    assert total > 3
    assert not false


@pytest.mark.parametrize("kind", PAGES)
def test_every_line_belongs_to_something(kind: Kind) -> None:
    for name, _, _, page in corpus(kind):
        assert not uncovered(page), name
        # A page of B1 with bold headings is one of B0 to any reader.
        assert page.kind == kind or "### " not in page.text, name


@pytest.mark.parametrize("kind", PAGES)
def test_every_quote_stands_at_its_offsets(kind: Kind) -> None:
    count = 0
    for _, _, _, page in corpus(kind):
        assert page.statements
        spans = [s.span for s in page.statements]
        spans += [span for f in page.findings for span in f.spans]
        spans += [faq.span for faq in page.faqs]
        count += len(spans)
        for span in spans:
            assert page.text[span.start : span.end] == span.quote
            assert page.text.count("\n", 0, span.start) + 1 == span.line
    assert count > 5000


@pytest.mark.parametrize("kind", PAGES)
def test_held_out_markers_lose_no_answer(kind: Kind) -> None:
    """Forms the reader was never shown: recall is printed, and has a floor.

    Measured with the reader as it was before it had seen them: 0.89 (A), 0.84 (B0) and
    0.81 (B1) of pairs exact; the others keep the question's label ("(Q1) …"). Every
    answer was apart from its question. Nothing was tuned to them.
    """
    wanted = exact = apart = 0
    for name, text, truth in generate_pages(120, kind, markers="held-out"):
        page = read(text, name=name)
        if "section_missing" in truth.defects:
            continue
        place = "front matter" if truth.entries else "body"
        got = pairs(page, place)
        wanted += len(truth.pairs)
        exact += sum(pair in got for pair in meant(truth))
        answers = {answer for _, answer in got}
        apart += sum(answer in answers for _, answer in meant(truth))
    print(f"{kind}: {wanted} pairs, exact {exact / wanted:.3f}, {apart / wanted:.3f}")
    assert exact / wanted >= 0.7
    assert apart / wanted >= 0.95


def changed(text: str, seed: int) -> str:
    """Return a page with lines lost, doubled, moved, cut or filled with rubbish."""
    rng = Random(seed)
    lines = text.splitlines(keepends=True)
    for _ in range(rng.randint(1, 12)):
        if not lines:
            break
        at = rng.randrange(len(lines))
        way = rng.randrange(6)
        if way == 0:
            del lines[at]
        elif way == 1:
            lines.insert(at, lines[at])
        elif way == 2:
            lines[at] = "".join(chr(rng.randrange(1, 0x2FF)) for _ in range(30)) + "\n"
        elif way == 3:
            other = rng.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        elif way == 4:
            lines[at] = lines[at][: rng.randrange(len(lines[at]) + 1)]
        else:
            lines[at] = lines[at].replace(" ", rng.choice(["", "\t", "**", "\u00a0"]))
    return "".join(lines)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(PAGES)), st.integers(0, 149), st.integers(0, 10**9))
def test_damaged_pages_are_read_all_the_same(kind: Kind, at: int, seed: int) -> None:
    page = read(changed(corpus(kind)[at].text, seed), name="damaged.md")
    check_page(page)
    assert not uncovered(page)
    for statement in page.statements:
        span = statement.span
        assert page.text[span.start : span.end] == span.quote


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 149), st.lists(st.tuples(st.integers(0, 2000), st.binary())))
def test_damaged_bytes_are_read_all_the_same(
    at: int, pieces: list[tuple[int, bytes]]
) -> None:
    data = bytearray(corpus("A")[at].text.encode())
    for place, piece in pieces:
        data[place : place + len(piece)] = piece
    page = read(bytes(data), name="damaged.md")
    check_page(page)
    assert page.sha256
