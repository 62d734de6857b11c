"""Questions in the body: where the answer begins, and which rules read it."""

from __future__ import annotations

import re
from collections.abc import Callable

from isobole.monograph._draft import Draft, Place
from isobole.monograph._extract_advice import say_advice
from isobole.monograph._extract_doses import say_doses
from isobole.monograph._extract_effects import effect_list
from isobole.monograph._extract_interactions import say_interactions
from isobole.monograph._extract_partners import partners_asked, say_partners
from isobole.monograph._extract_text import Entry, Piece, plain, sentences
from isobole.monograph._vocabulary import vocabulary

Handler = Callable[[Draft, Entry, Place, str], None]

_QUESTION = re.compile(
    r"\s*(?:[-*+]\s+|\d{1,2}[.)]\s+|#{1,6}\s+)?(?:\*\*|__)?\s*(?:Q(?:uestion)?\s*\d*\s*[.:)]"
    r"\s*(?:\*\*)?\s*)?(?P<q>[^?\n]{3,240}\?)(?:\*\*|__)?:?\s*"
)
_ANSWER = re.compile(
    r"\s*(?:\*\*|__)?\s*(?:(?:A|Ans|Answer)\s*\d{0,2}\s*[:.])?\s*(?:\*\*|__)?\s*:?\s*"
)
_ONLY = re.compile(r"\W*(?:yes|no)\W*", re.IGNORECASE)
_YES_NO = re.compile(r"(?:yes|no)[,.]?\s+", re.IGNORECASE)


def split_question(text: str) -> tuple[str | None, int]:
    """Return the question that words begin with, and where what follows begins.

    Examples
    --------
    >>> split_question("* **Q: Does it help?** A: Yes.")
    ('Does it help?', 23)
    >>> split_question("No question here.")
    (None, 0)
    """
    match = _QUESTION.match(text) if "?" in text else None
    if match is None:
        return None, 0
    return plain(match["q"]), match.end()


def say_answer(
    draft: Draft, start: int, end: int, place: Place, asked: str, handle: Handler
) -> None:
    """Write down what an answer states; the question is kept with each statement."""
    text = draft.page.text
    if mark := _ANSWER.match(text, start, end):
        start = mark.end()
    found = sentences(text, start, end)
    if not found:
        return
    topic = vocabulary().question(asked)
    if topic == "discontinuation" and "stop breast" in asked.lower():
        # Not the drug is stopped.
        topic = "breastfeeding"
    partners: list[str] = []
    since = draft.count
    if topic in _MAY_ASK_TWO:
        partners = partners_asked(draft, asked)
        if partners and topic != "alcohol":
            topic = "interactions"
    population = vocabulary().population(asked)
    if topic == "pregnancy":
        population = "pregnant"
    place = place.but(
        topic=topic or "faq",
        question=asked,
        population=population,
        frequency=vocabulary().frequency(asked),
        lead="",
    )
    draft.opening = None
    made = Entry("", start, tuple(found), 0)
    if topic in ("alcohol", "interactions"):
        _interactions(draft, made, place, handle)
    elif topic == "adverse":
        _effects(draft, made, place, handle)
    elif topic == "dependence":
        _dependence(draft, found, place)
        handle(draft, made, place, "paragraph")
    elif topic in ("dosage", "missed_dose"):
        handle(draft, made, place, "paragraph")
    else:
        if topic not in ("usage", "monitoring"):
            for piece in found:
                say_doses(draft, piece, place)
        handle(draft, made, place, "paragraph")
    if partners:
        say_partners(draft, found, place, partners, since)


# Questions about two substances may be taken for others: "used with", "take ... with".
_MAY_ASK_TWO = frozenset(("interactions", "alcohol", "usage", "dosage", None))


def _interactions(draft: Draft, made: Entry, place: Place, handle: Handler) -> None:
    here = place.but(topic="interactions")
    bare_yes = tuple(p for p in made.sentences if _ONLY.fullmatch(p.text))
    if bare_yes:
        # "Yes." names nobody.
        for piece in bare_yes:
            draft.say("text", piece, place)
        rest = tuple(p for p in made.sentences if p not in bare_yes)
        made = Entry("", made.begin, rest, 0)
    pieces = []
    for piece in made.sentences:
        bare = _YES_NO.match(piece.text)
        if bare and len(bare[0]) < len(piece.text):
            at = piece.start + bare.end()
            pieces.append(Piece(at, piece.end, piece.text[bare.end() :]))
        else:
            pieces.append(piece)
    short = Entry("", made.begin, tuple(pieces), 0)
    done = say_interactions(draft, short, here)
    rest = tuple(
        piece
        for piece, said in zip(made.sentences, pieces, strict=True)
        if said.start not in done
    )
    both = tuple(
        p for p, s in zip(made.sentences, pieces, strict=True) if s.start in done
    )
    if both:
        # Advice in the same sentence ("avoid alcohol") is a statement of its own.
        for piece in both:
            say_advice(draft, piece, here)
    if rest:
        handle(draft, Entry("", made.begin, rest, 0), here, "paragraph")


def _effects(draft: Draft, made: Entry, place: Place, handle: Handler) -> None:
    handle(draft, made, place, "paragraph")
    for piece in made.sentences:
        if any(
            word in piece.text.lower() for word in ("such as", "include", "including")
        ):
            effect_list(draft, piece, place)


_NEGATIVE = re.compile(r"\b(?:not|no|isn't|doesn't)\b", re.IGNORECASE)


def _dependence(draft: Draft, found: list[Piece], place: Place) -> None:
    for index, piece in enumerate(found):
        lower = piece.text.lower()
        answers = index == 0 and lower.startswith(("yes", "no"))
        if answers or any(
            word in lower for word in ("addict", "habit", "depend", "abus")
        ):
            value = "not addictive" if _NEGATIVE.search(lower) else "addictive"
            draft.say("dependence", piece, place, value)
