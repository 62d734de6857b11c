"""What a dose is for, by the words before and after it."""

from __future__ import annotations

import re

_CUES = re.compile(
    r"(?P<max>\bmax(?:imum|imal|\.)?\b|\b(?:not|never)\s+(?:to\s+)?exceed\w*|\bup\s+to\b|"
    r"\b(?:no|not|never)\s+(?:to\s+)?(?:be\s+)?(?:more|higher|greater)\s+than\b|"
    r"\b(?:not|never)\s+(?:to\s+)?(?:go\s+|be\s+)?(?:above|beyond|over)\b|"
    r"\bceiling\b|\bat\s+most\b)"
    r"|(?P<division>\b(?:doses?|dosages?|amounts?)\s+(?:above|over|exceeding|"
    r"greater\s+than|higher\s+than|more\s+than|>)\s*$)"
    r"|(?P<titration>\bincreas\w+|\btitrat\w+|\bincrement\w*|\bescalat\w+|"
    r"\badjust\w*\s+by|\bsteps?(?:\s+of\b|\s*$)|\b(?:rais\w+|go\s+up|(?:build|built)\s+up)"
    r"\s+(?:(?:it|the\s+(?:daily\s+)?dose)\s+)?by)"
    r"|(?P<lowered>\b(?:reduc\w+|decreas\w+|lower\w*|taper\w*|cut|withdraw\w*)\s+"
    r"(?:(?:it|the\s+(?:daily\s+)?dose)\s+)?(?:\w+ly\s+)?by|"
    r"\b(?:reductions?|decrements?|decreases?)\s+of)"
    r"|(?P<initial>\binitial\w*|\bstart\w*|\bbegin\w*|\bloading\b|\bfirst\s+dose)"
    r"|(?P<maintenance>\bmaintenance\b|\bmaintain\w*|\busual\w*|\brecommended\b|"
    r"\btypical\w*|\bstandard\b)",
)
"""Looked for in lower case."""
LOWERED = "dose_lowered"
"""Of an amount by which a dose is lowered; no statement is of this kind."""
_WEAK = ("usual", "recommended", "typical", "standard")
_BACKWARD = re.compile(r"\s*(?:\(|as\s+(?:an?|the)\s+)?(?:(initial)|(max))\w*", re.I)
# "100 mg at first, ...", "180 mg per day should not be exceeded".
AFTER = re.compile(
    r"\s*,?\s*(?:(?P<initial>(?:at\s+first|initially|to\s+(?:begin|start)(?:\s+with)?|"
    r"on\s+the\s+first\s+day)\b(?!,?\s+\d)|for\s+(?:the\s+(?:first\s+)?)?\w+\s+"
    r"(?:days?|weeks?),?\s+then\b)|(?P<max>at\s+(?:the\s+)?most\b(?!\s+\d)|"
    r"(?:should|must|may|is)\s+not\s+(?:to\s+)?be\s+exceeded\b))",
    re.IGNORECASE,
)


# How each of the cues begins, at the beginning of a word: found far faster than they.
_BEGINS = re.compile(
    r"(?:max|no[t\s]|nev|up\s|cei|at\s|dos|amo|inc|tit|esc|adj|ste|ini|sta|beg|loa|fir|"
    r"mai|usu|rec|typ|rai|go\s|bui|red|dec|low|tap|cut|wit)(?<!\w...)"
)


def _cues(lower: str) -> list[re.Match[str]]:
    """Return what `_CUES` finds in a text, tried only where one may begin."""
    found = []
    end = 0
    for begin in _BEGINS.finditer(lower):
        place = begin.start()
        if place >= end and (match := _CUES.match(lower, place)):
            found.append(match)
            end = match.end()
    return found


def cue_of(ahead: str, behind: str) -> tuple[str | None, str | None, bool]:
    """Return the kind of a dose, its phase, and whether it reads "up to".

    Examples
    --------
    >>> cue_of("Never more than ", ""), cue_of("Give ", " initially")
    (('dose_max', None, False), ('dose_initial', None, False))
    """
    cues = _cues(ahead.lower())
    if not cues:
        after = _BACKWARD.match(behind) if behind else None
        if after:
            return ("dose_initial" if after[1] else "dose_max"), None, False
        return None, None, False
    # "The maximum dose is usually": a weak word decides only where it is alone.
    strong = [cue for cue in cues if not cue[0].startswith(_WEAK)]
    last = (strong or cues)[-1]
    name = str(last.lastgroup)
    phase = None
    words = last[0]
    if name == "maintenance" and words.startswith("maint"):
        phase = "maintenance"
    elif words == "loading":
        phase = "loading"
    return f"dose_{name}", phase, words.startswith("up")
