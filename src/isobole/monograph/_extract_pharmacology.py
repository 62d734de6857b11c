"""Mechanism, effect and fate in the body: what is done to which target, how certain."""

from __future__ import annotations

import re

from isobole.monograph._draft import Draft, Place, hedge
from isobole.monograph._extract_terms import lower_words
from isobole.monograph._extract_text import Piece, citations, plain
from isobole.monograph._extract_units import DIGIT, NUMBER, number, value_of
from isobole.monograph._held import gate, held, marks
from isobole.monograph._vocabulary import vocabulary

_TIME = re.compile(
    rf"(?P<low>{NUMBER})(?:\s*(?:-|–|—|to)\s*(?P<high>{NUMBER}))?\s*-?"
    r"(?P<unit>hours?|hrs?|h|minutes?|mins?|days?|weeks?)\b",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    rf"(?P<low>{NUMBER})\s*%?(?:\s*(?:-|–|—|to)\s*(?P<high>{NUMBER}))?\s*%"
)
_TIME_UNITS = {"h": "h", "m": "min", "d": "days", "w": "weeks"}
_DEFINED = re.compile(
    r",\s+(?P<apposition>(?:an?|the)\s+(?:\w+[\s-]){0,3}?"
    r"(?:neurotransmitter|enzyme|hormone|process|receptor|protein|molecule|condition|"
    r"substance|mediator|amino acid)\b[^.;,]*)",
    re.IGNORECASE,
)
_IS_A = re.compile(
    r"^(?:The\s+)?(?P<term>[A-Z][\w\s()-]{1,40}?)\s+is\s+(?P<what>(?:an?|the)\s+(?:\w+[\s-])"
    r"{0,3}?(?:neurotransmitter|enzyme|hormone|process|receptor|protein|dose|condition)\b)",
)
_OF = re.compile(
    rf"(?P<value>{NUMBER})\s*%\s+of\s+(?:the\s+|all\s+)?(?P<what>[a-z]+)",
    re.IGNORECASE,
)
_TERM_TAIL = re.compile(
    r"(?:.*\b(?:of|to|in|inhibiting|inhibits?|blocks?|stimulates?|inhibition of|"
    r"preventing|"
    r"blocking|stimulating|"
    r"stimulation of|neurotransmitter|and|the|concentration|by|increases?|reduces?)\s+)"
    r"(?=\S)",
    re.IGNORECASE | re.DOTALL,
)
_MEASURED = marks(
    ("peak", "max", "half", "onset", "duration", "bioavailab", "protein", "excret",
     "eliminat", "albumin")
)  # fmt: skip
_SHAPED = gate(
    "receptor", "channel", "synthase", "synthetase", "reductase", "kinase",
    "transporter", "polymerase", "oxidase", "esterase",
)  # fmt: skip
"""Without one of these a text names nothing like a receptor, channel or enzyme."""
_ENZYMES = marks(("cyp", "ugt", "cytochrome", "mao", "xanthine", "comt"))
_CLAUSE_END = re.compile(r"[;:]|\.\s")
_ACRONYM = re.compile(r"\(([A-Z][\w-]+)\)\s*$")


def say_mechanism(draft: Draft, piece: Piece, place: Place, subject: str = "") -> bool:
    """Write down what a sentence says is done to which target."""
    text = piece.text
    words = vocabulary()
    aside = [match.span("apposition") for match in _DEFINED.finditer(text)]
    targets = [
        one
        for one in words.targets.found(text)
        if not any(begin <= one[0] < end for begin, end in aside)
    ]
    targets.extend(_unlisted(text, targets, aside))
    cites = citations(text)
    speaker = subject or draft.subject_of(text)
    said = False
    if "mechanism" in text.lower() and any(
        name == "unknown" for _, _, name in words.hedges.found(text)
    ):
        draft.say("mechanism", piece, place, certainty="unknown", subject=speaker)
        said = True
    targets.sort()
    actions = [a for a in words.actions.found(text) if not _is_adjective(text, a)]
    for begin, _, name in targets:
        before = [action for action in actions if action[0] < begin]
        if not before:
            continue
        action = before[-1]
        # An action whose own clause ended does not reach the target.
        if _CLAUSE_END.search(text, action[1], begin):
            continue
        value = f"{name} {action[2]}".strip()
        qualifier = words.qualifier.search(text[max(0, action[0] - 30) : action[0]])
        if qualifier and action[2] in (
            "antagonism",
            "inhibition",
            "agonism",
            "blockade",
        ):
            value = f"{value} ({qualifier[1].lower()})"
        draft.say(
            "mechanism",
            piece,
            place,
            value,
            subject=speaker,
            certainty=hedge(text, action[0] + 1),
            details={"cites": cites, "target": name},
        )
        said = True
    return said


_TWO_WORDS = re.compile(r"(?:[\w+-]+ )?[\w+-]+ $")


def _unlisted(
    text: str, known: list[tuple[int, int, str]], aside: list[tuple[int, int]]
) -> list[tuple[int, int, str]]:
    """Return what is named like a receptor, channel or enzyme and not in the list."""
    found: list[tuple[int, int, str]] = []
    if not held(text) & _SHAPED:
        return found
    taken = [(begin, end) for begin, end, _ in known] + aside
    for match in vocabulary().target_shape.finditer(text):
        before = _TWO_WORDS.search(text, max(0, match.start() - 50), match.start())
        if before is None:
            continue
        begin, end = before.start(), match.end()
        for action in vocabulary().actions.found(text):
            if begin <= action[0] < match.start():
                begin = action[1] + 1
        shape = _shape(text[begin:end])
        if " " in shape and not any(begin < e and b < end for b, e in taken):
            found.append((begin, end, shape))
    return found


def _is_adjective(text: str, action: tuple[int, int, str]) -> bool:
    return text[action[1] : action[1] + 1] == "-" and action[2] == "prevention"


def _shape(text: str) -> str:
    words = plain(text).split()
    drop = ("the", "a", "an", "of", "on", "to", "by", "with", "and", "at", "these",
            "its", "blocks", "inhibits", "inhibiting", "blocking", "activates",
            "stimulates", "binds", "other", "selectively", "specific", "both",
            )  # fmt: skip
    while len(words) > 1 and words[0].lower() in drop:
        words = words[1:]
    name = " ".join(words)
    name = lower_words(name)
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def say_definitions(draft: Draft, piece: Piece, place: Place) -> bool:
    """Write down what a sentence says a term is."""
    text = piece.text
    said = False
    for match in _DEFINED.finditer(text):
        start = match.start("apposition")
        inner = Piece(
            piece.start + start,
            piece.start + match.end("apposition"),
            match["apposition"],
        )
        draft.say("definition", inner, place, subject=_term(text[: match.start()]))
        said = True
    if is_a := _IS_A.match(text):
        share = _OF.search(text)
        draft.say(
            "definition",
            piece,
            place,
            number(share["value"]) if share else None,
            f"% of {share['what'].lower()}" if share else None,
            subject=_term(is_a["term"]),
        )
        said = True
    return said


def _term(words: str) -> str:
    bare = plain(re.split(r"[,;:]", words[-160:])[-1])
    if acronym := _ACRONYM.search(bare):
        return acronym[1]
    tail = _TERM_TAIL.match(bare)
    return (bare[tail.end() :] if tail else bare).strip() or bare


def say_fate(draft: Draft, piece: Piece, place: Place) -> bool:
    """Write down absorption, binding, breakdown and excretion."""
    text = piece.text
    said = False
    found = []
    here = held(text)
    if there := here & vocabulary().fate_marks:
        found = [
            fate
            for fate in vocabulary().fates
            if there & fate.marks and fate.pattern.search(text)
        ]
    numbers = here & _MEASURED and DIGIT.search(text)
    if found or numbers:
        route = vocabulary().routes.first(text)
        for fate in found:
            draft.say(
                "pharmacokinetics",
                piece,
                place,
                fate.value,
                route=route,
                certainty=hedge(text),
                details={"parameter": fate.parameter},
            )
            said = True
        if numbers:
            said = _measures(draft, piece, place, route) or said
    return say_pathways(draft, piece, place) or said


def _measures(draft: Draft, piece: Piece, place: Place, route: str | None) -> bool:
    text = piece.text
    said = False
    here = held(text)
    for measure in vocabulary().measures:
        match = measure.pattern.search(text) if here & measure.gate else None
        if match is None:
            continue
        pattern = _TIME if measure.units == "time" else _PERCENT
        quantity = pattern.search(text, match.end())
        if quantity is None or quantity.start() - match.end() > 80:
            earlier = [m for m in pattern.finditer(text, 0, match.start())]
            quantity = earlier[-1] if earlier else None
        if quantity is None:
            continue
        unit = (
            "%"
            if measure.units == "percent"
            else _TIME_UNITS[quantity["unit"][0].lower()]
        )
        draft.say(
            "pharmacokinetics",
            piece,
            place,
            value_of(quantity["low"], quantity["high"]),
            unit,
            route=route,
            certainty=hedge(text),
            details={"parameter": measure.parameter},
        )
        said = True
    return said


def say_pathways(draft: Draft, piece: Piece, place: Place) -> bool:
    """Write down each enzyme and pathway by which a substance is broken down."""
    text = piece.text
    found = [name for _, _, name in vocabulary().pathways.found(text)]
    if held(text) & _ENZYMES:
        found.extend(
            match[0].replace(" ", "").replace("cytochromeP450", "CYP")
            for match in vocabulary().enzyme.finditer(text)
        )
    if not found:
        return False
    certainty = hedge(text)
    for name in dict.fromkeys(found):
        draft.say("metabolism", piece, place, name, certainty=certainty)
    return True
