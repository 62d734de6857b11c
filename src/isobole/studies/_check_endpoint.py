"""Whether the endpoint rule and the scale are complete and fit the model."""

from __future__ import annotations

from pathlib import Path

from isobole.results import DataError
from isobole.studies._check_parts import Findings, finding, hint, off_range, quoted
from isobole.studies._models import SeizureModel
from isobole.studies._protocol import Protocol
from isobole.studies._scales import STATUS_WORDS, Scale, scale

NEEDS = {
    "no_clonic_episode": "min_duration_s",
    "no_hindlimb_extension": "hindlimb_angle_deg",
    "no_sign": "signs",
    "score_below": "score",
}
"""The key without which a rule does not say who is protected; none has a default."""
USED = {
    "min_duration_s": ("no_clonic_episode", "no_generalised_seizure"),
    "hindlimb_angle_deg": ("no_hindlimb_extension",),
    "signs": ("no_sign",),
    "score": ("score_below",),
}


def check_endpoint(
    protocol: Protocol, model: SeizureModel, folder: str | Path | None
) -> Findings:
    """Compare the rule with the model, its keys and the scale."""
    endpoint = protocol.endpoint
    if endpoint.rule not in model.rules:
        yield finding(
            "rule-not-of-model",
            "endpoint.rule",
            f"{model.name} is not judged by {endpoint.rule}",
            hint(endpoint.rule, model.rules, "Take a rule of the model"),
            given=endpoint.rule,
            expected=f"one of {', '.join(model.rules)}",
        )
    needed = NEEDS.get(endpoint.rule)
    if needed and getattr(endpoint, needed) in (None, ()):
        near = model.published(f"endpoint.{needed}", species=protocol.species)
        published = f". Published: {quoted(near)}" if near else ""
        yield finding(
            "rule-incomplete",
            f"endpoint.{needed}",
            f"{needed} is missing; {endpoint.rule} does not say who is protected "
            "without it",
            f"Add it; it is never filled in for you{published}",
        )
    for key, rules in USED.items():
        if getattr(endpoint, key) not in (None, ()) and endpoint.rule not in rules:
            yield finding(
                "key-not-used",
                f"endpoint.{key}",
                f"{key} does nothing under the rule {endpoint.rule}",
                f"Remove it, or take the rule {rules[0]}",
                severity="warning",
            )
    if endpoint.rule == "no_clonic_episode":
        yield from off_range(
            protocol, model, "endpoint.min_duration_s", endpoint.min_duration_s
        )
    least, window = endpoint.min_duration_s, protocol.observation.window_s
    if least is not None and least >= window:
        yield finding(
            "longer-than-window",
            "endpoint.min_duration_s",
            f"An episode of {least:g} s does not fit into a window of {window:g} s: "
            "every animal would count as protected",
            "Give the shortest clonus that counts, in seconds",
            given=f"{least:g}",
            expected=f"less than {window:g}",
        )
    yield from _death(protocol)
    yield from _scoring(protocol, model, folder)


def _death(protocol: Protocol) -> Findings:
    endpoint = protocol.endpoint
    if endpoint.death in endpoint.sensitivity:
        yield finding(
            "sensitivity-repeated",
            "endpoint.sensitivity",
            f"'{endpoint.death}' is the main way of counting deaths already",
            "Name the other ways there",
            severity="warning",
            given=endpoint.death,
        )
    if not set(endpoint.sensitivity) - {endpoint.death}:
        yield finding(
            "no-sensitivity",
            "endpoint.sensitivity",
            "No other way of counting deaths is run beside the main one",
            'Add, for example, sensitivity = ["exclusion"]',
            severity="warning",
        )


def _scoring(
    protocol: Protocol, model: SeizureModel, folder: str | Path | None
) -> Findings:
    scoring = protocol.scoring
    if scoring is None:
        wants = [
            "endpoint.score" if protocol.endpoint.score is not None else None,
            "kindling.fully_kindled.min_stage" if protocol.kindling else None,
        ]
        for path in filter(None, wants):
            yield finding(
                "no-scale",
                "scoring",
                f"{path} names a code, and there is no [scoring] that says of which "
                "scale",
                "Add [scoring] with scale, generalised_from and episode_from",
            )
        return
    try:
        found = scale(scoring.scale, folder=folder)
    except DataError as error:
        for problem in error.problems:
            if problem.file is not None:  # a fault in a scale file of one's own
                yield problem
                continue
            yield finding(
                problem.code,
                "scoring.scale",
                problem.message,
                problem.remedy or "",
                given=scoring.scale,
                expected=problem.expected,
            )
        return
    yield from _codes(protocol, found)
    yield from _fit(protocol, model, found)


def _codes(protocol: Protocol, found: Scale) -> Findings:
    scoring, kindling = protocol.scoring, protocol.kindling
    assert scoring is not None
    named = {
        "scoring.generalised_from": scoring.generalised_from,
        "scoring.episode_from": scoring.episode_from,
        "endpoint.score": protocol.endpoint.score,
        "kindling.fully_kindled.min_stage": (
            kindling.fully_kindled.min_stage if kindling else None
        ),
    }
    sound = True
    for path, code in named.items():
        if code is None:
            continue
        if code not in found.codes:
            sound = False
            yield finding(
                "code-not-on-scale",
                path,
                f"'{code}' is not a code of the scale {found.id}",
                "Write a code of the scale, as text",
                given=code,
                expected=f"one of {', '.join(found.codes)}",
            )
        elif code == found.absence:
            yield finding(
                "absence-counts",
                path,
                f"'{code}' means on this scale that nothing happened",
                "Name the lowest code that shows something",
                given=code,
            )
    if not sound:
        return
    general, episode = scoring.generalised_from, scoring.episode_from
    same = found.level(general).system == found.level(episode).system
    if same and found.order(general) < found.order(episode):
        yield finding(
            "generalised-below-episode",
            "scoring.generalised_from",
            f"A generalised seizure ('{general}' and above) would be no episode "
            f"('{episode}' and above)",
            "Let episodes begin at the same code or a lower one",
            given=general,
        )


def _fit(protocol: Protocol, model: SeizureModel, found: Scale) -> Findings:
    outcomes = (protocol.primary_outcome, *protocol.secondary_outcomes)
    if found.kind == "endpoints" and (
        protocol.endpoint.rule == "score_below"
        or {"max_score", "stage"}.intersection(outcomes)
    ):
        yield finding(
            "endpoints-are-no-ladder",
            "scoring.scale",
            f"{found.id} lists endpoints of two brain systems: they have no common "
            "maximum or order",
            "Count each endpoint for itself (no_sign with signs), or score on a ladder",
            given=found.id,
        )
    if protocol.species not in found.species:
        yield finding(
            "scale-other-species",
            "scoring.scale",
            f"The scale {found.id} was made for the {' and '.join(found.species)}",
            f"Take a scale for the {protocol.species}, or say why this one holds",
            severity="warning",
            given=found.id,
        )
    bundled = found.status != "own"
    if bundled and model.family not in found.families:
        yield finding(
            "scale-other-model",
            "scoring.scale",
            f"The scale {found.id} was made for {', '.join(found.made_for)}, not for "
            f"{model.name}",
            "Take a scale for the model, or say why this one holds",
            severity="warning",
            given=found.id,
        )
    if bundled and not found.verified:
        yield finding(
            "scale-unverified",
            "scoring.scale",
            f"The scale {found.id} stands here {STATUS_WORDS[found.status]}",
            f"Compare its levels with {found.source}",
            severity="notice",
            given=found.id,
        )
