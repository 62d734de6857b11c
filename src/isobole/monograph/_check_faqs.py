"""Defects of questions and answers, each with the repaired pair beside it."""

from __future__ import annotations

from collections.abc import Iterator

from isobole.monograph._check_front import yaml_scalar
from isobole.monograph._faqs import same_pair
from isobole.monograph._finding import Finding
from isobole.monograph._front_matter import FrontMatter
from isobole.monograph._page import Faq, Section
from isobole.monograph._qa import question_label, squash
from isobole.monograph._registry import found
from isobole.monograph._text import PageText


def check_faqs(
    page: PageText,
    front: FrontMatter | None,
    faqs: tuple[Faq, ...],
    sections: tuple[Section, ...],
) -> Iterator[Finding]:
    """Yield what is wrong with the questions of the front matter and the body."""
    body = [faq for faq in faqs if faq.place == "body"]
    asked = [faq for faq in faqs if faq.place == "front matter"]
    if front:
        yield from _check_front(page, front, asked)
        if asked and body:
            yield from _compare(asked, body)
    for faq in body:
        if not faq.answer:
            yield found("faq-unanswered", faq.span)
    yield from _numbering(page, body)
    if not body:
        for section in sections:
            if section.name == "FAQs" and (section.blocks or section.inline):
                yield found("faq-none", page.line_span(section.line))
                break


def _check_front(
    page: PageText, front: FrontMatter, asked: list[Faq]
) -> Iterator[Finding]:
    entries = front.values.get("faqs")
    if not isinstance(entries, list):
        return
    remaining = iter(asked)
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict) or not ({"q", "question"} & set(entry)):
            continue
        faq = next(remaining, None)
        if faq is None:
            return
        names = ("q", "a") if "q" in entry else ("question", "answer")
        yield from _entry(page, front, f"faqs[{index}]", names, faq)


def _entry(
    page: PageText, front: FrontMatter, where: str, names: tuple[str, str], faq: Faq
) -> Iterator[Finding]:
    code = _code(faq)
    if code is None:
        return
    q = front.places.get(f"{where}.{names[0]}")
    a = front.places.get(f"{where}.{names[1]}")
    if q is None:
        return
    question, answer = yaml_scalar(faq.question), yaml_scalar(faq.answer)
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
    if not faq.answer:
        yield found(code, span)
    else:
        yield found(code, span, after=first[1] + between + second[1])


def _code(faq: Faq) -> str | None:
    q, a = faq.original
    if not a.strip():
        return "faq-answer-empty"
    if faq.repaired == "as written":
        return None
    kept = squash(q)
    if faq.question and len(kept) > len(squash(faq.question)) + 12:
        return "faq-answer-in-question"
    if faq.answer != a.strip():
        return "faq-answer-marker"
    return "faq-question-marks"


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
