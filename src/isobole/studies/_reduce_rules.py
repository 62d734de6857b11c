"""The protocol's rules, as sets of codes and milliseconds, and as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from isobole.studies._protocol import Protocol
from isobole.studies._reduce_course import Course, Span
from isobole.studies._scales import Scale


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts as what in one study.

    `at_least` holds for every code of the scale the codes that are as severe or more;
    `endpoint_codes` are those that make the endpoint of ``score_below``.
    """

    rule: str
    window_ms: int
    min_ms: int
    death: str
    counts: tuple[str, ...]
    signs: frozenset[str]
    codes: tuple[str, ...]
    order: Mapping[str, int]
    absence: str | None
    ladder: bool
    at_least: Mapping[str, frozenset[str]]
    episode: frozenset[str]
    generalised: frozenset[str]
    endpoint_codes: frozenset[str]
    scale: str | None

    def clonic(self, course: Course) -> int | None:
        """Return when the first clonic seizure began that lasted long enough."""
        lasting = [
            span.start
            for span in (*course.spans["clonic"], *course.runs(self.episode))
            if self._lasts(span, course)
        ]
        if not self.min_ms and (scored := course.first_score(self.episode)) is not None:
            lasting.append(scored)
        worse = (*course.spans["gtc"], *course.spans["the"])
        return min((*lasting, *(span.start for span in worse)), default=None)

    def gtc(self, course: Course) -> int | None:
        """Return when the first generalised seizure began."""
        spans = (
            *course.spans["gtc"],
            *course.spans["the"],
            *course.runs(self.generalised),
        )
        scored = course.first_score(self.generalised)
        times = [span.start for span in spans]
        return min(times if scored is None else (*times, scored), default=None)

    def the(self, course: Course) -> int | None:
        """Return when the first tonic hindlimb extension began."""
        return min((span.start for span in course.spans["the"]), default=None)

    def sign(self, course: Course) -> int | None:
        """Return when the first of the named signs was seen."""
        named = {name for name in self.signs}
        times = [
            ms
            for ms, name in course.points
            if name in named or (not named and name not in ("", "fall"))
        ]
        for kind, spans in course.spans.items():
            if kind in named:
                times += [span.start for span in spans]
        return min(times, default=None)

    def fall(self, course: Course) -> int | None:
        """Return when the animal first fell off."""
        return point(course, "fall")

    def endpoint(self, course: Course) -> int | None:
        """Return when the protocol's endpoint came, None if it did not."""
        if self.rule == "score_below":
            return course.first_score(self.endpoint_codes)
        find = {
            "no_clonic_episode": self.clonic,
            "no_generalised_seizure": self.gtc,
            "no_hindlimb_extension": self.the,
            "no_sign": self.sign,
            "stays_on_rod": self.fall,
        }[self.rule]
        return find(course)

    def _lasts(self, span: Span, course: Course) -> bool:
        # An animal that dies in a seizure did not stop seizing.
        died = span.cut and course.ended_by == "death"
        return died or span.duration >= self.min_ms


def point(course: Course, name: str) -> int | None:
    """Return when something was first seen."""
    return min((ms for ms, seen in course.points if seen == name), default=None)


def rules_of(protocol: Protocol, scale: Scale | None) -> Rules:
    """Read the rules from the protocol and its scale."""
    endpoint = protocol.endpoint
    scoring = protocol.scoring if scale is not None else None
    codes = scale.codes if scale is not None else ()
    at_least = (
        {}
        if scale is None
        else {code: frozenset(scale.at_least(code)) for code in codes}
    )
    none: frozenset[str] = frozenset()
    return Rules(
        rule=endpoint.rule,
        window_ms=round(1000 * protocol.observation.window_s),
        min_ms=round(1000 * (endpoint.min_duration_s or 0)),
        death=endpoint.death,
        counts=tuple(dict.fromkeys((endpoint.death, *endpoint.sensitivity))),
        signs=frozenset(sign.casefold() for sign in endpoint.signs),
        codes=codes,
        order={code: index for index, code in enumerate(codes)},
        absence=scale.absence if scale is not None else None,
        ladder=scale is None or scale.kind == "ladder",
        at_least=at_least,
        episode=at_least.get(scoring.episode_from, none) if scoring else none,
        generalised=at_least.get(scoring.generalised_from, none) if scoring else none,
        endpoint_codes=at_least.get(endpoint.score or "", none),
        scale=scale.id if scale is not None else None,
    )


_DEATH = {
    "failure": "is counted as not protected",
    "exclusion": "takes the animal out of the count of protected animals",
    "competing_event": "is a competing event, and not protection",
}


def sentences(protocol: Protocol, rules: Rules) -> tuple[str, ...]:
    """Say each rule with the values it was used with."""
    window = rules.window_ms / 1000
    found = [
        _endpoint_sentence(protocol, rules),
        "Times count from each animal's own t0; what had not happened after "
        f"{window:g} s, or when the observation was ended before, is censored there.",
        f"A death before the endpoint {_DEATH[rules.death]}; it is never protection.",
    ]
    others = [c.replace("_", " ") for c in rules.counts if c != rules.death]
    if others:
        found.append(
            f"As a sensitivity analysis such a death also counts as "
            f"{' and as '.join(others)}."
        )
    if protocol.scoring is not None and rules.codes:
        scoring = protocol.scoring
        before = (
            f"before the first score it is {rules.absence}"
            if rules.absence is not None
            else "the time before the first score is not scored"
        )
        found += [
            f"A score on the scale {rules.scale} is a state that lasts until the "
            f"next score; {before}. An animal without a score has no maximum.",
            "An episode is a maximal run of scores of at least "
            f"{scoring.episode_from}; "
            "one that has no end lasts until the observation ends.",
            f"A generalised seizure is a score of at least {scoring.generalised_from}, "
            "a generalised tonic-clonic seizure or a hindlimb extension.",
        ]
    else:
        found.append(
            "An episode is a clonic seizure, a generalised seizure or a hindlimb "
            "extension from its start to its stop; overlapping ones are one."
        )
    return tuple(found)


def _endpoint_sentence(protocol: Protocol, rules: Rules) -> str:
    lasting = f" lasting at least {rules.min_ms / 1000:g} s" if rules.min_ms else ""
    scored = (
        f" (or a run of scores of at least {protocol.scoring.episode_from})"
        if protocol.scoring is not None
        else ""
    )
    signs = ", ".join(sorted(rules.signs)) or "no sign at all"
    says = {
        "no_clonic_episode": f"no clonic seizure{scored}{lasting} and no generalised "
        "tonic-clonic seizure or hindlimb extension of any duration was seen",
        "no_generalised_seizure": "no generalised seizure was seen",
        "no_hindlimb_extension": "no tonic hindlimb extension"
        + (
            f" ({protocol.endpoint.hindlimb_angle_deg} degrees to the trunk)"
            if protocol.endpoint.hindlimb_angle_deg
            else ""
        )
        + " was seen",
        "no_sign": f"none of these signs was seen: {signs}"
        if rules.signs
        else "no sign was seen",
        "score_below": f"the highest score was below {protocol.endpoint.score}",
        "stays_on_rod": "the animal did not fall before the cut-off",
    }
    return (
        f"An animal counts as protected if {says[rules.rule]} within "
        f"{rules.window_ms / 1000:g} s of an observation that was completed."
    )
