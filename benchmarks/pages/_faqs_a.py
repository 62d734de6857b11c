"""The FAQ section of a page of kind A and what the import made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from benchmarks.pages import _forms, _import
from benchmarks.pages._drug import Drug
from benchmarks.pages._pairs import FALSE_MARKER, pairs
from benchmarks.pages._truth import Planted


@dataclass(frozen=True, slots=True)
class Faqs:
    """A section, the entries of the front matter and the truth behind both."""

    section: str
    entries: tuple[tuple[str, str], ...]
    pairs: tuple[tuple[str, str], ...]
    planted: tuple[Planted, ...]


def faqs(drug: Drug, dealt: Mapping[str, str], rng: Random, *, held_out: bool) -> Faqs:
    """Return the questions of a page with the dealt forms and defects."""
    count = {"": 10, "nine": 9, "other": rng.choice((5, 7, 8, 11, 12))}[dealt["faqs"]]
    found = pairs(drug, count, rng)
    planted: list[Planted] = []
    if dealt["false_marker"]:
        question, answer = FALSE_MARKER
        found[rng.randrange(count)] = (question.format(t=drug.title), answer)
    found = [
        (q, f"{a}\n- In the morning.\n- With water.")
        if rng.random() < 0.005
        else (q, a)
        for q, a in found
    ]
    if dealt["unanswered"]:
        one = rng.randrange(count)
        for index, (q, _) in enumerate(found):
            if dealt["unanswered"] == "all" or index == one:
                found[index] = (q, "")
                planted.append(Planted("unanswered", q))
    ask, reply = _forms.question_and_answer(
        rng, dealt["question_form"], dealt["answer_form"], held_out=held_out
    )
    gap = "\n\n" if rng.random() < 0.1 else "\n"
    unseen = dealt["entries"] == "not_imported"
    if unseen:
        whole = rng.choice(_forms.UNSEEN_A)
        ask, _, reply = whole.partition("\n")
        gap = "\n"
        planted.append(Planted("no_entries"))
    blocks = []
    for number, (q, a) in zip(_numbers(count, dealt, rng), found, strict=True):
        heading = ask.format(n=number, q=q)
        blocks.append(heading + (gap + reply.format(a=a) if a else ""))
    section = "\n\n".join(blocks)
    if dealt["numbering"]:
        planted.append(Planted("numbering"))
    if unseen:
        return Faqs(section, (), tuple(found), tuple(planted))
    entries = _import.entries(section)
    for (question, answer), (q, a) in zip(found, entries, strict=True):
        if answer and answer in q and a:
            planted.append(Planted("answer_in_question", question))
        if q.count("**") % 2:
            planted.append(Planted("question_unbalanced", question))
    return Faqs(section, tuple(entries), tuple(found), tuple(planted))


def _numbers(count: int, dealt: Mapping[str, str], rng: Random) -> list[int]:
    """Return the numbers of the questions: one is left out, doubled, or starts at 2."""
    numbers = list(range(1, count + 1))
    where = rng.randrange(2, count)
    if dealt["numbering"] == "gap":
        return [n + (n > where) for n in numbers]
    if dealt["numbering"] == "duplicate":
        return [n - (n > where) for n in numbers]
    if dealt["numbering"] == "start":
        return [n + 1 for n in numbers]
    return numbers
