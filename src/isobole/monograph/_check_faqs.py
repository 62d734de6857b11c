"""Defects of questions and answers, each with the repaired pair beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from isobole.monograph._check_front import yaml_scalar
from isobole.monograph._faqs import same_pair
from isobole.monograph._finding import Finding
from isobole.monograph._front_matter import FrontMatter
from isobole.monograph._page import Faq, Monograph
from isobole.monograph._qa import question_label, squash
from isobole.monograph._registry import found
from isobole.monograph._text import PageText

_WORD = re.compile(r"\w+")
_MARKER = re.compile(r"(?:[QA]\d{0,3}|Ans(?:wer)?|ANS(?:WER)?|Response|Reply)$")
_MARKS = (" ", "\t", "\n", "*", ":")
# What `squash` may take out of a text of ASCII letters.
_SQUASHED = " \n*-_\t\r\f\v\x1c\x1d\x1e\x1f"


def check_faqs(
    page: PageText,
    front: FrontMatter | None,
    asked: dict[int, Faq],
    monograph: Monograph,
) -> Iterator[Finding]:
    """Yield what is wrong with the questions of the front matter and the body.

    `asked` holds the questions of the front matter by the place of their entry.
    """
    body = [faq for faq in monograph.faqs if faq.place == "body"]
    if front:
        for index, faq in asked.items():
            yield from _entry(page, front, f"faqs[{index}]", faq)
    if asked and body:
        yield from _compare(list(asked.values()), body)
    elif body and front and not front.flaws and monograph.kind == "A":
        # Only pages of this kind repeat their questions in the front matter.
        yield found("faq-none-in-front-matter", body[0].span, count=len(body))
    for faq in body:
        if not faq.answer:
            yield found("faq-unanswered", faq.span)
    yield from _numbering(page, body)
    if not body:
        for section in monograph.sections:
            if section.name == "FAQs" and (section.blocks or section.inline):
                yield found("faq-none", page.line_span(section.line))
                break


def _entry(
    page: PageText, front: FrontMatter, where: str, faq: Faq
) -> Iterator[Finding]:
    code = _code(faq)
    names = ("q", "a") if f"{where}.q" in front.places else ("question", "answer")
    q = front.places.get(f"{where}.{names[0]}")
    a = front.places.get(f"{where}.{names[1]}")
    if code is None or q is None:
        return
    if not faq.question:
        yield found("faq-question-empty", page.span(*q))
        return
    if _loses(faq):
        yield found("faq-two-answers", page.span(*q))
        return
    question, answer = yaml_scalar(faq.question), yaml_scalar(faq.answer)
    if not faq.answer:
        yield found(code, page.span(*q))
        return
    if a is None:
        column = page.line_of(q[0])
        indent = page.lines[column - 1].find(names[0] + ":")
        newline = "\r\n" if "\r\n" in page.text else "\n"
        added = f"{newline}{' ' * max(indent, 0)}{names[1]}: {answer}"
        yield found(code, page.span(*q), after=question + added)
        return
    if a[0] == a[1]:  # an empty field: `a:`
        answer = " " + answer
    first, second = (
        ((q, question), (a, answer)) if q < a else ((a, answer), (q, question))
    )
    between = page.text[first[0][1] : second[0][0]]
    span = page.span(first[0][0], second[0][1])
    yield found(code, span, after=first[1] + between + second[1])


def _code(faq: Faq) -> str | None:
    q, a = faq.original
    if not a.strip():
        return "faq-answer-empty"
    if faq.repaired == "as written":
        return None
    if faq.question and _longer(q, faq.question):
        return "faq-answer-in-question"
    if faq.answer != a.strip():
        return "faq-answer-marker"
    return "faq-question-marks"


def _longer(q: str, question: str) -> bool:
    """Say whether a text has words, 12 letters of them at least, besides a question."""
    # What is sure by counting need not be squashed.
    if q.isascii() and len(q) - sum(map(q.count, _SQUASHED)) > len(question) + 12:
        return True
    return len(squash(q)) > len(squash(question)) + 12


def _loses(faq: Faq) -> bool:
    """Say whether the repaired pair lacks a word of what stood there."""
    if faq.original == (faq.question, faq.answer):
        return False
    pair = f"{faq.question} {faq.answer}"
    pieces: set[str] | None = None
    kept: set[str] | None = None
    for text in faq.original:
        if _only_marked(text, faq):
            continue
        if pieces is None:
            pieces = set(pair.split())
        # Whatever stands between blanks in both, asterisks apart, has its words in
        # both; and a marker is no loss.
        others = {piece.strip("*") for piece in set(text.split()) - pieces} - pieces
        if all(_MARKER.match(piece.rstrip(":")) for piece in others):
            continue
        if kept is None:
            kept = set(_WORD.findall(pair))
        words = _WORD.findall(text)
        # The first two may be a label or a marker of the page's own (`Reply –`).
        lost = [word for word in words[2:] if word not in kept]
        if not all(map(_MARKER.match, lost)):
            return True
    return False


def _only_marked(text: str, faq: Faq) -> bool:
    """Say whether a text is the pair, or its answer, with a marker before the answer.

    Most are: nothing is lost then, and no word need be compared.
    """
    whole = text.rstrip()
    if not whole.endswith(faq.answer):
        return False
    lead = whole[: len(whole) - len(faq.answer)]
    if lead.startswith(faq.question):
        lead = lead[len(faq.question) :]
        if not lead.startswith(_MARKS):
            return False
    if lead and not lead.endswith(_MARKS):
        return False
    marker = lead.strip(" \t\n*:")
    return not marker or _MARKER.match(marker) is not None


def _compare(asked: list[Faq], body: list[Faq]) -> Iterator[Finding]:
    known = {squash(faq.question).casefold(): faq for faq in body}
    seen = set()
    for faq in asked:
        key = squash(faq.question).casefold()
        other = known.get(key)
        seen.add(key)
        if other is None:
            yield found("faq-not-in-body", faq.span)
        elif not same_pair(faq, other):
            yield found("faq-differs-from-body", faq.span, other.span)
    for key, faq in known.items():
        if key not in seen:
            yield found("faq-not-in-front-matter", faq.span)


def _numbering(page: PageText, body: list[Faq]) -> Iterator[Finding]:
    labels = [(faq, question_label(faq.original[0])) for faq in body]
    numbered = [
        (faq, int(label["n"] or label["bare"]))
        for faq, label in labels
        if label and (label["n"] or label["bare"])
    ]
    if [number for _, number in numbered] == list(range(1, len(numbered) + 1)):
        return
    for expected, (faq, given) in enumerate(numbered, 1):
        if given == expected:
            continue
        line = faq.span.line
        start, end = page.bounds(line)
        at = page.text.find(str(given), start, end)
        if at < 0:
            continue
        span = page.span(at, at + len(str(given)))
        yield found(
            "faq-numbering", span, after=str(expected), given=given, expected=expected
        )
