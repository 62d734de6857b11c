"""Reading loses nothing, and says where everything stands."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings, strategies as st

from isobole.monograph import find_span, page_text, read, repair, unfix
from isobole.results import DataError
from monograph_pages import PAGES, broken, codes, seed, text_of, uncovered

ALL = sorted(path.name for path in PAGES.iterdir())
SEED_NUMBERS = ("000", "001", "002")


@pytest.mark.parametrize(
    ("name", "kind", "title"),
    [
        ("a_clean.md", "A", "Examplamide"),
        ("b0_clean.md", "B0", "Examplamide + Imaginol"),
        ("b1_clean.md", "B1", "Examplamide"),
    ],
)
def test_a_clean_page_has_no_finding(name: str, kind: str, title: str) -> None:
    page = read(PAGES / name)
    assert (page.kind, page.title, page.findings) == (kind, title, ())


@pytest.mark.parametrize("name", ALL)
def test_every_line_belongs_to_something(name: str) -> None:
    assert uncovered(read(PAGES / name)) == []


@pytest.mark.parametrize("number", SEED_NUMBERS)
def test_every_line_of_the_seeds_belongs_to_something(number: str) -> None:
    page = read(seed(number))
    assert uncovered(page) == []
    assert page.text.encode() == seed(number).read_bytes()


def test_every_word_of_a_page_is_kept() -> None:
    for name in ALL:
        page = read(PAGES / name)
        kept = "\n".join(
            "\n".join(
                [section.title, section.inline, *(b.text for b in section.blocks)]
            )
            for section in page.sections
        )
        body = re.split(r"^---$", page.text, maxsplit=2, flags=re.MULTILINE)[-1]
        words = set(re.findall(r"\w+", kept))
        assert set(re.findall(r"\w+", body)) <= words, name


def test_sections_and_blocks_stand_where_they_say() -> None:
    page = read(PAGES / "a_clean.md")
    lines = page.text.split("\n")
    for section in page.sections:
        assert section.title in lines[section.line - 1]
        for block in section.blocks:
            for offset, part in enumerate(block.text.split("\n")):
                assert part in lines[block.line - 1 + offset]


def test_paths_and_nesting() -> None:
    page = read(PAGES / "a_clean.md")
    adults = next(s for s in page.sections if s.title == "Adults")
    assert adults.path == ("Dosage", "Adults")
    precautions = next(s for s in page.sections if s.name == "Precautions")
    assert [block.depth for block in precautions.blocks] == [0, 1, 1]


def test_front_matter_lines() -> None:
    page = read(PAGES / "a_clean.md")
    lines = page.text.split("\n")
    for key, line in page.front_lines.items():
        assert key.rpartition(".")[2].partition("[")[0] in lines[line - 1] or "[" in key
    assert page.front_matter["is_banned"] is False
    assert page.front_matter["lastModified"] == "2024-03-02T10:00:00.000Z"


def test_bold_headings_keep_the_text_on_their_line() -> None:
    page = read(PAGES / "b0_clean.md")
    how = next(section for section in page.sections if section.name == "How It Works")
    assert how.inline == "Both close calcium channels."
    assert how.path == ("How it Works",)


def test_text_is_what_holds_a_line_break() -> None:
    assert read("## Usage\ntext\n").text == "## Usage\ntext\n"
    with pytest.raises(DataError, match="cannot be read"):
        read("no-such-page.md")
    with pytest.raises(DataError, match="cannot be read"):
        read(PAGES)
    with pytest.raises(DataError, match="cannot be read"):
        read("a\0b")


def test_find_span_is_exact_or_refused() -> None:
    page = read(PAGES / "a_clean.md")
    span = find_span(page, "5-10 mg/kg/day")
    assert page.text[span.start : span.end] == span.quote == "5-10 mg/kg/day"
    assert (span.line, span.page_sha256) == (26, page.sha256)
    with pytest.raises(DataError, match="does not stand"):
        find_span(page, "5-11 mg/kg/day")
    with pytest.raises(DataError, match="does not stand"):
        find_span(page, "5-10 mg/kg/day", 1, 25)


def test_find_span_crosses_line_ends_by_whole_words() -> None:
    page = page_text(read("one two\n  three four\n"))
    assert page.find("two three") == page.find("two\n  three")
    assert page.find("two thr") is not None
    assert page.find("onetwo") is None


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("name", ALL)
def test_line_ends_and_marks_change_nothing_else(
    name: str, newline: str, mark: str
) -> None:
    plain = read(PAGES / name)
    data = (mark + plain.text.replace("\n", newline)).encode()
    page = read(data, name=name)
    assert page.newline == newline
    assert page.encoding == ("utf-8-sig" if mark else "utf-8")
    assert [(s.title, s.inline, s.line, s.blocks) for s in page.sections] == [
        (s.title, s.inline, s.line, s.blocks) for s in plain.sections
    ]
    assert [(f.question, f.answer, f.span.line) for f in page.faqs] == [
        (f.question, f.answer, f.span.line) for f in plain.faqs
    ]
    assert [f.code for f in page.findings] == [f.code for f in plain.findings]
    done = repair(page)
    assert unfix(done.text, done.patches) == page.text
    assert read(done.to_bytes(), name=name).text == done.text


PIECES = (
    *"aB?*_#->`|:[]()<>.&!1\\ \n\t",
    *("\n\n", "**", "Q1: ", "**A:** ", "## Usage", "---\n", "- ", "  - ", "é"),
    *("\u2028", "\x0c", "\r\n", "title: x\n", "~~~\n", "<div>", "| a | b |\n"),
    *("Table 1: x\n", "faqs:\n  - q: ", "    a: ", "description: - x ...\n"),
)
MARKDOWN = st.lists(st.sampled_from(PIECES), max_size=80).map("".join)


@settings(max_examples=300, deadline=None)
@given(MARKDOWN)
def test_no_text_is_lost_or_breaks_the_reader(text: str) -> None:
    page = read(text.encode(), name="any.md")
    assert uncovered(page) == []
    assert page.text == text.removeprefix("\ufeff")
    done = repair(page)
    assert unfix(done.text, done.patches) == page.text
    for finding in page.findings:
        for span in finding.spans:
            assert page.text[span.start : span.end] == span.quote
            assert span.line == page_text(page).line_of(span.start)
        if finding.after is not None:
            assert finding.before == finding.spans[0].quote
    for faq in page.faqs:
        assert page.text[faq.span.start : faq.span.end] == faq.span.quote


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read(data: bytes) -> None:
    page = read(data, name="any.md")
    if page.encoding != "binary":
        assert uncovered(page) == []
        assert repair(page).to_bytes() is not None
        if not repair(page).patches:
            assert repair(page).to_bytes() == data


def test_setext_lines_under_prose_are_no_heading() -> None:
    page = broken("- Porphyria.", "Do not give it to people with porphyria.\n---")
    assert (
        next(s for s in page.sections if s.name == "Contraindications")
        .blocks[0]
        .text.startswith("Do not")
    )
    assert "heading-unknown" not in codes(page)


def test_the_headings_of_a_guide() -> None:
    page = read(PAGES / "guide.txt")
    assert [(s.level, s.title) for s in page.sections if s.level > 2] == [
        (3, "1.1. Calcium Channels"),
        (3, "Table 1: Potency in Two Models"),
        (3, "Table 2: Two Trials"),
        (3, "Kindling Model"),
        (4, "Table 3: Stages"),
    ]
    assert page.policy == "research-only"
    assert page.subject == "Examplamide"
    assert [r.number for r in page.extra["references"]] == [1, 2]


def test_seed_sections() -> None:
    a, b, guide = (read(seed(number)) for number in SEED_NUMBERS)
    assert (a.kind, b.kind, guide.kind) == ("A", "B0", "guide")
    names = [s.name for s in a.sections if s.level == 2]
    assert len(names) == 12
    assert None not in names
    assert len(b.faqs) == 6
    assert [len(table.rows) for table in guide.extra["tables"]] == [7, 3, 6]
    assert len(guide.extra["references"]) == 7
    assert text_of("a_clean.md") != a.text
