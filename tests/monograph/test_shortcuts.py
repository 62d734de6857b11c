"""Shortcuts of the readers: each says what the plain way says, on any text."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

from isobole.monograph import (
    _contradictions_reproduction as of_milk,
    _contradictions_scope as scope,
    _contradictions_strength as strength,
    _extract_affected as affected,
    _extract_care as care,
    _extract_cues as cues,
    _extract_effects as effects,
    _extract_interactions as interactions,
    _extract_metadata as metadata,
    _extract_names as names,
    _extract_pharmacology as pharmacology,
    _extract_reproduction as reproduction,
    _extract_text as words,
    _extract_topics as topics,
    _extract_uses as uses,
    _headings as headings,
    _mentions as mentions,
    _vocabulary as vocabulary_,
    read,
)
from isobole.monograph._check_faqs import _MARKER, _WORD, _loses
from isobole.monograph._check_front import _CONTROL
from isobole.monograph._check_text import _CATEGORY, _ban_words, _found_at
from isobole.monograph._extract_doses import _quantities
from isobole.monograph._extract_units import DIGIT, MEASURED, QUANTITY
from isobole.monograph._folded import Folded
from isobole.monograph._held import ODD, held
from isobole.monograph._page import Faq, changed
from isobole.monograph._qa import _LABEL, _MARKS, clean_question, squash
from isobole.monograph._span import Span
from isobole.monograph._vocabulary import vocabulary

PATTERNS = [
    pytest.param(names._IS_ONE, names._CLASSES, id="class"),
    pytest.param(uses._USED, uses._USED_KEYS, id="used"),
    pytest.param(uses._TREATS, uses._TREATS_KEYS, id="treats"),
    pytest.param(affected.EFFECT, affected.EFFECT_KEYS, id="effect"),
    pytest.param(effects._AFTER, effects._AFTER_KEYS, id="after"),
    pytest.param(strength._ALLOWS, strength._ALLOWING, id="allows"),
    pytest.param(of_milk._MILK, of_milk._OF_MILK, id="of milk"),
    pytest.param(vocabulary().target_shape, pharmacology._SHAPED, id="shape"),
    pytest.param(vocabulary().enzyme, pharmacology._ENZYMES, id="enzyme"),
    *(
        pytest.param(pattern, reproduction._MILK_KEYS, id=f"milk-{value}")
        for value, _, pattern in reproduction._MILK
    ),
    *(
        pytest.param(measure.pattern, measure.gate, id=f"measure-{place}")
        for place, measure in enumerate(vocabulary().measures)
    ),
]


@pytest.mark.parametrize(("pattern", "gate"), PATTERNS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_text_that_holds_a_pattern_passes_its_gate(
    pattern: re.Pattern[str] | Folded, gate: int, data: st.DataObject
) -> None:
    plain = pattern.plain if isinstance(pattern, Folded) else pattern
    text = data.draw(st.from_regex(plain))
    assert pattern.search(text)
    assert held(text) & gate, text


@pytest.mark.parametrize("odd", ["\u0131", "\u017f", "\u0130"])
def test_letters_that_stand_for_others_pass_every_gate(odd: str) -> None:
    assert held(f"no word of {odd}t") & affected.EFFECT_KEYS


PROSE = st.lists(
    st.sampled_from(
        ("a", "e.g.", "Dr.", "5.", "Mg", "mg", "?", "!", "...", "**", ")", "[2]", " ",
         "  ", "\n", ".", "No", "(e.g", "\u00a0", "Q", "É", "see", ", ", "\u2028")
    ),
    max_size=14,
).map("".join)  # fmt: skip


def _plain_sentences(text: str, start: int, end: int) -> list[words.Piece]:
    found: list[words.Piece] = []
    place = start
    for match in words._STOP.finditer(text, start, end):
        stop = match.start()
        word = text[max(start, text.rfind(" ", start, stop) + 1) : stop].lstrip("([")
        if word in words._SHORT and match.end() < end:
            continue
        words._add(found, text, place, match.end())
        place = match.end()
    if place < end:
        words._add(found, text, place, end)
    return found


@given(PROSE, PROSE, PROSE)
@example("", "e.g.", " A")
@example("", "Take it.\n", "")
def test_sentences_are_those_of_a_search_for_every_stop(
    before: str, text: str, after: str
) -> None:
    start, end = len(before), len(before) + len(text)
    whole = before + text + after
    assert words.sentences(whole, start, end) == _plain_sentences(whole, start, end)


LEADS = st.lists(
    st.sampled_from(
        ("**", "*", "__", "_", ":", "：", " ", "\n", "\u00a0", "\t", "Adults", "a", "?",
         "(5 mg)", "b c", "- ", "x" * 60)
    ),
    max_size=9,
).map(lambda parts: "**" + "".join(parts))  # fmt: skip


@settings(max_examples=400)
@given(LEADS)
@example("**Adults:** x")
@example("**Adults** : x")
@example("**a :** x")
def test_a_lead_found_quickly_is_the_one_found_slowly(text: str) -> None:
    quick = words._LEAD_QUICK.match(text)
    slow = words._LEAD_BOLD.match(text)
    if quick:
        assert slow
        assert quick[1] == slow["lead"]
        assert quick.end() == slow.end()
        assert (quick[2], quick[3] or "") == (slow["in"], (slow["out"] or "").strip())


MENTIONS = st.lists(
    st.sampled_from(
        (" ", "  ", "\n", "sodium", "Sodium", "\u017fodium", "acid", "acidic", "the",
         "of", "zinc", "examplamide", "EXAMPLAMIDE", "\u0130um", "hydrochloride", "-",
         "magne\u017fium", ".", "a")
    ),
    max_size=9,
).map("".join)  # fmt: skip


@settings(max_examples=400)
@given(MENTIONS)
@example("sodium examplamide  acid")
def test_a_mention_takes_the_salts_that_patterns_find(text: str) -> None:
    for name in re.finditer("examplamide", text, re.IGNORECASE):
        start, end = name.span()
        head = text[:start].rstrip()
        if len(head) < start and head.lower().endswith(mentions._SALT_NAMES):
            before = mentions._SALT_BEFORE.search(head)
            start = before.start() if before else start
        after = mentions._SALT_AFTER.match(text, end)
        end = after.end() if after else end
        assert mentions.mention(text, *name.span()) == text[start:end]


QUANTITIES = st.lists(
    st.sampled_from(
        ("5", "12", "1,000", "10 000", ".5", "-", "–", " to ", "TO", "mg", " mg/kg/day",
         "mL", " g", "%", " ", "hours", "\u00a0", " and ", "(", ",", "tablets",
         " twice daily", "/", "µg", "\u039cG", "²", "٣", "2", "MG", "\u212aG",
         "\u0130U", "tablet\u017f", " T\u0131D", " BID")
    ),
    max_size=12,
).map("".join)  # fmt: skip


@settings(max_examples=400)
@given(QUANTITIES)
@example("10-20 hours, 5 to 10 mg/day")
@example("2 weeks; 1 000 - 2 000 mg")
def test_quantities_are_those_found_when_every_digit_is_tried(text: str) -> None:
    plain: list[tuple[int, int]] = []
    place = 0
    for digit in DIGIT.finditer(text) if MEASURED.plain.search(text) else ():
        if digit.start() >= place and (
            match := QUANTITY.plain.match(text, digit.start())
        ):
            plain.append(match.span())
            place = match.end()
    assert [match.span() for match in _quantities(text)] == plain


BANS = st.lists(
    st.sampled_from(
        ("banned", "no", " ", "\n", "longer", "withdrawn", "unbanned", "x", "_", "no  ",
         "discontinued", "-", "longest", "no longer")
    ),
    max_size=12,
).map("".join)  # fmt: skip


@given(BANS, st.integers(0, 20))
@example("no \n longer banned", 3)
def test_words_of_a_ban_are_where_a_search_finds_them(low: str, start: int) -> None:
    pattern = re.compile(r"(?:banned|withdrawn|discontinued|no\s+longer)\b")
    plain = [
        match.start()
        for match in pattern.finditer(low, start)
        if not re.compile(r"(?<=\w)").match(low, match.start())
    ]
    assert _ban_words(low, start) == plain


PIECES = st.lists(
    st.sampled_from(
        ("A:**", "**A:**", "it", "it.", "is-new", "new", "Q1:", "Reply", "–", "is",
         "\n")
    ),
    max_size=8,
).map(" ".join)  # fmt: skip


@given(PIECES, PIECES, PIECES, PIECES)
def test_a_pair_loses_what_a_look_at_every_word_says(
    question: str, answer: str, q: str, a: str
) -> None:
    span = Span("a.md", 1, 1, 0, 1, "a", "0")
    faq = Faq(question, answer, span, "body", (q, a))
    kept = set(_WORD.findall(f"{question} {answer}"))
    lost = [
        [word for word in _WORD.findall(text)[2:] if word not in kept]
        for text in (q, a)
    ]
    plain = (q, a) != (question, answer) and any(
        not all(map(_MARKER.match, left)) for left in lost
    )
    assert _loses(faq) == plain


def test_a_page_is_changed_as_dataclasses_change_it(
    request: pytest.FixtureRequest,
) -> None:
    page = read(Path(request.path).parent / "pages" / "a_clean.md")
    other = changed(page, title="B", findings=())
    assert other == replace(page, title="B", findings=())
    assert other != page
    with pytest.raises(AttributeError):
        other.title = "C"  # type: ignore[misc]


MARKED = st.lists(
    st.sampled_from(
        ("- ", "- **", "-", "*", "**", "__", " ", "\n", "no", "not yet", "Q1:", "1.",
         "\u00a0",
         "> ", "\t", "# ", "12) ", "é", "•", "\x1c", "\x85")
    ),
    max_size=12,
).map("".join)  # fmt: skip


@given(MARKED | st.text(max_size=20))
def test_words_are_squashed_and_cleaned_line_by_line(text: str) -> None:
    lines = (line.strip().removeprefix("- ") for line in text.split("\n"))
    joined = " ".join(lines).replace("**", "").replace("__", "")
    plain = " ".join(word for word in joined.split() if word not in ("*", "-"))
    assert squash(text) == plain
    label = _LABEL.match(text)
    asked = text[label.end() :] if label else text
    bare = re.sub(r"\s+", " ", asked.replace("**", "").replace("__", ""))
    assert clean_question(text) == bare.strip(_MARKS)


@given(MARKED, MARKED, MARKED)
@example("", "- - a", "")
@example("", "- ", "word")
@example("", "", "word")
def test_an_entry_begins_behind_its_marks(before: str, text: str, after: str) -> None:
    whole = before + text + after
    start, end = len(before), len(before) + len(text)
    place = start
    if mark := words._MARK.match(whole, start, end):
        place = mark.end()
    while place < end and whole[place].isspace():
        place += 1
    assert words.entry(whole, start, end).begin == place


def test_members_of_a_list_are_the_asker_s_own() -> None:
    piece = words.Piece(3, 12, "rash, fit")
    first = words.chunks(piece)
    first.clear()
    assert [chunk.text for chunk in words.chunks(piece)] == ["rash", "fit"]


@given(st.text(max_size=8))
def test_what_is_printable_holds_no_control_character(text: str) -> None:
    assert not (text.isprintable() and ("\n" in text or _CONTROL.search(text)))


CATEGORIES = st.lists(
    st.sampled_from(
        ("Category", "category", "ategory", " ", "C", "X", ":", "**", "is", "-", "'s",
         "(", "\n", "sub")
    ),
    max_size=14,
).map("".join)  # fmt: skip


@given(CATEGORIES, st.integers(0, 12))
@example("CategoryCategory C, category: **X**", 0)
def test_categories_are_where_a_search_finds_them(text: str, start: int) -> None:
    found = _found_at(_CATEGORY, text, "ategory", 1, start)
    plain = _CATEGORY.finditer(text, start)
    assert [match.span() for match in found] == [match.span() for match in plain]


def _prose(*pieces: str) -> st.SearchStrategy[str]:
    """Return texts of some words, joined by a blank or by nothing."""
    return st.builds(
        lambda parts, gap: gap.join(parts),
        st.lists(st.sampled_from(pieces), max_size=10),
        st.sampled_from((" ", "", "-")),
    )


MODALS = _prose(
    "it", "can", "may", "also", "significantly", "SHOULD", "to", "onto", "both",
    "has been shown to", "which", "al\u017fo", "\u017fignificantly", "\n", "\u00a0",
    ",", "\u0130",
)  # fmt: skip


@settings(max_examples=300)
@given(MODALS)
@example("which can also ")
def test_modal_verbs_at_an_end_are_those_a_search_finds(text: str) -> None:
    plain = text
    while modal := interactions._MODAL.search(plain):
        plain = plain[: modal.start()]
    assert interactions._ahead_of_modals(text) == plain


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_sentence_that_says_what_it_is_holds_the_verb(data: st.DataObject) -> None:
    text = data.draw(st.from_regex(names._IS_ONE))
    assert held(text) & ODD or "is" in text.lower().split()


CUES = _prose(
    "max", "maximum", "not", "never", "to", "exceed", "up", "no", "more", "than",
    "ceiling", "at", "most", "doses", "above", "over", "overdoses", "increase",
    "restart", "start", "adjusted", "by", "step", "of", "usually", "standard", "\n",
    ">",
    "loading", "first", "dose", "_begin", "be", "beyond", "é",
)  # fmt: skip


@settings(max_examples=300)
@given(CUES)
@example("not exceed max 5 at most")
def test_cues_are_those_a_search_finds(lower: str) -> None:
    plain = [match.span() for match in cues._CUES.finditer(lower)]
    assert [match.span() for match in cues._cues(lower)] == plain


ADJUSTMENTS = _prose(
    "Dose", "dosage", "adjustment", "adjust", "the", "their", "dose", "doses", "should",
    "be", "reduced", "Reduce", "halved", "Individualized", "\u0131ndividualised", "no",
    "do\u017fe", "lower", "end", "of", "smaller", "initial", "is", "needed",
    "unadjusted",
    "\u0130", " ", "can", "need", "to", "in",
)  # fmt: skip


@settings(max_examples=300)
@given(ADJUSTMENTS)
@example("individualized")
@example("  Individualised")
@example("Lower do\u017fe is a lower dose")
def test_an_adjustment_is_found_where_a_search_finds_it(text: str) -> None:
    plain = bool(held(text) & care._ADJUSTED) and care._ADJUST.search(text)
    assert care._adjusts(text) == bool(plain)


FACETS = [
    pytest.param(name, pattern, id=f"{name}-{value}")
    for name, table in scope._FACETS.items()
    for value, pattern in table
]


@pytest.mark.parametrize(("name", "pattern"), FACETS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_text_with_a_restriction_holds_a_key_of_it(
    name: str, pattern: re.Pattern[str], data: st.DataObject
) -> None:
    text = data.draw(st.from_regex(pattern))
    # The patterns are for words in lower case.
    if pattern.search(text.lower()):
        assert scope._keys_in(text.lower()) & scope._FACET_KEYS[name], text


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_text_with_a_bounded_age_says_whose(data: st.DataObject) -> None:
    text = data.draw(st.from_regex(vocabulary_._AGE))
    assert held(text) & vocabulary_._AGED, text


def test_a_heading_that_runs_on_begins_with_a_standard_name() -> None:
    words_ = "one two three four five six."
    for name in headings.STANDARD_A:
        assert headings.take_apart(f"{name} {words_}").inline == words_
        assert headings.take_apart(f"My {name} {words_}").inline == ""


@given(
    st.lists(
        st.sampled_from(
            ("A", "Answer", ":", "**", "*", " ", "\n", "\u00a0", "1", "Q:", "a", "Yes")
        ),
        max_size=10,
    ).map("".join)
)
@example("b **\u00a0 A**: c")
def test_the_mark_of_an_answer_is_found_from_its_letter(text: str) -> None:
    found = metadata._answer(text)
    plain = metadata._ANSWER.search(text) if ":" in text else None
    assert (found and found.span()) == (plain and plain.span())


def test_every_topic_that_has_rules_of_its_own_is_known_to_have_them() -> None:
    named: set[object] = set()
    for one in topics._topic.__code__.co_consts:
        named.update(one if isinstance(one, tuple | frozenset) else (one,))
    assert {one for one in named if one is None or isinstance(one, str)} == set(
        topics._WITH_RULES
    )
