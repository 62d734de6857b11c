"""What a page says of itself: front matter, main heading, names on its head."""

from __future__ import annotations

import re

from isobole.monograph._draft import Draft, Place
from isobole.monograph._extract_text import Piece, plain, sentences
from isobole.monograph._page import Section

_ANSWER = re.compile(
    r"\s*(?:\*\*\s*(?:A|Answer)\s*\d*\s*(?::\s*\*\*|\*\*\s*:?)|"
    r"\b(?:A|Answer)\s*\d*\s*(?:\*\*\s*)?:(?:\s*\*\*)?)\s*"
)
# What stands in every mark of an answer.
_SIGN = re.compile(r"A(?:nswer)?\s*\d*\s*(?::|\*\*)")
_KEY = re.compile(r"[\s-]*[\w ]+:\s*(?:[>|][+-]?\d?\s*)?(?P<quote>['\"]?)")
_TRUNCATED = re.compile(r"(?:\.\.\.|…)\s*['\"]?\s*$")


def say_front_matter(draft: Draft) -> None:
    """Write down every plain key of the front matter, and the questions it repeats."""
    page = draft.page
    place = Place("metadata", ("front matter",))
    lines = sorted(set(page.front_lines.values()))
    for key, value in page.front_matter.items():
        line = page.front_lines.get(key)
        if line is None:
            continue
        if key == "faqs" and isinstance(value, list):
            _say_questions(draft, value)
            continue
        later = [number for number in lines if number > line]
        end = later[0] - 1 if later else _end_of_front(draft, line)
        if isinstance(value, dict | list):
            _say_whole(draft, line, end, place, key, None)
        elif key == "description" and isinstance(value, str):
            _say_description(draft, line, end, place, value)
        elif isinstance(value, str | bool | int | float) or value is None:
            _say_whole(draft, line, line if end < line else end, place, key, value)


def _end_of_front(draft: Draft, line: int) -> int:
    lines = draft.text.lines
    for number in range(line, len(lines)):
        if lines[number].rstrip() in ("---", "..."):
            return number
    return line


def _piece(draft: Draft, start: int, end: int) -> Piece:
    text = draft.page.text[start:end]
    begin = start + len(text) - len(text.lstrip())
    bare = text.strip()
    return Piece(begin, begin + len(bare), bare)


def _say_whole(
    draft: Draft,
    line: int,
    end: int,
    place: Place,
    key: str,
    value: str | bool | float | None,
) -> None:
    start, _ = draft.text.bounds(line)
    stop = draft.text.bounds(min(end, line + 3))[1]
    draft.say(
        "page_metadata",
        _piece(draft, start, stop),
        place,
        value,
        subject="page",
        details={"key": key},
    )


def _say_description(
    draft: Draft, line: int, end: int, place: Place, value: str
) -> None:
    start, _ = draft.text.bounds(line)
    stop = draft.text.bounds(end)[1]
    key = _KEY.match(draft.page.text, start, stop)
    pieces = sentences(draft.page.text, key.end() if key else start, stop)
    cut = bool(_TRUNCATED.search(value))
    defects = ["description_truncated"] if cut else []
    if value.lstrip().startswith(("- ", "* ")):
        defects.append("description_leading_bullet")
    for piece in pieces[-1:]:
        draft.say(
            "page_metadata",
            piece,
            place,
            "truncated" if cut else "complete",
            subject="page",
            details={"key": "description", "defects": defects},
        )
    for piece in pieces[:-1]:
        draft.say("text", piece, place, subject="page", details={"key": "description"})


def _say_questions(draft: Draft, value: list[object]) -> None:
    place = Place("metadata", ("front matter", "faqs"))
    page = draft.page
    for index, entry in enumerate(value):
        line = page.front_lines.get(f"faqs[{index}].q")
        if line is None or not isinstance(entry, dict):
            continue
        stop_line = page.front_lines.get(f"faqs[{index}].a", line + 1)
        start, _ = draft.text.bounds(line)
        stop = draft.text.bounds(max(stop_line - 1, line))[1]
        key = _KEY.match(page.text, start, stop)
        begin = key.end() if key else start
        question = page.text[begin:stop]
        mark = question.find("?")
        if mark < 0 and (answer := _answer(question)):
            mark = answer.start() - 1
        end = begin + mark + 1 if mark >= 0 else stop
        piece = _piece(draft, begin, end)
        if not piece.text:
            continue
        given, said = str(entry.get("q") or ""), str(entry.get("a") or "")
        defects = []
        if _answer(given):
            defects.append("faq_answer_inside_question")
        if _ANSWER.match(said):
            defects.append("faq_answer_prefix_A")
        draft.say(
            "faq_front_matter",
            piece,
            place,
            index + 1,
            subject=draft.subject,
            details={
                "asked": plain(piece.text),
                "answer": " ".join(_without_marker(said).split()) if said else None,
                "defects": defects,
            },
        )


def _answer(text: str) -> re.Match[str] | None:
    """Return the first mark of an answer, looked for only where its A stands."""
    sign = _SIGN.search(text) if ":" in text else None
    if sign is None:
        return None
    begin = sign.start()
    while begin and (text[begin - 1] == "*" or text[begin - 1].isspace()):
        begin -= 1
    return _ANSWER.search(text, begin)


def _without_marker(text: str) -> str:
    mark = _answer(text)
    return text[: mark.start()] + text[mark.end() :] if mark else text


def say_main_heading(draft: Draft, section: Section) -> None:
    """Write down the first-level heading of a page."""
    start, end = draft.text.bounds(section.line)
    draft.say(
        "page_metadata",
        _piece(draft, start, end),
        Place("metadata", section.path),
        section.title,
        subject="page",
        details={"key": "heading"},
    )


def say_identity(draft: Draft, piece: Piece, place: Place) -> bool:
    """Write down the name that stands under Generic Name."""
    words = plain(piece.text)
    if len(words) > 200:
        return False
    draft.say("identity", piece, place, words.rstrip("."), subject=draft.subject)
    return True
