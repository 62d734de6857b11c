"""Whose rows make the outcome of an animal where several observers scored it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from isobole.studies._reduce_course import NOT_SEEN, Course, course_of
from isobole.studies._reduce_rules import Rules
from isobole.studies._rows import Event

_ENDINGS = ("end", "death")
_NO_SCORE = frozenset((*NOT_SEEN, *_ENDINGS))
"""Types of event that do not make an observer of whoever noted them."""


@dataclass(frozen=True, slots=True)
class Observers:
    """All observers, and those of each animal; the first ones first.

    Parameters
    ----------
    names : tuple of str
        Everybody who scored.
    of : mapping of str to tuple of str
        Those who scored an animal.
    """

    names: tuple[str, ...]
    of: Mapping[str, tuple[str, ...]]


def observers_of(
    rows: Iterable[Event], held: Iterable[Event], chained: bool
) -> Observers:
    """Put observers in order: as they come first in the record, else by name.

    Parameters
    ----------
    rows : iterable of Event
        Every row, also those that were corrected: a correction is no later scoring,
        so that appending to a record never changes who came first.
    held : iterable of Event
        The rows that hold; whoever has none of them is no observer.
    chained : bool
        Whether `line` of an event is its number in a record.
    """
    first: dict[str, int] = {}
    first_of: dict[tuple[str, str], int] = {}
    for event in rows:
        if event.observer is None or event.type in _NO_SCORE:
            continue
        place = (event.line or 0) if chained else 0
        name, key = event.observer, (event.animal_id, event.observer)
        first[name] = min(place, first.get(name, place))
        first_of[key] = min(place, first_of.get(key, place))
    seen = {
        (event.animal_id, event.observer)
        for event in held
        if event.observer is not None and event.type not in _NO_SCORE
    }
    of: dict[str, list[str]] = {}
    for animal, name in sorted(seen, key=lambda pair: (first_of[pair], pair[1])):
        of.setdefault(animal, []).append(name)
    return Observers(
        tuple(sorted({name for _, name in seen}, key=lambda n: (first[n], n))),
        {animal: tuple(names) for animal, names in of.items()},
    )


def courses_of(
    observer: str | None,
    events: Sequence[Event],
    order: Observers,
    animals: Collection[str],
    watched: Collection[str] | None,
    rules: Rules,
    chained: bool,
) -> dict[str, Course]:
    """Return the course of every animal that this observer saw.

    Rows that name no observer belong to all. Where this observer noted neither end nor
    death, those count that were noted by somebody who did not score the animal, or
    scored it earlier; never those of a later observer.
    """
    own: dict[str, list[Event]] = {}
    ends: dict[str, list[Event]] = {}
    unnamed: set[str] = set()
    for event in events:
        if event.animal_id not in animals:
            continue
        if event.type in _ENDINGS:
            ends.setdefault(event.animal_id, []).append(event)
        elif event.observer is None or event.observer == observer:
            own.setdefault(event.animal_id, []).append(event)
        if event.observer is None and event.type not in _NO_SCORE:
            unnamed.add(event.animal_id)
    found = {}
    for animal in animals:
        scorers = order.of.get(animal, ())
        seen = observer in scorers or animal in unnamed
        last = _ends(observer, ends.get(animal, ()), scorers)
        evidence = bool(own.get(animal) or last) or watched is None or animal in watched
        # An animal that nobody scored is the first observer's: it did nothing.
        first = not scorers and observer == next(iter(order.names), None)
        if evidence and (seen or first):
            found[animal] = course_of(
                own.get(animal, ()),
                last,
                window_ms=rules.window_ms,
                codes=rules.order,
                absence=rules.absence,
                chained=chained,
            )
    return found


def _ends(
    observer: str | None, ends: Sequence[Event], scorers: Sequence[str]
) -> list[Event]:
    own = [event for event in ends if event.observer in (None, observer)]
    if own:
        return own
    place = scorers.index(observer) if observer in scorers else len(scorers)
    later = scorers[place + 1 :]
    return [event for event in ends if event.observer not in later]


def main_courses(
    order: Observers,
    courses: Mapping[str | None, Mapping[str, Course]],
    events: Iterable[Event],
    animals: Iterable[str],
) -> dict[str, Course | None]:
    """Return the course that makes the outcome of each animal; None if unwatched.

    A death, or an early end where this observer noted none, that only a later observer
    noted is not taken, and is said.
    """
    ends: dict[str, list[Event]] = {}
    for event in events:
        if event.type in _ENDINGS:
            ends.setdefault(event.animal_id, []).append(event)
    found: dict[str, Course | None] = {}
    for animal in animals:
        names: tuple[str | None, ...] = (*order.of.get(animal, ()), *courses)
        name = next((name for name in names if animal in courses[name]), None)
        course = courses.get(name, {}).get(animal)
        if course is not None:
            notes = _not_taken(name, course, ends.get(animal, ()))
            course = replace(course, notes=(*course.notes, *sorted(notes)))
        found[animal] = course
    return found


def _not_taken(
    name: str | None, course: Course, ends: Sequence[Event]
) -> Iterator[str]:
    own = any(event.observer in (None, name) for event in ends)
    for event in ends:
        if event.observer in (None, name) or event.t_ms >= course.observed_ms:
            continue
        died = event.type == "death" or event.detail == "death"
        if died or not (own or event.detail == "window_done"):
            yield (
                f"{event.observer} noted {'a death' if died else 'an end'} at "
                f"{event.t_ms / 1000:g} s, which {name}, whose rows make the outcome, "
                "did not note; it was not taken"
            )
