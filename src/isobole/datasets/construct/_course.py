"""What a rat or a mouse does after pentylenetetrazole: invented, in the usual order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from isobole.datasets.construct._chance import Chance


@dataclass(frozen=True, slots=True)
class Seen:
    """One event: time in ms from t0, its type, and what belongs to it."""

    t_ms: int
    type: str
    score: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """What is to become of an animal.

    Parameters
    ----------
    seizes : bool
        Whether it has a clonic seizure that counts.
    latency : float
        Median s to that seizure in its group.
    spreads : float
        Chance that the seizure becomes a generalised one.
    dies_at_s : float or None
        When it dies; a death before any seizure ends its course there.
    """

    seizes: bool
    latency: float
    spreads: float
    dies_at_s: float | None = None


def course(chance: Chance, animal: str, fate: Fate, window_s: float) -> list[Seen]:
    """Return the events of one animal in order of time, its end included."""
    until = fate.dies_at_s or window_s
    events = [seen for seen in _acts(chance, animal, fate) if seen.t_ms < 1000 * until]
    if fate.dies_at_s is not None:
        last = round(1000 * fate.dies_at_s)
        return [*events, Seen(last, "death"), Seen(last, "end", detail="death")]
    return [*events, Seen(round(1000 * window_s), "end", detail="window_done")]


def _acts(chance: Chance, animal: str, fate: Fate) -> Iterator[Seen]:
    def at(seconds: float, type_: str, score: str | None = None) -> Seen:
        return Seen(round(1000 * seconds), type_, score)

    wait = fate.latency * 10 ** (0.16 * chance.normal(animal, "latency"))
    wait = min(max(wait, 75.0), 1640.0)
    first = wait * chance.between(0.35, 0.6, animal, "first")
    yield at(first, "myoclonic_twitch")
    yield at(first + 0.4, "score_change", "1")
    jerks = first + chance.between(12, 30, animal, "jerks")
    if not fate.seizes and chance.uniform(animal, "mild") < 0.3:
        yield at(jerks + 160, "score_change", "0")
        return
    yield at(jerks, "score_change", "2")
    if not fate.seizes:
        yield from _short_of_it(chance, animal, jerks)
        return
    upright = wait - chance.between(4, 12, animal, "upright")
    if upright > jerks + 3:
        yield at(upright, "score_change", "3")
    yield at(wait, "clonic_start")
    yield at(wait + 0.7, "score_change", "4")
    stop = wait + chance.between(7, 26, animal, "clonus")
    yield at(stop, "clonic_stop")
    if chance.uniform(animal, "spreads") >= fate.spreads:
        yield at(stop + 1.1, "score_change", "2")
        yield at(stop + chance.between(90, 300, animal, "calm"), "score_change", "1")
        return
    start = stop + chance.between(2, 60, animal, "generalised")
    yield at(start, "gtc_start")
    yield at(start + 0.6, "score_change", "5")
    yield at(start + 2.2, "loss_of_righting")
    end = start + chance.between(9, 24, animal, "gtc")
    yield at(end, "gtc_stop")
    yield at(end + chance.between(20, 70, animal, "up"), "score_change", "1")


def _short_of_it(chance: Chance, animal: str, jerks: float) -> Iterator[Seen]:
    """Jerks, sometimes a clonus that is too short to count, then calm."""
    later = jerks + chance.between(60, 200, animal, "later")
    if chance.uniform(animal, "brief") < 0.4:
        yield Seen(round(1000 * later), "score_change", "3")
        start = round(1000 * (later + 25))
        lasted = round(1000 * chance.between(0.9, 2.3, animal, "brief clonus"))
        yield Seen(start, "clonic_start")
        yield Seen(start + lasted, "clonic_stop")
        later += 40
    calm = later + chance.between(120, 400, animal, "calm")
    yield Seen(round(1000 * calm), "score_change", "1")
    yield Seen(round(1000 * (calm + 310)), "score_change", "0")
