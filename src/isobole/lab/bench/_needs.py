"""What a bench needs of the protocol: scale, window, and what can be pressed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from isobole.lab.models import StudyFile
from isobole.results import DataError, Problem
from isobole.studies import (
    Protocol,
    Scale,
    protocol_from_text,
    scale,
    scale_from_toml,
    scale_ids,
    seizure_model,
)

_SHORT = {"pentylenetetrazole": "PTZ", "pentylenetetrazol": "PTZ", "metrazol": "PTZ"}
_STARTS = {
    "ptz_iv": "infusion on",
    "mes": "Shock given",
    "mest": "Shock given",
    "6hz": "Stimulus given",
    "kindling": "Stimulus given",
    "motor": "Task begun",
}
_SPANS = {
    "clonic": ("clonic_start", "clonic_stop", "Clonus", "clonic seizure"),
    "gtc": ("gtc_start", "gtc_stop", "GTC", "generalised tonic-clonic seizure"),
    "the": ("the_start", "the_stop", "THE", "tonic hindlimb extension"),
}
_POINTS = {
    "myoclonic_twitch": "Twitch",
    "loss_of_righting": "Righting lost",
    "fall": "Fall",
}
# What can be pressed in each family of models, besides scores, death and notes.
_FAMILY: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "ptz": (("clonic", "gtc", "the"), ("myoclonic_twitch", "loss_of_righting")),
    "ptz_iv": (("clonic", "gtc", "the"), ("myoclonic_twitch", "loss_of_righting")),
    "mes": (("the", "clonic"), ("loss_of_righting",)),
    "mest": (("the", "clonic"), ("loss_of_righting",)),
    "6hz": (("clonic",), ("loss_of_righting",)),
    "kindling": (("clonic", "gtc"), ("myoclonic_twitch", "loss_of_righting", "fall")),
    "motor": ((), ("fall",)),
}


@dataclass(frozen=True, slots=True)
class Needs:
    """Protocol and scale of a study, as a bench uses them."""

    protocol: Protocol
    scale: Scale | None

    @property
    def window_ms(self) -> int:
        """How long each animal is watched from its own t0, in ms."""
        return round(1000 * self.protocol.observation.window_s)

    @property
    def codes(self) -> frozenset[str]:
        """The codes that can be scored."""
        return frozenset(self.scale.codes if self.scale is not None else ())

    def to_dict(self) -> dict[str, Any]:
        """Return what the bench page is given; it does not depend on any group."""
        protocol = self.protocol
        family = seizure_model(protocol.model).family
        spans, points = _FAMILY[family]
        signs = list(protocol.endpoint.signs)
        if family in ("6hz", "motor") and not signs and "fall" not in points:
            signs = ["sign"]
        return {
            "title": protocol.title,
            "constructed": protocol.constructed == "yes",
            "window_ms": self.window_ms,
            "scan_ms": round(60_000 * protocol.observation.scan_prompt_min),
            "challenge": _challenge(protocol, family),
            "humane_endpoint": protocol.humane_endpoint,
            "scale": None if self.scale is None else self._scale(self.scale),
            "spans": [
                {"kind": k, "start": s, "stop": e, "label": label, "what": what}
                for k, (s, e, label, what) in _SPANS.items()
                if k in spans
            ],
            "points": [{"type": t, "label": _POINTS[t]} for t in points],
            "signs": signs,
        }

    def _scale(self, found: Scale) -> dict[str, Any]:
        scoring = self.protocol.scoring
        start = found.codes.index(scoring.episode_from) if scoring is not None else 0
        return {
            "id": found.id,
            "title": found.title,
            "absence": found.absence,
            "levels": [{"code": x.code, "text": x.text} for x in found.levels],
            "episode": list(found.codes[start:]),
        }


def needs_of(study_id: str, protocol: str | None) -> Needs:
    """Read what a bench needs from the text of the protocol saved last.

    Raises
    ------
    DataError
        If there is none, it is not valid, or its scale is unknown.
    """
    if protocol is None:
        raise DataError(
            [
                Problem(
                    "no-protocol",
                    "The study has no protocol yet, so nothing can be scored",
                    remedy="Let its designer save the protocol; entries that wait are "
                    "sent again after that",
                )
            ]
        )
    return _read(study_id, protocol)


@lru_cache(maxsize=64)
def _read(study_id: str, text: str) -> Needs:
    protocol = protocol_from_text(text, "study.toml")
    if protocol.scoring is None:
        return Needs(protocol, None)
    return Needs(protocol, _scale_of(study_id, protocol.scoring.scale))


def _scale_of(study_id: str, name: str) -> Scale:
    if name not in scale_ids():
        own = StudyFile.objects.filter(
            study_id=study_id, name__in=(f"{name}.toml", f"scales/{name}.toml")
        ).first()
        if own is not None:
            return scale_from_toml(bytes(own.content).decode("utf-8"), own.name)
    return scale(name)


def _challenge(protocol: Protocol, family: str) -> dict[str, str]:
    """Return how the moment from which times count is called on its button."""
    substance = protocol.challenge.substance.strip()
    short = _SHORT.get(substance.casefold(), substance)
    if family == "ptz":
        return {"label": f"{short or 'Challenge'} in", "what": substance or "challenge"}
    said = _STARTS[family]
    if family == "ptz_iv" and short:
        said = f"{short} {said}"
    label = said[:1].upper() + said[1:]
    return {"label": label, "what": substance or family}
