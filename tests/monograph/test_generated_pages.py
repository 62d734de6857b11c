"""The generated pages have the defects of the census, as often as it counted them."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Literal

import pytest
import yaml
from benchmarks.pages import HELD_OUT, Truth, generate_pages

Page = tuple[str, str, Truth]


@cache
def census_pages() -> list[Page]:
    return list(generate_pages(4259, "A"))


@cache
def counted(kind: Literal["A", "B0", "B1"], n: int) -> Counter[str]:
    """Return how many pages have each defect."""
    return Counter(
        defect for *_, truth in generate_pages(n, kind) for defect in truth.defects
    )


# Pages with the defect among 4,259; what a stub or a lost section takes away is small.
CENSUS_A = {
    "description_truncated": 3134,
    "description_bulleted": 1393,
    "description_flattened": 658,
    "description_bold": 916,
    "description_unbalanced": 226,
    "description_empty": 2,
    "brands_nested": 1205,
    "headings_mixed": 206,
    "see_above": 249,
    "extra_h1": 26,
    "unknown_heading": 32,
    "no_entries": 31,
    "numbering": 4,
    "not_banned": 53,
    "self_date": 136,
    "source_marker": 12,
    "leak": 3,
    "html": 107,
    "table": 2,
    "url": 1,
    "stub": 1,
    "categories_several": 37,
    "answer_in_question": 4227,
}


@pytest.mark.parametrize(("defect", "pages"), CENSUS_A.items())
def test_pages_with_a_defect_are_as_many_as_in_the_census(
    defect: str, pages: int
) -> None:
    assert abs(counted("A", 4259)[defect] - pages) <= 1


def test_counts_of_entries_and_headings_are_near_the_census() -> None:
    """Counts that follow from others: within 2 %, small ones within a tenth."""
    entries = sum(truth.entries for *_, truth in census_pages())
    swallowed = sum(
        p.defect == "answer_in_question"
        for *_, truth in census_pages()
        for p in truth.planted
    )
    assert entries == pytest.approx(40423, rel=0.002)
    assert entries - swallowed == 27
    lines = Counter(
        line[:6] if line.startswith("## **") else line[:3]
        for _, text, _ in census_pages()
        for line in text.splitlines()
        if line.startswith("## ")
    )
    bold = sum(n for start, n in lines.items() if start.startswith("## **"))
    assert bold == pytest.approx(49451 + 410, rel=0.01)
    assert lines["## "] == pytest.approx(1277, rel=0.05)
    questions = Counter(
        "bold" if line.startswith("### **Q") and ":" in line[:11] else "plain"
        for _, text, _ in census_pages()
        for line in text.splitlines()
        if line.startswith(("### **Q", "### Q")) and line[5:12].count(":")
    )
    assert questions["bold"] == pytest.approx(39249, rel=0.02)
    assert questions["plain"] == pytest.approx(1102, rel=0.1)


def test_starts_of_answers_are_as_often_as_in_the_census() -> None:
    starts: Counter[str] = Counter()
    for _, text, _truth in census_pages()[::5]:
        front = yaml.load(text.split("---\n")[1], yaml.CSafeLoader)
        for entry in front["faqs"]:
            answer = entry["a"]
            starts["bold" if answer.startswith("A:**") else "other"] += 1
    assert starts["bold"] / starts.total() == pytest.approx(39538 / 40423, abs=0.01)


@pytest.mark.parametrize(
    ("defect", "pages"),
    [
        ("generic_differs", 2015),
        ("not_standard", 764),
        ("hypothetical", 256),
        ("refusal", 145),
        ("section_missing", 125),
        ("no_question", 103),
        ("placeholder", 12),
        ("per_ingredient", 358),
    ],
)
def test_b0_has_the_defects_of_the_census(defect: str, pages: int) -> None:
    assert counted("B0", 3640)[defect] == pages


def test_b1_names_several_categories_as_often_as_counted() -> None:
    assert counted("B1", 6447)["categories_several"] == 14


def test_front_matter_says_what_the_truth_says() -> None:
    for _, text, truth in census_pages()[:300]:
        front = yaml.load(text.split("---\n")[1], yaml.CSafeLoader)
        assert front["title"] == truth.title
        assert len(front["faqs"]) == truth.entries
        if "not_banned" not in truth.defects:
            assert "has been banned" not in text
        assert front["is_banned"] is False


@pytest.mark.parametrize("kind", ["A", "B0", "B1"])
def test_every_planted_text_stands_in_its_page(kind: Literal["A", "B0", "B1"]) -> None:
    for _, text, truth in generate_pages(600, kind, each_at_least=5):
        for planted in truth.planted:
            assert planted.text in text


def test_the_same_seed_gives_the_same_pages_and_another_others() -> None:
    once = list(generate_pages(20, "A", 3))
    assert once == list(generate_pages(20, "A", 3))
    assert once != list(generate_pages(20, "A", 4))


def test_names_are_different() -> None:
    names = [name for name, *_ in census_pages()]
    assert len(set(names)) == len(names)


def test_held_out_forms_are_on_no_ordinary_page() -> None:
    marks = [f.split("{")[0] for f in HELD_OUT["answer A"]]
    for _, text, _truth in census_pages()[:500]:
        body = text.split("---\n", 2)[2]
        assert not any(line.startswith(tuple(marks)) for line in body.splitlines())
    held = [t for _, t, _ in generate_pages(60, "A", markers="held-out")]
    assert all(any(f"\n{m}" in text for m in marks) for text in held if "## " in text)
