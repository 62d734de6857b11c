"""Keys of a sentence: what joining its words' marks says is what a search says."""

from __future__ import annotations

import pytest
from hypothesis import example, given, strategies as st

from isobole.monograph import _held
from isobole.monograph._held import held, marks
from isobole.monograph._vocabulary import vocabulary

KEYS = (
    "dos",
    " dos",
    "such as",
    "talk ",
    "<",
    "≥",
    "up",
    "half-life",
    "as an ai",
    "s a",
)
WORDS = st.sampled_from(
    ("dose", "Overdose", "such", "as", "an", "AI.", "talk", "TALK", "<5", "half-life,",
     "İ", "ſuch", "(such", "up-to", "  ", "\n", "\u2028", "\u00a0", "x" * 90 + "dos")
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(WORDS, st.text(max_size=4)), max_size=12).map(" ".join),
    st.lists(WORDS, max_size=12).map("".join),
)


@given(TEXTS)
@example("such\u00a0as talk")
@example("x" * 200 + " dos")
def test_a_text_holds_what_a_search_finds_in_it(text: str) -> None:
    vocabulary()
    known = {**_held._marks, **{key: marks((key,)) for key in KEYS}}
    found = held(text)
    for key, mark in known.items():
        if not key:
            continue  # `ODD` belongs to no key.
        assert bool(found & mark) == (key in text.lower()), key


def test_keys_that_come_later_are_found_in_texts_known_before() -> None:
    assert held("a word of quite its own: zyxwvut") is not None
    late = marks(["zyxwv", "own: zyx"])
    assert held("a word of quite its own: zyxwvut") & late == late


def test_a_key_of_blanks_is_none() -> None:
    with pytest.raises(ValueError, match="letters"):
        marks([" "])


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_held, "_MOST_WORDS", 10)
    monkeypatch.setattr(_held, "_MOST_TEXTS", 10)
    for number in range(100):
        held(f"one{number} two{number} dose")
    assert len(_held._texts) <= 10
    assert len(_held._words) <= 10
