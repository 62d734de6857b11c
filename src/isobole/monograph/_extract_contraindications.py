"""Contraindications: what forbids the substance, and what is excepted from nothing."""

from __future__ import annotations

import re

from isobole.monograph._draft import Draft, Place
from isobole.monograph._extract_terms import agent_term, condition_term, indication_term
from isobole.monograph._extract_text import Entry, Piece, chunks, plain
from isobole.monograph._extract_uses import VERB
from isobole.monograph._folded import Folded
from isobole.monograph._vocabulary import vocabulary

_ABSOLUTE = Folded(r"\b(absolute|relative)\b", keys=("absolute", "relative"))
# "None known" is no condition that forbids; the sentence stays as text.
_NONE = re.compile(
    r"\W*(?:none|nil|n/?a|not\s+(?:known|reported|stated|applicable|available)|"
    r"(?:there\s+(?:are|is)\s+)?no\s+(?:known|specific|absolute|reported|significant)?"
    r"\s*contra-?indications?)\b",
    re.IGNORECASE,
)
# "None except asthma": what follows does forbid.
_EXCEPT = Folded(
    r"\b(?:except(?:ing)?(?:\s+for)?|other\s+than|apart\s+from|aside\s+from|besides|"
    r"beyond|save\s+for|with\s+the\s+exception\s+of)\s+"
    r"(?:(?:in|for|by)\s+)?(?:(?:patients?|people|persons|individuals|those|anyone)\s+"
    r"(?:with|who\s+ha(?:ve|s)|having)\s+)?(?P<what>[^.;]*\w)",
)
# "Pregnancy, when used for migraine" is a condition with a proviso, no sentence.
_PROVIDED = re.compile(
    r",\s+(?:when|if|where|unless)\b"
    r"|\s+who\b(?!.*\b(?:should|must|can|may|might|will|need)\b)",
    re.IGNORECASE,
)
_WHEN_USED = Folded(
    r"\b(?:when|if)\s+(?:it\s+is\s+)?used\s+(?:for|in|to\s+(?:treat|prevent))\s+"
    r"(?P<what>[^.;,()]+)",
)
# "None; use with care except in ..." excepts nothing from what forbids.
_OTHERWISE = re.compile(r";|,\s+(?:but|however|use[ds]?|caution)\b", re.IGNORECASE)
_AFTERTHOUGHT = re.compile(r",?\s+(?:which|that)\s.*$", re.IGNORECASE | re.DOTALL)


def _excepted(draft: Draft, piece: Piece, place: Place, listing: bool) -> bool:
    """Write down what a sentence excepts that says nothing forbids the substance."""
    if not (match := _EXCEPT.search(_OTHERWISE.split(piece.text, maxsplit=1)[0])):
        return False
    what = _AFTERTHOUGHT.sub("", match["what"])
    whole = Piece(0, len(what), what)
    for one in chunks(whole) if listing else [whole]:
        value = condition_term(one.text)
        draft.say(
            "contraindication", piece, place, value, strength="contraindicated",
            subject=draft.subject, condition=value,
            population=vocabulary().population(one.text),
        )  # fmt: skip
    return True


def _has_verb(words: str) -> bool:
    """Say whether words hold a verb before a proviso; most hold none at all."""
    if not VERB.search(words):
        return False
    return VERB.search(_PROVIDED.split(words, maxsplit=1)[0]) is not None


def say_contraindications(
    draft: Draft, entry: Entry, place: Place, listing: bool
) -> set[int]:
    """Write down the contraindications of an entry; return the sentences that held any.

    An item of a list is one contraindication, "or" included; a run of words between
    commas (`listing`) is several.
    """
    done: set[int] = set()
    degree = _ABSOLUTE.search(" ".join((*place.section, entry.lead)))
    lead = entry.lead if not _ABSOLUTE.search(entry.lead) else ""
    if (
        vocabulary().topic(lead) == "contraindications"
        or place.topic != "contraindications"
    ):
        lead = ""
    for index, piece in enumerate(entry.sentences):
        if _NONE.match(piece.text):
            if _excepted(draft, piece, place, listing):
                done.add(piece.start)
            continue
        if "contraindicated" in piece.text.lower():
            continue
        if lead:
            if index:
                continue
            source, texts = piece, [lead]
            note: str | None = plain(piece.text)
        elif _has_verb(piece.text.partition("(")[0]):
            continue
        else:
            note = None
            source = piece
            texts = [c.text for c in chunks(piece)] if listing else [piece.text]
        parts = chunks(piece) if listing and not lead else [source] * len(texts)
        for source, text in zip(parts, texts, strict=True):
            value = condition_term(text)
            draft.say(
                "contraindication",
                source,
                place,
                value,
                strength="contraindicated",
                subject=draft.subject,
                condition=value,
                population=vocabulary().population(text),
                details={"degree": degree[1].lower() if degree else None, "note": note},
                indication=indication_term(use["what"])
                if "used" in text and (use := _WHEN_USED.search(text))
                else None,
            )
            _with_agents(draft, source, place, value)
            done.add(piece.start)
    if lead and not entry.sentences:
        end = entry.begin + len(lead) + 4
        whole = Piece(entry.begin, end, draft.page.text[entry.begin : end].strip())
        whole = Piece(entry.begin, entry.begin + len(whole.text), whole.text)
        value = condition_term(lead)
        draft.say(
            "contraindication", whole, place, value, strength="contraindicated",
            subject=draft.subject, condition=value,
        )  # fmt: skip
    return done


# "Use of an MAO inhibitor within the past 14 days" forbids a pair of drugs.
_USE_OF = re.compile(
    r"(?:(?:concomitant|concurrent|simultaneous|recent|current)\s+)?"
    r"(?:use|administration|treatment|therapy|intake)\s+(?:of|with)\s+(?:an?\s+)?"
    r"(?P<what>[^.;]+?)(?=\s+(?:within|in|during|for|or\s+within)\b|[.;(]|$)",
    re.IGNORECASE,
)


def _with_agents(draft: Draft, source: Piece, place: Place, value: str) -> None:
    """Write down the interaction that a contraindication of two drugs is."""
    match = _USE_OF.match(value)
    if match is None:
        return
    for one in chunks(Piece(0, len(match["what"]), match["what"])):
        if name := agent_term(one.text):
            draft.say(
                "interaction", source, place, name, strength="contraindicated",
                condition="co-administration",
            )  # fmt: skip
