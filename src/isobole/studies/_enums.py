"""The words a study is described in: outcomes, models, roles, events, actions.

The protocol, the planner and the web application read them from here and nowhere else.
"""

from __future__ import annotations

from typing import Literal, get_args

PrimaryOutcome = Literal[
    "protected",
    "latency_clonic",
    "latency_gtc",
    "max_score",
    "stage",
    "add",
    "adt",
    "gst",
    "threshold",
    "ed50",
    "td50",
    "cs50",
    "potency_ratio",
    "interaction_index",
]
ExperimentalUnit = Literal["animal", "cage", "litter"]
Species = Literal["mouse", "rat"]
Sex = Literal["F", "M", "both"]
Route = Literal["ip", "po", "sc", "iv", "iv_infusion", "im", "icv"]
Basis = Literal["salt", "acid", "base", "ion", "substance"]
GroupRole = Literal["vehicle", "test", "reference", "combination"]
ModelFamily = Literal["ptz", "ptz_iv", "mes", "mest", "6hz", "kindling", "motor"]
EndpointRule = Literal[
    "no_clonic_episode",  # no clonic episode lasting at least min_duration_s
    "no_generalised_seizure",  # no generalised tonic-clonic seizure
    "no_hindlimb_extension",
    "no_sign",  # none of the signs named
    "score_below",  # maximum score below the code named
    "stays_on_rod",  # motor tests: no fall before the cut-off
]
DeathCounts = Literal["failure", "exclusion", "competing_event"]
Randomisation = Literal[
    "complete", "permuted_block", "stratified_block", "minimisation", "sequential_dose"
]
SampleSizeMethod = Literal["a_priori", "sequential", "resource"]
BlindedRole = Literal["allocation", "dosing", "scoring", "analysis"]
Role = Literal["designer", "pharmacist", "dosing", "scorer", "analyst", "administrator"]
EventType = Literal[
    "score_change",
    "myoclonic_twitch",
    "clonic_start",
    "clonic_stop",
    "gtc_start",
    "gtc_stop",
    "the_start",
    "the_stop",
    "loss_of_righting",
    "fall",
    "sign",
    "death",
    "end",
    "scan",
    "note",
]
EndReason = Literal["window_done", "humane_endpoint", "death", "technical"]
AfterdischargeStatus = Literal["measured", "none", "not_measurable"]
DoseKind = Literal["treatment", "challenge"]
Action = Literal[
    "protocol.save",
    "protocol.lock",
    "animal.add",
    "allocation.commit",
    "allocation.reveal",
    "dose.give",
    "t0",
    "observe",
    "session.add",
    "exclude",
    "amend",
    "score.complete",
    "analysis.lock",
    "unblind",
]

ACTIONS: tuple[str, ...] = get_args(Action)
EVENT_TYPES: tuple[str, ...] = get_args(EventType)
END_REASONS: tuple[str, ...] = get_args(EndReason)
ROLES: tuple[str, ...] = get_args(Role)
PRIMARY_OUTCOMES: tuple[str, ...] = get_args(PrimaryOutcome)

OUTCOME_WORDS: dict[str, str] = {
    "protected": "protection from the endpoint",
    "latency_clonic": "latency to the first clonic seizure",
    "latency_gtc": "latency to the first generalised tonic-clonic seizure",
    "max_score": "maximum seizure score",
    "stage": "seizure stage",
    "add": "afterdischarge duration",
    "adt": "afterdischarge threshold",
    "gst": "generalised seizure threshold",
    "threshold": "seizure threshold",
    "ed50": "median effective dose (ED50)",
    "td50": "median toxic dose (TD50)",
    "cs50": "median convulsive current (CS50)",
    "potency_ratio": "relative potency",
    "interaction_index": "interaction index",
}
