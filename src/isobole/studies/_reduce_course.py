"""One animal's observation as states and spans of time, from its events."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from isobole.studies._rows import Event

POINTS = ("myoclonic_twitch", "loss_of_righting", "fall")
# Kind of span, with the types of event that begin and end it.
SPANS = {"clonic": "clonic", "gtc": "gtc", "the": "the"}
_SPAN_OF = {
    f"{name}_{edge}": (kind, edge)
    for kind, name in SPANS.items()
    for edge in ("start", "stop")
}
NOT_SEEN = frozenset(("scan", "note", "end"))
"""Types of event that say nothing of what the animal did."""
_ENDS = {"window_done": "window", "death": "death"}
_EARLY = 0.98  # of the window: a press that much too soon is a matter of reaction


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in ms from t0; `cut` if the observation ended in it."""

    start: int
    stop: int
    cut: bool = False

    @property
    def duration(self) -> int:
        """Length in ms."""
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Course:
    """What was seen of one animal by one observer.

    Parameters
    ----------
    observed_ms : int
        End of the observation: the window, or the end or death before it.
    ended_by : str
        ``"window"``, ``"technical"``, ``"humane_endpoint"`` or ``"death"``.
    death_ms : int or None
        Time of a death within the observation.
    states : tuple of (code, Span)
        Scores one after the other; of scores at the same ms only the last has a span.
    scored : tuple of (ms, code)
        Every score given, also those that lasted no time.
    spans : mapping of str to tuple of Span
        Pressed seizures by kind: clonic, gtc, the.
    points : tuple of (ms, name)
        Twitches, losses of righting, falls, and signs by their name.
    notes : tuple of str
        What was odd about the events.
    """

    observed_ms: int
    ended_by: str
    death_ms: int | None
    states: tuple[tuple[str, Span], ...]
    scored: tuple[tuple[int, str], ...]
    spans: Mapping[str, tuple[Span, ...]]
    points: tuple[tuple[int, str], ...]
    notes: tuple[str, ...]

    def runs(self, codes: Collection[str]) -> tuple[Span, ...]:
        """Return the maximal stretches in which the score is one of `codes`."""
        found: list[Span] = []
        start: int | None = None
        last: Span | None = None
        for code, span in self.states:  # each begins where the one before it stops
            if code in codes:
                start = span.start if start is None else start
                last = span
            elif start is not None and last is not None:
                found.append(Span(start, last.stop))
                start = None
        if start is not None and last is not None:
            found.append(Span(start, last.stop, last.cut))
        return tuple(found)

    def first_score(self, codes: Collection[str]) -> int | None:
        """Return when the score was first one of `codes`."""
        return min((ms for ms, code in self.scored if code in codes), default=None)


def course_of(
    events: Sequence[Event],
    ends: Sequence[Event],
    *,
    window_ms: int,
    codes: Collection[str],
    absence: str | None,
    chained: bool,
) -> Course:
    """Reduce one observer's events of one animal; their order does not matter.

    Parameters
    ----------
    events : sequence of Event
        The events that hold.
    ends : sequence of Event
        The ``end`` and ``death`` events that apply.
    window_ms : int
        The observation window.
    codes : collection of str
        The codes of the scale; another score is left out, with a note.
    absence : str or None
        The code of "nothing happened", which stands before the first score.
    chained : bool
        Whether `line` of an event is its number in a record.
    """
    notes: list[str] = []
    until, ended_by, death = _end(ends, window_ms, notes)
    seen = sorted(
        (event for event in events if event.t_ms <= until),
        key=lambda e: (e.t_ms, (e.line or 0) if chained else 0, e.ts or "", e.event_id),
    )
    scored = [
        (event.t_ms, event.score)
        for event in seen
        if event.type == "score_change" and event.score in codes and event.score
    ]
    spans = {
        kind: _spans(kind, [e for e in seen if e.type in pair], until, notes)
        for kind, pair in _PAIRS.items()
    }
    points = [
        (e.t_ms, (e.detail or "").casefold() if e.type == "sign" else e.type)
        for e in seen
        if e.type == "sign" or e.type in POINTS
    ]
    return Course(
        until,
        ended_by,
        death,
        _states(scored, absence, until, notes),
        tuple(scored),
        spans,
        tuple(points),
        tuple(notes),
    )


_PAIRS = {kind: (f"{name}_start", f"{name}_stop") for kind, name in SPANS.items()}


def _end(
    ends: Sequence[Event], window_ms: int, notes: list[str]
) -> tuple[int, str, int | None]:
    deaths = [e.t_ms for e in ends if e.type == "death" or (e.detail or "") == "death"]
    stops = sorted(
        (e.t_ms, _ENDS.get(e.detail or "", e.detail or "technical"))
        for e in ends
        if e.type == "end" and e.detail != "death"
    )
    death = min(deaths, default=None)
    if death is not None and death > window_ms:
        notes.append(f"died {death / 1000:g} s after t0, when the window was over")
        death = None
    until, ended_by = window_ms, "window"
    if stops and stops[0][0] < window_ms:
        until, ended_by = stops[0]
        if ended_by == "window" and until < _EARLY * window_ms:
            notes.append(
                f"the observation was ended as complete after {until / 1000:g} s of "
                f"{window_ms / 1000:g} s"
            )
            # Nobody watched the rest: it is no full window, whatever was pressed.
            ended_by = "ended_early"
    if death is not None and death <= until:
        return death, "death", death
    if death is not None:
        notes.append(f"died {death / 1000:g} s after t0, when the observation was over")
    return until, ended_by, None


def _states(
    scored: Sequence[tuple[int, str]],
    absence: str | None,
    until: int,
    notes: list[str],
) -> tuple[tuple[str, Span], ...]:
    changes: list[tuple[int, str]] = []
    together: dict[int, list[str]] = {}
    for ms, code in scored:
        if changes and changes[-1][0] == ms:
            together.setdefault(ms, [changes[-1][1]]).append(code)
            changes.pop()
        changes.append((ms, code))
    for ms, given in together.items():
        if len(set(given)) > 1:
            notes.append(
                f"scores {', '.join(given)} were given at the same time, "
                f"{ms / 1000:g} s; the last one was taken to last"
            )
    if not changes:
        return ()
    if changes[0][0] > 0 and absence is not None:
        changes.insert(0, (0, absence))
    stops = [ms for ms, _ in changes[1:]]
    states = [
        (code, Span(ms, stop)) for (ms, code), stop in zip(changes, stops, strict=False)
    ]
    ms, code = changes[-1]
    return (*states, (code, Span(ms, until, cut=True)))


def _spans(
    kind: str, events: Sequence[Event], until: int, notes: list[str]
) -> tuple[Span, ...]:
    """Pair starts and stops.

    At one ms a stop comes first if a span is open, and a start if none is: this needs
    no order among them.
    """
    found: list[Span] = []
    opened: int | None = None
    for ms, group in groupby(events, key=attrgetter("t_ms")):
        edges = [_SPAN_OF[event.type][1] for event in group]
        order = ("start", "stop") if opened is None else ("stop", "start")
        for edge in order:
            for _ in range(edges.count(edge)):
                if edge == "start" and opened is None:
                    opened = ms
                elif edge == "stop" and opened is not None:
                    found.append(Span(opened, ms))
                    opened = None
                else:
                    odd = "begins twice" if edge == "start" else "stops without a start"
                    notes.append(f"{kind} {odd} at {ms / 1000:g} s; it was left out")
    if opened is not None:
        found.append(Span(opened, until, cut=True))
        notes.append(
            f"{kind} that began at {opened / 1000:g} s has no end; it was taken to "
            f"last until the observation ended at {until / 1000:g} s"
        )
    return tuple(found)
