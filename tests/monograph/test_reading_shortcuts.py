"""Shortcuts of reading and its checks: each says what the plain way says."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings, strategies as st

from isobole.monograph import (
    _contradictions_reproduction as reproduction,
    _contradictions_strength as strength,
)
from isobole.monograph._check_faqs import (
    _MARKER,
    _WORD,
    _longer,
    _loses,
    _only_marked,
)
from isobole.monograph._check_front import _DESCRIPTION, _SENTENCE_END, _sentences
from isobole.monograph._check_sections import _SEE_ABOVE, _SHORT, _may_point
from isobole.monograph._check_text import _may_leak
from isobole.monograph._held import held
from isobole.monograph._page import Faq, Section, make_block, make_section
from isobole.monograph._qa import squash
from isobole.monograph._span import Span

LEAKS = (
    "as an ai",
    "as an artificial",
    "language model",
    "i can",
    "i am ",
    "i'm ",
    "i do not",
    "i don't",
    "my training",
    "my knowledge",
    "let me know",
    "i hope",
    "here is",
    "here are",
)
SPAN = Span("page.md", 1, 1, 0, 1, "x", "0")
PIECES = st.lists(
    st.sampled_from(
        ["Is it new", "?", " ", "\n", "**", "*", "- ", "_", "A", ":", "A:** ", "Ans",
         "Yes", "Yes, it is.", "Reply", "\u00e9", "\x1c", "\t", ".", "see", "above"]
    ),
    max_size=9,
).map("".join)  # fmt: skip


@settings(max_examples=400)
@given(PIECES, PIECES, PIECES, PIECES)
@example("Is it?", "Yes.", "Is it?**\n**A:** Yes.", "A:** Yes.")
@example("Is it", "Yes.", "Is itYes.", "Yes.")
@example("Is it?", "", "Is it?", "a b c lost")
def test_what_a_marker_leads_loses_nothing(
    question: str, answer: str, q: str, a: str
) -> None:
    faq = Faq(question, answer, SPAN, "front matter", (q, a))
    kept = set(_WORD.findall(f"{question} {answer}"))
    for text in (q, a, f"{question}**\n**A:** {answer}", f"A: {answer}"):
        if _only_marked(text, faq):
            lost = [word for word in _WORD.findall(text) if word not in kept]
            assert all(map(_MARKER.match, lost))
    assert not _loses(
        Faq(question, answer, SPAN, "front matter", (f"{question}: A: {answer}", ""))
    )


@settings(max_examples=300)
@given(PIECES, PIECES)
def test_a_longer_question_is_counted_as_it_is_squashed(q: str, question: str) -> None:
    for text in (q, q * 3, question + q):
        longer = len(squash(text)) > len(squash(question)) + 12
        assert _longer(text, question) is longer


@given(st.sampled_from(LEAKS), PIECES, PIECES)
def test_words_that_begin_alike_are_all_found(
    leak: str, before: str, after: str
) -> None:
    text = f"{before}{leak}{after}".lower()
    assert _may_leak(text)
    cut = f"{before}{leak[1:]}{after}".lower()
    assert _may_leak(cut) is any(word in cut for word in LEAKS)


@given(PIECES, st.lists(PIECES, max_size=3))
@example("", ["Please", "see above."])
@example("", ["**", "As described above."])
@example("", [])
def test_a_section_that_points_is_not_passed_over(
    inline: str, texts: list[str]
) -> None:
    blocks = tuple(make_block("paragraph", text, 1, 1, 0) for text in texts)
    section: Section = make_section("A", None, 2, ("A",), 1, 2, inline, blocks)
    whole = " ".join(text for text in (inline, *texts) if text)
    size = sum(len(text.split()) for text in (inline, *texts))
    if not size or (size <= _SHORT and _SEE_ABOVE.match(whole)):
        assert _may_point(section)


@given(st.lists(st.sampled_from(["Word. ", "word ", "So? ", "w" * 90]), max_size=20))
def test_a_description_ends_with_the_last_sentence_that_fits(words: list[str]) -> None:
    text = "".join(words)
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    fitting = [end for end in ends if end <= _DESCRIPTION]
    expected = text[: fitting[-1] if fitting else ends[0]] if ends else text or None
    assert _sentences(text) == expected


GATED = [
    pytest.param(strength.NOT_FORBIDDEN, strength.CONTRA, id="not forbidden"),
    pytest.param(strength._FORBIDDEN_HERE, strength._FORBIDDING, id="forbidding"),
    pytest.param(strength._NO_NEED, strength._NO_NEED_KEYS, id="no need"),
    pytest.param(strength._MAY, strength._MAY_KEYS, id="may"),
    pytest.param(strength._MUST, strength._MUST_KEYS, id="must"),
    pytest.param(strength._SHOULD, strength._SHOULD_KEYS, id="should"),
    *(
        pytest.param(
            getattr(reproduction, name), getattr(reproduction, f"{name}_KEYS"), id=name
        )
        for name in (
            "_OUTWEIGH", "_FORBIDDEN", "_ALLOWED", "_CAUTION", "_UNSURE", "_WOMB"
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "gate"), GATED)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_text_that_holds_a_pattern_passes_its_gate(
    pattern: re.Pattern[str], gate: int, data: st.DataObject
) -> None:
    text = data.draw(st.from_regex(pattern))
    assert held(text) & gate, text
    # As part of a longer sentence too.
    assert held(f"**Lead:** {text}, and so on") & gate, text
