"""What a row from a bench must fit, checked inside the writer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from isobole.lab import _clock
from isobole.lab.bench._facts import Facts, Root, Start, facts_of
from isobole.lab.bench._needs import needs_of
from isobole.lab.permissions import Access, Capability, refusal
from isobole.lab.record import Chain, NewRow
from isobole.results import DataError, Problem
from isobole.studies import canonical_json

NEEDED: Mapping[str, Capability] = {
    "t0": "score",
    "observe": "score",
    "dose.give": "dose.record",
    "session.add": "kindle",
}
"""Actions that devices send, and what one must be allowed for each."""
MOST_BYTES = 8000
_AHEAD = timedelta(minutes=2)


def rule_for(access: Access) -> Rule:
    """Return the rule for what this person sends."""
    return Rule(access)


class Rule:
    """Raises `DataError` with a remedy if a row does not fit what stands already."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._me = access.user.username

    def __call__(self, chain: Chain, row: NewRow) -> None:
        """Check one row against the record as it stands at that moment."""
        facts = facts_of(chain)
        if facts.protocol is None:
            needs_of(chain.study_id, None)  # says it with its remedy
        if facts.locked:
            _refuse(
                "analysis-locked",
                "The analysis is locked: nothing more is scored or corrected",
                "Say in the report what came too late; an analysis is not unlocked",
            )
        if len(canonical_json(dict(row.data))) > MOST_BYTES:
            _refuse("row-too-long", "The row is too long", "Shorten its text")
        if row.action == "amend":
            self._amendment(chain, facts, row)
            return
        self._may(row.action)
        animal = _animal(facts, row)
        match row.action:
            case "observe":
                self._observation(chain, facts, row.data, self._me)
                self._is_open(facts, animal)
            case "t0":
                _start_fits(facts.starts.get(animal), row.data)
                self._is_open(facts, animal)
            case "session.add":
                if row.data.get("observer") not in (None, "", self._me):
                    _not_you(row.data.get("observer"), self._me)

    def _may(self, action: str) -> None:
        needed = NEEDED.get(action)
        if needed is None:
            _refuse(
                "not-from-a-device",
                f"{action} is not sent by a bench",
                "Do it on its own page; what is signed asks for the password there",
            )
        elif not self._access.may(needed):
            _refuse("not-allowed-here", refusal(needed), "Ask for the role")

    def _observation(
        self, chain: Chain, facts: Facts, data: Mapping[str, Any], observer: str
    ) -> None:
        if data.get("observer") != observer:
            _not_you(data.get("observer"), observer)
        if data.get("type") == "score_change":
            codes = needs_of(chain.study_id, facts.protocol).codes
            if data.get("score") not in codes:
                _refuse(
                    "score-off-scale",
                    f"The score {data.get('score')!r} is not on the study's scale",
                    "Choose a score of the scale; open the page anew if the protocol "
                    "changed",
                )
        if data.get("type") == "sign" and not data.get("detail"):
            _refuse("no-sign-name", "The sign has no name", "Name it in detail")
        counted = data.get("t0")
        held = facts.starts.get(str(data.get("animal_id", "")))
        if counted is not None and (held is None or held.wall != counted):
            _refuse(
                "other-t0",
                "The time of this entry counts from a t0 that does not hold"
                + (f" (it is {held.wall} now)" if held else ""),
                "The bench counts it anew from the t0 that holds, if it came after it",
            )

    def _is_open(self, facts: Facts, animal: str) -> None:
        if facts.is_complete(animal, self._me):
            _refuse(
                "scoring-complete",
                f"You signed that the scoring of {animal} is complete",
                "Correct what stands with an amendment and its reason; nothing new is "
                "scored after the signature",
            )

    def _amendment(self, chain: Chain, facts: Facts, row: NewRow) -> None:
        root = facts.roots.get(row.supersedes or "")
        if root is None:
            _refuse(
                "unknown-row", f"There is no row {row.supersedes} to correct", "Drop it"
            )
            return
        designer = self._access.may("protocol.edit")
        if not designer:
            self._may(root.action)
            if root.actor != self._me:
                _refuse(
                    "row-of-another",
                    f"{root.actor} wrote the row, and only they or the designer may "
                    "correct it",
                    f"Ask {root.actor}",
                )
        elif root.action not in NEEDED:
            self._may(root.action)
        if "void" in row.data:
            if row.obj != root.animal:
                _other_animal(root)
            return
        if _animal(facts, row) != root.animal:
            _other_animal(root)
        if root.action == "observe":
            self._observation(chain, facts, row.data, root.observer or root.actor)
        elif root.action == "t0":
            _start_fits(None, row.data)


def _animal(facts: Facts, row: NewRow) -> str:
    animal = str(row.data.get("animal_id", ""))
    if animal not in facts.animals:
        _refuse(
            "unknown-animal",
            f"The study has no animal {animal}",
            "Check the number; the designer adds animals to a study",
        )
    if row.obj != animal:
        _refuse(
            "other-object",
            f"The row is about {row.obj}, and its data about {animal}",
            "Name the same animal in both",
        )
    return animal


def _start_fits(held: Start | None, data: Mapping[str, Any]) -> None:
    if held is not None:
        _refuse(
            "t0-taken",
            f"The animal has a t0 already: {held.wall}, by {held.actor}",
            "The bench takes that one; after dosing again, amend it with a reason",
        )
    text = str(data.get("wall", ""))
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        _refuse(
            "bad-time",
            f"The t0 is {text!r}",
            "Write it as 2026-01-06T09:00:00.000Z",
        )
    elif time > _clock.moment() + _AHEAD:
        _refuse(
            "time-ahead",
            f"The t0 {text} is ahead of the server's clock",
            "Set the clock of the device, open the page anew, and press it again",
        )


def _other_animal(root: Root) -> None:
    _refuse(
        "other-animal",
        f"The row to correct is about {root.animal}",
        "Take that row back, and enter it for the right animal",
    )


def _not_you(given: Any, expected: str) -> None:
    _refuse(
        "not-your-observation",
        f"The observer is {given!r}, and the row is by {expected}",
        "Everybody scores under their own name: log in as the one who watched",
    )


def _refuse(code: str, message: str, remedy: str) -> None:
    raise DataError([Problem(code, message, remedy=remedy)])
