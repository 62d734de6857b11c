"""Question and answer in one text: where one ends and the other begins.

Pages mark questions ``Q1:``, ``**Q: …?**`` or not at all, and answers ``**A:**``,
``A:``, ``**A**:`` or ``Answer:``; an import once put the answer into the question.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_ANSWER_WORD = r"(?:A\d{0,2}|Ans(?:wer)?|ANS(?:WER)?|Response|Reply)"
_ANSWER = re.compile(
    rf"(?P<lead>[*_]{{0,3}})\s*\b{_ANSWER_WORD}\s?(?P<shut>[*_]{{0,3}})\s*"
    r"(?:[:：]|[.)–—-](?=[*_]*\s+[*_]*[\"'“A-Z0-9]))"
)
# Its beginning, found at once by a capital letter; what stands before it is looked at
# only there.
_ANSWER_BEGINS = re.compile(
    r"[AR](?:\d{0,2}|ns(?:wer)?|NS(?:WER)?|esponse|eply)\s?[*_]{0,3}\s*[:：.)–—-]"
)
_LABEL = re.compile(
    r"(?P<mark>[\s*_>•-]*)(?:"
    r"Q(?:uestion)?\s?\.?\s?(?P<n>\d{1,3})\s?[*_]*\s?[:：.)–—-]"
    r"|Q(?:uestion)?\s?[*_]*\s?[:：.]"
    r"|(?P<bare>\d{1,3})\s?[.)](?=[\s*_])"
    r")(?P<end>[*_]*)\s*"
)
_OPENER = re.compile(
    r"[\s>•-]*(?:\*\s+)?([*_]{0,3})\s*([A-Z][a-z]{0,9})\s?[*_]*\s?[:：.–—-](?=[*_]*\s)"
)
# Answers of many questions may well begin with the same of these.
_REPLIES = frozenset(("Yes", "No", "Not", "Maybe", "Perhaps", "Usually", "Generally"))
_MARKS = "*_ \t\n>•"
_EMPHASES = ("***", "**", "__", "*", "_")


class Pair(NamedTuple):
    """A question and its answer, and the number the question had."""

    question: str
    answer: str
    number: int | None = None
    explicit: bool = False


@lru_cache(maxsize=1024)
def squash(text: str) -> str:
    r"""Return the words of a text, without emphasis, list marks and line breaks.

    Examples
    --------
    >>> squash("**No**,\n - not yet")
    'No, not yet'
    """
    if "- " in text:
        lines = (line.strip().removeprefix("- ") for line in text.split("\n"))
        text = " ".join(lines)
    words = text.replace("**", "").replace("__", "").split()
    if "*" in words or "-" in words:
        words = [word for word in words if word not in ("*", "-")]
    return " ".join(words)


def answer_marker(text: str) -> tuple[int, int] | None:
    """Return where the first answer marker of a text begins and ends.

    A marker stands at the beginning of a line, after the end of a sentence, or in
    bold; an ``A:`` amid a sentence (vitamin A: …) is none.
    """
    for match in _answers(text):
        before = text[: match.start()].rstrip(" \t*_")
        fresh = not before or before[-1] in "?.!\n\"'”)"
        if fresh or match["lead"]:
            return match.start(), _past_emphasis(text, match)
    return None


def _answers(text: str) -> Iterator[re.Match[str]]:
    """Yield what `_ANSWER` finds in a text."""
    place = 0
    for begin in _ANSWER_BEGINS.finditer(text):
        at = begin.start()
        start = len(text[place:at].rstrip()) + place
        for _ in range(3):
            if start <= place or text[start - 1] not in "*_":
                break
            start -= 1
        if at >= place and (match := _ANSWER.match(text, start)):
            place = match.end()
            yield match


def strip_marker(text: str, word: str | None = None) -> str:
    """Return an answer without the marker it begins with.

    `word` is a further marker, one that the page's answers all begin with.

    Examples
    --------
    >>> strip_marker("A:** No, never.")
    'No, never.'
    >>> strip_marker("A 40:1 ratio is used.")
    'A 40:1 ratio is used.'
    """
    if not text:
        return ""
    plain = text.strip().lstrip(">• \t")
    start = len(plain) - len(plain.lstrip("- \t")) if plain.startswith("- ") else 0
    match = _ANSWER.match(plain, start)
    if match:
        return _balanced(plain[_past_emphasis(plain, match) :].strip())
    if word and (opener := _OPENER.match(plain)) and opener[2] == word:
        rest = plain[opener.end() :]
        odd = rest.lstrip("*_") if rest.count("**") % 2 else rest
        return _balanced(odd.strip())
    return _balanced(plain.strip())


def _past_emphasis(text: str, match: re.Match[str]) -> int:
    """Return where the answer begins: past bold that closes with the marker."""
    end = match.end()
    for mark in _EMPHASES if text[end : end + 1] in ("*", "_") else ():
        if not text.startswith(mark, end):
            continue
        opened = bool(match["lead"]) and not match["shut"]
        if opened or text.count(mark, end) % 2:
            end += len(mark)
        break
    while end < len(text) and text[end].isspace():
        end += 1
    return end


def _balanced(text: str) -> str:
    """Remove the last bold mark where they do not pair up."""
    if text.count("**") % 2 == 0:
        return text
    if text.startswith("**"):
        return text[2:].strip()
    place = text.rfind("**")
    return (text[:place] + text[place + 2 :]).strip()


def clean_question(text: str) -> str:
    r"""Return a question without its label, its emphasis and its line breaks.

    Examples
    --------
    >>> clean_question("**Q1: Is it\nnew?**")
    'Is it new?'
    """
    label = _LABEL.match(text)
    if label:
        text = text[label.end() :]
    return " ".join(text.replace("**", "").replace("__", "").split()).strip(_MARKS)


def question_label(text: str) -> re.Match[str] | None:
    """Return the label that a question begins with (``Q3:``), if it has one."""
    return _LABEL.match(text)


def split_pair(text: str, *, heading: bool = False) -> Pair | None:
    """Split a text that begins with a question into question and answer.

    None if it does not begin with one.

    Examples
    --------
    >>> split_pair("**Q: Is it new?** A: No.")[:2]
    ('Is it new?', 'No.')
    >>> split_pair("It is new.") is None
    True
    """
    label = _LABEL.match(text)
    explicit = bool(label and label["bare"] is None)
    number = int(label["n"] or label["bare"] or 0) or None if label else None
    start = label.end() if label else len(text) - len(text.lstrip(" \t>•-"))
    opened = label is not None and label[0].count("**") % 2 == 1
    rest = text[start:]
    if not label and rest.startswith("* "):
        rest = rest[2:]
    if not opened and rest.startswith("**"):
        opened, rest = True, rest[2:]
    cut = _question_end(rest, opened, explicit, heading)
    if cut is None:
        return None
    question = clean_question(rest[: cut[0]])
    if not question:
        return None
    return Pair(question, strip_marker(rest[cut[1] :]), number, explicit)


def _question_end(
    rest: str, opened: bool, explicit: bool, heading: bool
) -> tuple[int, int] | None:
    """Return where the question ends and the answer begins."""
    if opened:
        close = rest.find("**")
        if close > 0 and ("?" in rest[:close] or explicit):
            return close, close + 2
    marker = answer_marker(rest)
    if marker and marker[0] > 0 and (explicit or "?" in rest[: marker[0]]):
        return marker
    place = rest.find("?")
    while 0 <= place < len(rest) - 1 and rest[place + 1] not in " \t\n*_)\"'”":
        place = rest.find("?", place + 1)
    if place >= 0:
        end = place + 1
        while end < len(rest) and rest[end] in ")\"'”":
            end += 1
        past = end
        while past < len(rest) and rest[past] in "*_":
            past += 1
        return end, past
    return (len(rest), len(rest)) if heading and explicit else None


def page_marker(answers: list[str]) -> str | None:
    """Return the word most answers of a page begin with, if it marks answers.

    One word before a colon or dash is a marker when nearly all of a page's answers
    begin with it; a single ``Dosage:`` is not.
    """
    words: Counter[str] = Counter()
    for answer in answers:
        if (match := _OPENER.match(answer)) and match[2] not in _REPLIES:
            words[match[2]] += 1
    if not words:
        return None
    word, count = words.most_common(1)[0]
    return word if count >= 3 and count * 5 >= len(answers) * 4 else None
