"""Interactions: which agents, what they do to which level or effect, and how."""

from __future__ import annotations

import re

from isobole.monograph._draft import Draft, Place, hedge
from isobole.monograph._extract_affected import (
    CONSEQUENCE,
    EFFECT,
    EFFECT_KEYS,
    GOES_ON,
    PRONOUN,
    affected_by,
    interaction_strength,
    mechanism_of,
    object_of,
)
from isobole.monograph._extract_agents import LISTED, agents_in, all_names
from isobole.monograph._extract_denied import undenied
from isobole.monograph._extract_terms import agent_term, effect_term
from isobole.monograph._extract_text import Entry, Piece, chunks
from isobole.monograph._folded import Folded, folds
from isobole.monograph._held import held
from isobole.monograph._statement import NONE_KNOWN

_MODAL = re.compile(
    r"\s*\b(?:(?:which|that|who)\s+)?(?:can|may|might|could|will|should|significantly|"
    r"potentially|also|both|to|has been shown to|have been shown to|is known to|"
    r"are known to)\s*$",
    re.IGNORECASE,
)
_WITH = Folded(
    r"\b(?:when\s+(?:taken|used|combined|administered|given)\s+(?:together\s+)?with|"
    r"in combination with|(?:concomitant|concurrent)(?:ly)?(?:\s+use)?\s+(?:of|with)|"
    r"co-?administ\w+\s+(?:of|with)|combin\w+\s+with)\s+(?P<agents>[^.;]+)",
    keys=("when", "combin", "concomitant", "concurrent", "administ"),
)
_MODAL_ENDS = (
    "can", "may", "might", "could", "will", "should", "significantly", "potentially",
    "also", "both", "to",
)  # fmt: skip
# "X should be avoided, as it can ..." and "Avoid X, as it can ...".
_SHUNNED = Folded(
    r"(?:^|[,;]\s*)(?:\w+,\s+)?(?P<a>[\w\s-]{3,60}?)\s+(?:should|must|is to)\s+be\s+"
    r"(?:avoided|limited)|\bavoid(?:ing)?\s+(?P<b>[\w\s,-]{3,60}?)"
    r"(?=,?\s+(?:as|because|since|while|when|during|which|due)\b)",
    keys=("avoid", "limited"),
)
# "X should not be taken within an hour of it" names no effect.
_NOT_WITH = re.compile(
    r"^(?P<what>[\w\s-]{3,60}?)\s+(?:should|must)\s+(?:not|never|only)\s+be\s+"
    r"(?:taken|used|given|combined|started|co-?administered)\b",
    re.IGNORECASE,
)
_NOT_WITH_IT = Folded(
    r"\b(?:should|must)\s+(?:not|never)\s+be\s+(?:taken|used|given|combined|mixed|"
    r"co-?administered)\s+(?:together\s+)?with\s+"
    r"(?!(?:it|this|food|meals?|milk|water)\b)(?P<what>[^.;,]+)",
    keys=("with",),
)
_INTERACTS = Folded(
    r"\binteract(?:s|ions?)?\s+with\s+(?P<what>[^.;]+)", keys=("interact",)
)
_UNNAMED = re.compile(
    r"\b(?:other|many|several|various|some|certain|numerous)\s+(?:drugs?|medications?|"
    r"medicines?|substances)\b",
    re.IGNORECASE,
)
_GENERIC_LEAD = Folded(
    r"interaction|drug-|others?$|food$|lifestyle|major|moderate|minor|significant|"
    r"clinically|pharmaco|note|effect|management|monitor|caution|avoid",
)
_YES_NO = re.compile(
    r"^(?:(?:yes|no|but|and|so|however|because|though|although)\b\W*)+", re.IGNORECASE
)


def say_interactions(draft: Draft, entry: Entry, place: Place) -> set[int]:
    """Write down the interactions of an entry; return which sentences held any."""
    done: set[int] = set()
    lead = entry.lead
    agents: list[Piece] = []
    group = None
    if lead and "?" not in lead and not _GENERIC_LEAD.search(lead):
        begin = draft.page.text.find(lead, entry.begin)
        piece = Piece(begin, begin + len(lead), lead)
        agents, group = agents_in(draft, piece)
    for index, piece in enumerate(entry.sentences):
        text = piece.text
        effect = EFFECT.search(text) if held(text) & EFFECT_KEYS else None
        if agents and (index == 0 or effect):
            where = _whole(entry, piece, draft) if index == 0 else piece
            # A class is many: what is said of "alcohol" is no member of it.
            several = lead.endswith(("s", ")", "S"))
            named = several and index == 0 and not effect and undenied(text) is text
            if named and all_names(piece):
                # "**Anticoagulants:** warfarin, heparin" names members of a class.
                group = agent_term(lead)
                for chunk in chunks(piece):
                    _say(
                        draft, chunk, place, [agent_term(chunk.text)], group, piece.text
                    )
            else:
                names = [agent_term(agent.text) for agent in agents]
                _say(draft, where, place, names, group, piece.text)
            done.add(piece.start)
        elif (
            (effect and sentence_interaction(draft, piece, place, effect))
            or (not agents and _interacts(draft, piece, place))
            or (not agents and _bare_list(draft, piece, place))
        ):
            done.add(piece.start)
    if lead and agents and not entry.sentences:
        for agent in agents:
            _say(draft, agent, place, [agent_term(agent.text)], group, "")
    return done


def _whole(entry: Entry, piece: Piece, draft: Draft) -> Piece:
    return Piece(entry.begin, piece.end, draft.page.text[entry.begin : piece.end])


def _bare_list(draft: Draft, piece: Piece, place: Place) -> bool:
    if not all_names(piece):
        return False
    found = False
    listed = LISTED.search(piece.text)
    group = None
    members = chunks(piece)
    if listed and listed["list"] and len(members) == 1:
        members, group = agents_in(draft, piece)
    for chunk in members:
        name = agent_term(chunk.text)
        if name:
            _say(draft, chunk, place, [name], group, "")
            found = True
    return found


def _interacts(draft: Draft, piece: Piece, place: Place) -> bool:
    """Write down a sentence that names partners and no effect."""
    text = piece.text
    match = _INTERACTS.search(text)
    if match is None and (" be " in text and ("not" in text or "only" in text)):
        match = _NOT_WITH_IT.search(text) or _NOT_WITH.match(text)
        if match and (PRONOUN.match(match["what"]) or draft.names(match["what"])):
            match = None
    if match is None:
        return False
    if _UNNAMED.match(match["what"]) and not LISTED.search(match["what"]):
        _say(draft, piece, place, ["unspecified"], None, piece.text)
        return True
    begin = piece.start + match.start("what")
    what = GOES_ON.sub("", match["what"])
    agents, group = agents_in(draft, Piece(begin, begin + len(what), what))
    names = [
        name for name in (agent_term(a.text) for a in agents) if len(name.split()) <= 5
    ]
    if names:
        _say(draft, piece, place, names, group, piece.text)
    return bool(names)


def sentence_interaction(
    draft: Draft, piece: Piece, place: Place, effect: re.Match[str]
) -> bool:
    """Write down the interaction that a sentence with a verb of effect tells."""
    text = piece.text
    if shunned := _SHUNNED.search(text, 0, effect.start()):
        name = "a" if shunned["a"] else "b"
        inner = Piece(
            piece.start + shunned.start(name),
            piece.start + shunned.end(name),
            shunned[name],
        )
        agents, group = agents_in(draft, inner)
        if agents:
            names = [agent_term(agent.text) for agent in agents]
            _say(draft, piece, place, names, group, text)
            return True
    left = _ahead_of_modals(text[: effect.start()])
    if left[:8].lower() == "neither ":
        # Of the same length, so that every place in the words is one in the page.
        left = " " * 8 + GOES_ON.sub("", left[8:]).replace(" nor ", ",    ")
    together = _WITH.search(text)
    own = draft.names(left) or PRONOUN.match(_YES_NO.sub("", left.strip()))
    group = None
    if together:
        inner = Piece(
            piece.start + together.start("agents"),
            piece.start + together.end("agents"),
            together["agents"],
        )
        stop = EFFECT.search(inner.text)
        if stop:
            cut = _ahead_of_modals(inner.text[: stop.start()])
            inner = Piece(inner.start, inner.start + len(cut), cut)
        agents, group = agents_in(draft, inner)
    elif own:
        agents = object_of(draft, piece, effect.end())
        if len(agents) == 1:
            agents, group = agents_in(draft, agents[0])
    else:
        told = undenied(text)
        if told is not text and told[effect.start()] != " ":
            left = told[: len(left)]
        start, left = _who_acts(left)
        begin = piece.start + start
        agents, group = agents_in(draft, Piece(begin, begin + len(left), left))
    names = [name for name in (agent_term(agent.text) for agent in agents) if name]
    if not names:
        if _UNNAMED.search(text):
            _say(draft, piece, place, ["unspecified"], None, text)
            return True
        return False
    _say(draft, piece, place, names, group, text)
    return True


_STILL = re.compile(r"\W*(?:(?:but|however|while|whereas|though)\b\W*)?", re.IGNORECASE)
_PASSIVE = re.compile(r"\s+(?:is|are|was|were|has\s+been|have\s+been)\s*\Z", re.I)
_THEIRS = Folded(
    r"(?:the\s+)?(?:(?:serum|plasma|blood)\s+)?(?:levels?|concentrations?|clearance|"
    r"exposure|half-life|metabolism|absorption)\s+(?:of|to)\s+"
)
_LEVELS_OF = re.compile(
    r"(?:'s|s'|’s)?\s+(?:(?:serum|plasma|blood)\s+)?(?:levels?|concentrations?|clearance|"
    r"exposure|half-life|metabolism|absorption)\s*\Z",
    re.IGNORECASE,
)


def _who_acts(left: str) -> tuple[int, str]:
    """Return where the agents begin before a verb, and the words that name them.

    "Levels of a are" raised, "a levels are" raised: a is the agent.
    """
    start = still.end() if (still := _STILL.match(left)) else 0
    words = left[start:]
    if passive := _PASSIVE.search(words):
        words = _LEVELS_OF.sub("", words[: passive.start()])
        if theirs := _THEIRS.lower.match(words.lower()):
            start, words = start + theirs.end(), words[theirs.end() :]
    return start, words


def _ahead_of_modals(words: str) -> str:
    """Return words without the modal verbs at their end."""
    # The pattern is tried at every place; most words need no more than a look.
    while not folds(words) or words.rstrip().lower().endswith(_MODAL_ENDS):
        modal = _MODAL.search(words)
        if modal is None:
            break
        words = words[: modal.start()]
    return words


def _say(
    draft: Draft,
    piece: Piece,
    place: Place,
    agents: list[str],
    group: str | None,
    text: str,
) -> None:
    told = undenied(text)
    effect = EFFECT.search(told) if held(text) & EFFECT_KEYS else None
    affected, direction = (None, None)
    consequence = None
    if effect:
        affected, direction = affected_by(draft, text, effect, agents)
        found = CONSEQUENCE.search(text, effect.end())
        if found:
            members = chunks(Piece(0, len(found["what"]), found["what"]))
            consequence = "; ".join(effect_term(m.text).name for m in members[:4])
    mechanism = mechanism_of(f"{group or ''} {text}")
    strength = interaction_strength(told)
    if told != text and not (effect or strength or _INTERACTS.search(told)):
        consequence = NONE_KNOWN
    kinds = affected if isinstance(affected, list) else [affected]
    for name in agents:
        for one in kinds:
            draft.say(
                "interaction",
                piece,
                place,
                name,
                strength=strength,
                certainty=hedge(text) if text else None,
                condition="co-administration" if effect else None,
                details={
                    "affected": one.replace("{agent}", name) if one else None,
                    "direction": direction,
                    "mechanism": mechanism,
                    "consequence": consequence,
                    "class": group,
                },
            )
