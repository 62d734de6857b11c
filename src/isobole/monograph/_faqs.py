"""The questions and answers of a page: as the body has them, and as repaired."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from isobole.monograph._front_matter import FrontMatter
from isobole.monograph._page import Faq, Section, make_faq
from isobole.monograph._qa import (
    Pair,
    answer_marker,
    clean_question,
    page_marker,
    question_label,
    split_pair,
    squash,
    strip_marker,
)
from isobole.monograph._span import Span
from isobole.monograph._text import PageText

_ENDS = ("?", "?**", "?*", "**", ":", ".", "–", "-")


class _Piece(NamedTuple):
    text: str
    line: int
    kind: Literal["heading", "item", "text", "more"]
    depth: int


def body_faqs(page: PageText, sections: tuple[Section, ...]) -> tuple[Faq, ...]:
    """Return the questions in the body of a page, each with its answer."""
    pieces = list(_pieces(page, sections))
    pairs = [_question(piece) for piece in pieces]
    headed = any(
        pair and piece.kind == "heading"
        for piece, pair in zip(pieces, pairs, strict=True)
    )
    marked = any(
        pair and (pair.explicit or _is_bold(piece.text))
        for piece, pair in zip(pieces, pairs, strict=True)
    )
    found: list[tuple[_Piece, Pair, list[str]]] = []
    for piece, pair in zip(pieces, pairs, strict=True):
        if pair is not None and _starts(piece, pair, headed, marked):
            found.append((piece, pair, [pair.answer] if pair.answer else []))
        elif found:
            bullet = "- " if piece.kind == "item" else ""
            found[-1][2].append(bullet + piece.text)
    word = page_marker([answer[0] for _, _, answer in found if answer])
    return tuple(_faq(page, piece, pair, answer, word) for piece, pair, answer in found)


def _faq(
    page: PageText, piece: _Piece, pair: Pair, answer: list[str], word: str | None
) -> Faq:
    text = strip_marker("\n".join(answer), word)
    span = page.find(pair.question, piece.line, piece.line + 3)
    return make_faq(
        question=pair.question,
        answer=text,
        span=span or page.line_span(piece.line),
        place="body",
        original=(piece.text, "\n".join(answer)),
    )


def _pieces(page: PageText, sections: tuple[Section, ...]) -> Iterator[_Piece]:
    level: int | None = None
    for section in sections:
        if section.name == "FAQs":
            level = section.level
            if section.inline:
                yield _Piece(section.inline, section.line, "text", 0)
        elif level is not None:
            source = page.lines[section.line - 1].lstrip("# \t")
            below = section.level > level
            label = question_label(source)
            asked = bool(label and label["bare"] is None) or "?" in section.title
            if section.level == 0 or not (below or asked):
                level = None
                continue
            yield _Piece(source.rstrip(), section.line, "heading", 0)
        if level is None:
            continue
        for block in section.blocks:
            if block.kind == "rule":
                continue
            kind: Literal["item", "text"] = "item" if block.kind == "item" else "text"
            for offset, line in enumerate(block.text.split("\n")):
                if line.strip():
                    yield _Piece(
                        line.strip(),
                        block.line + offset,
                        "more" if offset else kind,
                        block.depth,
                    )


def _question(piece: _Piece) -> Pair | None:
    if "?" not in piece.text and not question_label(piece.text):
        return None
    return split_pair(piece.text, heading=piece.kind == "heading")


def _is_bold(text: str) -> bool:
    return text.startswith("**") and "?" in text.split("**")[1]


def _starts(piece: _Piece, pair: Pair, headed: bool, marked: bool) -> bool:
    """Decide whether a piece that reads as a question begins a new pair."""
    if piece.kind == "heading" or pair.explicit:
        return True
    if headed or piece.depth > 0:
        return False
    if _is_bold(piece.text):
        return True
    if marked or piece.kind == "more":
        return False
    # Without any mark: a list item that asks, or a line that only asks.
    return piece.kind == "item" or not pair.answer


def front_faqs(
    page: PageText, front: FrontMatter, body: tuple[Faq, ...]
) -> dict[int, Faq]:
    """Return the questions of the front matter, answers taken out of questions.

    The keys are the places of the entries, counted from 0: an entry that is no
    question and answer has none.
    """
    entries = front.values.get("faqs")
    if not isinstance(entries, list):
        return {}
    read = [(index, *_entry(entry)) for index, entry in enumerate(entries)]
    word = page_marker([a for _, _, a in read if a])
    found = {}
    for index, q, a in read:
        if q is None and a is None:
            continue
        pair = repair_pair(q or "", a or "", body, word)
        same = (pair.question, pair.answer) == ((q or "").strip(), (a or "").strip())
        found[index] = make_faq(
            question=pair.question,
            answer=pair.answer,
            span=_front_span(page, front, index, pair.question),
            place="front matter",
            original=(q or "", a or ""),
            repaired="as written" if same else "repaired",
        )
    return found


def _entry(entry: Any) -> tuple[str | None, str | None]:
    if not isinstance(entry, dict):
        return (str(entry), None) if isinstance(entry, str) else (None, None)
    q = entry.get("q", entry.get("question"))
    a = entry.get("a", entry.get("answer"))
    return (None if q is None else str(q), None if a is None else str(a))


def repair_pair(
    q: str, a: str, body: tuple[Faq, ...] = (), word: str | None = None
) -> Pair:
    """Return the question and answer of a front matter entry, taken apart.

    The question ends at the first answer marker; without one, where the answer's own
    words begin, or where a question of the body ends.

    Examples
    --------
    >>> repair_pair("Is it new? **A:** No.", "A:** No.")[:2]
    ('Is it new?', 'No.')
    """
    answer = strip_marker(a, word)
    marker = answer_marker(q)
    cut, rest = len(q), ""
    if marker and marker[0] > 0:
        cut, rest = marker[0], q[marker[1] :]
    else:
        place = _tail(q, a.strip().lstrip("*_ "))
        if place is None:
            place = _asked(q, answer, body)
        if place is not None:
            cut, rest = place, q[place:]
    question = clean_question(q[:cut])
    return Pair(question, answer or strip_marker(rest, word))


def _tail(q: str, a: str) -> int | None:
    """Return where the answer begins within the question that swallowed it."""
    if not a:
        return None
    words = a.split()
    place = q.rfind(words[0])
    while place > 0:
        before = q[:place].rstrip()
        # The answer stands on its own: on a new line, or after what ends a question.
        apart = "\n" in q[len(before) : place] or (
            "?" in before and before.endswith(_ENDS)
        )
        if apart and q[place:].split() == words:
            return len(before.rstrip("*_ \t\n"))
        place = q.rfind(words[0], 0, place)
    return None


def _asked(q: str, answer: str, body: tuple[Faq, ...]) -> int | None:
    """Return where a question of the body ends within one that swallowed its answer."""
    start = len(q) - len(q.lstrip("*_ \t\n"))
    for faq in body:
        end = start + len(faq.question)
        rest = q[end:]
        asked = q.startswith(faq.question, start) and rest.strip(" *_\n")
        if asked and squash(answer) in squash(rest):
            return end
    return None


def _front_span(page: PageText, front: FrontMatter, index: int, question: str) -> Span:
    where = f"faqs[{index}]"
    place = front.places.get(f"{where}.q") or front.places.get(where)
    if place is None:
        return page.line_span(front.lines.get(where, front.first_line))
    first, last = page.line_of(place[0]), page.line_of(max(place[1] - 1, place[0]))
    if question and (span := page.find(question, first, last)):
        return span
    line = first
    while line < last and page.lines[line - 1].rstrip().endswith(
        (">-", "|-", ">", "|")
    ):
        line += 1
    return page.line_span(line)


def same_pair(faq: Faq, other: Faq) -> bool:
    """Say whether two pairs have the same words."""
    if faq.question == other.question and faq.answer == other.answer:
        return True
    return squash(faq.question) == squash(other.question) and squash(
        faq.answer
    ) == squash(other.answer)
