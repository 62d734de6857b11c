"""A pattern looked for in lower case finds what it finds when it ignores case."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

import isobole.monograph
from isobole.monograph._folded import Folded, folds, lower_case
from isobole.monograph._vocabulary import vocabulary

_ROOM = isobole.monograph
_PAGES = Path(str(_ROOM.__file__)).parent / "data" / "pages"


def _patterns() -> dict[str, Folded]:
    found: dict[str, Folded] = {}
    for one in pkgutil.iter_modules(_ROOM.__path__):
        module = importlib.import_module(f"{_ROOM.__name__}.{one.name}")
        for value in vars(module).values():
            if isinstance(value, Folded):
                found[value.pattern] = value
    words = vocabulary()
    for fate in words.fates:
        found[fate.pattern.pattern] = fate.pattern
    for names in (words.targets, words.effects, words.affected, words.populations):
        for _, pattern in names._each:
            found[pattern.pattern] = pattern
    for measure in words.measures:
        found[measure.pattern.pattern] = measure.pattern
    return found


PATTERNS = _patterns()
LINES = sorted(
    {
        line
        for page in _PAGES.glob("*.md")
        for line in page.read_text("utf-8").splitlines()
        if line.strip()
    }
)


def _place(match: object) -> object:
    return match and (match.span(), match.groups())  # type: ignore[attr-defined]


def test_every_pattern_finds_the_same_in_the_pages_kept_here() -> None:
    assert len(PATTERNS) > 60
    found = 0
    for pattern in PATTERNS.values():
        for line in LINES:
            for text in (line, line.upper(), line.replace("s", "\u017f")):
                here = _place(pattern.search(text))
                assert here == _place(pattern.plain.search(text)), (text, pattern)
                found += here is not None
    assert found > 1000


_LETTERS = (
    "βΒϐγΓωΩ\u2126sSkKiI\u017f\u212a\u0131\u0130\u0307\u00b5\u03bc\u00dfaAeE \n.-5"
)


@settings(max_examples=300)
@given(st.text(_LETTERS, max_size=30), st.integers(0, 12), st.integers(0, 30))
@example("\u0130\u0130 risk", 2, 30)
@example("ri\u017f\u212a", 0, 30)
def test_odd_letters_are_found_as_by_the_pattern_itself(
    text: str, start: int, end: int
) -> None:
    pattern = Folded(r"\bRISK|[SI]k\b|(?P<E>[^a-d\W]E)|β[γω]?")
    here = _place(pattern.search(text, start, end))
    assert here == _place(pattern.plain.search(text, start, end))


@given(st.text())
def test_a_text_that_folds_keeps_its_places(text: str) -> None:
    if folds(text):
        assert len(text.lower()) == len(text)


@pytest.mark.parametrize(
    ("pattern", "lower"),
    [
        (r"\bIU\B", r"\biu\B"),
        (r"(?P<Name>A)\Z|\\A", r"(?P<Name>a)\Z|\\a"),
        (r"[^\WA-Z]\S", r"[^\Wa-z]\S"),
    ],
)
def test_only_letters_of_the_pattern_are_lowered(pattern: str, lower: str) -> None:
    assert lower_case(pattern) == lower


@pytest.mark.parametrize("pattern", ["\u00b5g", r"\u00b5g", r"\xb5g"])
def test_letters_that_are_written_in_two_ways_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="one form"):
        lower_case(pattern)


KEYED = [one for one in PATTERNS.values() if one.keys != ("",)]


@pytest.mark.parametrize("pattern", KEYED, ids=range(len(KEYED)))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_a_pattern_finds_holds_one_of_its_keys(
    pattern: Folded, data: st.DataObject
) -> None:
    text = data.draw(st.from_regex(pattern.plain))
    assert _place(pattern.search(text)) == _place(pattern.plain.search(text))
