"""Questions: every form of the body, and the import that swallowed the answers."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings, strategies as st

from isobole.monograph import Monograph, read, repair
from monograph_pages import codes, seed, text_of

PAIRS = [
    ("Can examplamide be taken with food?", "Yes; at 5-10 mg/kg/day it makes no odds."),
    ("What of vitamin A: does it interact?", "No. Vitamin A: no effect is known."),
    ("Is a 40:1 ratio used?", "A 40:1 ratio is used, see **Dosage**: it is **fixed**."),
    ("Is it \"new\" (since 2020)?", "It's new: 'yes', in part.\n- One\n- Two"),
]  # fmt: skip

# How a body heads a question and begins an answer.
HEADINGS = [
    "### **Q{n}: {q}**",
    "### Q{n}: {q}",
    "### **Q{n}.** {q}",
    "### Q{n}. {q}",
    "### {n}. {q}",
    "### **{q}**",
    "### {q}",
    "#### Question {n}: {q}",
    "Q{n}. {q}",
    "**Q{n}: {q}**",
    "**Q: {q}**",
]
ANSWERS = [
    "**A:** {a}",
    "**A: **{a}",
    "A: {a}",
    "**A**: {a}",
    "**Answer:** {a}",
    "Answer: {a}",
    "*A:* {a}",
    "**A{n}:** {a}",
    "{a}",
    "**Reply –** {a}",
    "**Ans.** {a}",
]
INLINE = [
    "* **{q}** {a}",
    "* **Q: {q}** A: {a}",
    "* **Q: {q}** **A:** {a}",
    "* **Q: {q}**\n  A: {a}",
    "* **Q: {q}**\n  {a}",
    "* {q} {a}",
    "- Q: {q} A: {a}",
    "**Q: {q}** A: {a}",
    "**Q: {q}** {a}",
    "**Q: {q}**\nA: {a}",
    "**Q: {q}**\n\nA: {a}",
    "{n}. **{q}** {a}",
    "{n}. **{q}**\n   {a}",
    "{n}. {q}\n   A: {a}",
]


def words(text: str) -> str:
    """Return what both places must agree in: the words, without marks."""
    return " ".join(re.sub(r"(?m)^\s*[-*] ", "", text).replace("**", "").split())


def page_of(bodies: list[str], front: list[tuple[str, str]] = ()) -> Monograph:  # type: ignore[assignment]
    text = text_of("a_clean.md")
    body = text[text.index("## Usage") : text.index("### Q1")]
    entries = "".join(
        f"  - q: {json.dumps(q)}\n    a: {json.dumps(a)}\n" for q, a in front
    )
    head = (
        "---\ntitle: Examplamide\n" + ("faqs:\n" + entries if front else "") + "---\n"
    )
    return read(head + body + "\n\n".join(bodies) + "\n", name="page.md")


def imported(heading: str, answer: str) -> tuple[str, str]:
    """Do what the import did: the block as question, the answer cut at stars."""
    label = re.sub(r"^#+\s*", "", heading)
    question = re.sub(r"^\**(?:Q(?:uestion)?\s*\d*[:.]|\d+\.)\s*", "", label)
    return f"{question}\n{answer}", re.sub(r"^\*+", "", answer)


def check(page: Monograph, pairs: list[tuple[str, str]], place: str) -> None:
    found = [faq for faq in page.faqs if faq.place == place]
    assert [(faq.question, words(faq.answer)) for faq in found] == [
        (q, words(a)) for q, a in pairs
    ]


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("heading", HEADINGS)
def test_headed_questions_and_their_import(heading: str, answer: str) -> None:
    blocks = [
        (heading.format(n=n, q=q), answer.format(n=n, a=a))
        for n, (q, a) in enumerate(PAIRS, 1)
    ]
    front = [imported(*block) for block in blocks]
    page = page_of([f"{h}\n{a}" for h, a in blocks], front)
    check(page, PAIRS, "body")
    check(page, PAIRS, "front matter")
    assert all(faq.repaired == "repaired" for faq in page.faqs[: len(PAIRS)])
    assert codes(page) == {"faq-answer-in-question"}
    done = read(repair(page).text, name="page.md")
    assert done.findings == ()
    assert [(f.question, f.answer) for f in done.faqs] == [
        (f.question, f.answer) for f in page.faqs
    ]


@pytest.mark.parametrize("form", INLINE)
def test_questions_in_a_line(form: str) -> None:
    pairs = [(q, a) for q, a in PAIRS if "\n" not in a and "vitamin" not in q]
    bodies = [form.format(n=n, q=q, a=a) for n, (q, a) in enumerate(pairs, 1)]
    check(page_of(bodies), pairs, "body")


def test_original_and_place_are_kept() -> None:
    page = read(seed("000"))
    front = [faq for faq in page.faqs if faq.place == "front matter"]
    body = [faq for faq in page.faqs if faq.place == "body"]
    assert len(front) == len(body) == 10
    for one, other in zip(front, body, strict=True):
        assert one.repaired == "repaired"
        assert one.original[1].startswith("A:**")
        assert one.question in one.original[0]
        assert (one.question, words(one.answer)) == (
            other.question,
            words(other.answer),
        )


def test_no_answer_at_all() -> None:
    page = page_of(["### Q1: Is it new?\n**A:** Yes."], [("Is it new?", "")])
    assert "faq-answer-empty" in codes(page)
    page = page_of(
        ["### Q1: Is it new?\n**A:** Yes."], [("Is it new?\n**A:** Yes.", "")]
    )
    assert (page.faqs[0].question, page.faqs[0].answer) == ("Is it new?", "Yes.")
    assert read(repair(page).text).faqs[0].answer == "Yes."


def test_answers_of_many_paragraphs() -> None:
    page = page_of(
        ["### Q1: Is it new?\n**A:** In part:\n\n- One?\n- Two\n\nThat is all.\n"]
    )
    assert [f.answer for f in page.faqs] == ["In part:\n- One?\n- Two\nThat is all."]


def test_a_section_without_any_question() -> None:
    assert "faq-none" in codes(page_of(["Ask your doctor."]))


def test_front_matter_of_another_shape() -> None:
    text = (
        "---\ntitle: X\nfaqs:\n{}\n---\n## Usage\n- a\n## FAQs\n### Q1: b?\n**A:** c\n"
    )
    for entry in ("  - just words", "  - {q: null}", "  - [1, 2]", "  3", "  - q: 5"):
        page = read(text.format(entry))
        assert page.faqs[-1].answer == "c"


PLAIN = st.text(alphabet="abc xyz,;()'\"-%0", min_size=3, max_size=60).map(
    lambda text: "W" + " ".join(text.replace(" -", " ").split())
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(PLAIN, PLAIN), min_size=1, max_size=4, unique_by=lambda p: p[0]),
    st.sampled_from(HEADINGS),
    st.sampled_from(ANSWERS[:9]),
)
def test_any_words_come_back(
    pairs: list[tuple[str, str]], heading: str, answer: str
) -> None:
    asked = [(f"{q}?", f"{a}.") for q, a in pairs]
    blocks = [
        (heading.format(n=n, q=q), answer.format(n=n, a=a))
        for n, (q, a) in enumerate(asked, 1)
    ]
    page = page_of([f"{h}\n{a}" for h, a in blocks], [imported(*b) for b in blocks])
    check(page, asked, "body")
    check(page, asked, "front matter")
    assert read(repair(page).text).findings == ()


def test_replies_are_no_marker() -> None:
    pairs = [(f"Is it {word}?", f"Yes - {word}.") for word in ("new", "old", "red")]
    bodies = [f"### Q{n}: {q}\n{a}" for n, (q, a) in enumerate(pairs, 1)]
    page = page_of(bodies, [(f"{q}\n{a}", a) for q, a in pairs])
    check(page, pairs, "body")
    check(page, pairs, "front matter")


def test_a_repair_that_would_lose_words_is_left_to_a_person() -> None:
    front = [("Is it new? **A:** Yes, since May.", "A:** No.")]
    page = page_of(["### Q1: Is it new?\n**A:** Yes, since May."], front)
    assert {"faq-two-answers", "faq-differs-from-body"} <= codes(page)
    assert repair(page).patches == ()


def test_entries_that_lack_a_half_do_not_move_the_others() -> None:
    text = (
        "---\ntitle: X\nfaqs:\n  - a: Alone.\n  - q: Is it new? **A:** Yes.\n"
        "    a: 'A:** Yes.'\n---\n## Usage\n- a\n## FAQs\n### Q1: Is it new?\n"
        "**A:** Yes.\n"
    )
    page = read(text)
    done = repair(page)
    assert [patch.line for patch in done.patches] == [5]
    assert read(done.text).front_matter["faqs"] == [
        {"a": "Alone."},
        {"q": "Is it new?", "a": "Yes."},
    ]


def test_flow_style_and_quotes() -> None:
    text = (
        '---\ntitle: X\nfaqs: [{q: "Is it, new? **A:** Yes, it is", '
        'a: "A:** Yes, it is"}]\n'
        "---\n## Usage\n- a\n## FAQs\n### Q1: Is it, new?\n**A:** Yes, it is\n"
    )
    done = repair(read(text))
    assert read(done.text).front_matter["faqs"] == [
        {"q": "Is it, new?", "a": "Yes, it is"}
    ]
