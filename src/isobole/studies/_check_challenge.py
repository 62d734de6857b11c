"""Whether the challenge is complete for its model and near what is published."""

from __future__ import annotations

from isobole.results import DataError, DoseUnit
from isobole.studies._check_parts import Findings, finding, off_range, quoted
from isobole.studies._models import SeizureModel
from isobole.studies._protocol import Protocol

REQUIRED = {
    "ptz": ("substance", "amount", "unit", "route"),
    "ptz_iv": (
        "substance", "route", "infusion_ml_per_min", "concentration_mg_per_ml",
    ),
    "mes": ("current", "current_unit", "frequency_hz", "train_s", "electrode"),
    "mest": (
        "current", "current_unit", "current_mode", "step_log10", "frequency_hz",
        "train_s", "electrode",
    ),
    "6hz": ("current", "current_unit", "frequency_hz", "pulse_ms", "train_s"),
    "kindling": (
        "current_mode", "current_unit", "frequency_hz", "pulse_ms", "train_s", "peak",
    ),
    "rotarod": ("speed_rpm",),
}  # fmt: skip
UNITS = {"mes": "mA", "mest": "mA", "6hz": "mA", "kindling": "uA"}
KINDLING_KEYS = (
    "recovery_days", "staircase.start_ua", "staircase.factor", "staircase.interval_s",
    "staircase.max_ua", "afterdischarge.min_amplitude_ratio",
    "afterdischarge.min_rate_hz", "afterdischarge.min_duration_s",
    "afterdischarge.merge_gap_s", "fully_kindled.count", "sessions_per_day",
)  # fmt: skip


def check_challenge(protocol: Protocol, model: SeizureModel) -> Findings:
    """Ask for what the model needs, and compare it with what is published."""
    challenge = protocol.challenge
    for key in REQUIRED.get(model.name, REQUIRED.get(model.family, ())):
        if getattr(challenge, key) in (None, ""):
            near = model.published(f"challenge.{key}", species=protocol.species)
            yield finding(
                "challenge-incomplete",
                f"challenge.{key}",
                f"{key} is missing; {model.name} is not defined without it",
                f"Add it. Published: {quoted(near)}" if near else f"Add {key}",
            )
    if model.family in ("ptz", "ptz_iv"):
        yield from _chemical(protocol, model)
    yield from _electrical(protocol, model)
    yield from off_range(
        protocol, model, "observation.window_s", protocol.observation.window_s
    )
    yield from _kindling(protocol, model)


def _chemical(protocol: Protocol, model: SeizureModel) -> Findings:
    from isobole.substances import substance

    challenge = protocol.challenge
    if challenge.substance:
        try:
            name = substance(challenge.substance).name
        except DataError:
            name = challenge.substance
        if name != "pentylenetetrazole":
            yield finding(
                "other-convulsant",
                "challenge.substance",
                f"substance is '{challenge.substance}' in a model of "
                "pentylenetetrazole",
                "Write pentylenetetrazole, or expect that no published value fits",
                severity="warning",
                given=challenge.substance,
            )
    infused = challenge.route == "iv_infusion"
    if challenge.route and infused != (model.family == "ptz_iv"):
        other = "ptz_iv" if infused else "ptz"
        yield finding(
            "route-not-of-model",
            "challenge.route",
            f"route is {challenge.route} in the model {model.name}",
            f'Write model = "{other}", or give the dose another way',
            given=challenge.route,
        )
    if challenge.unit:
        yield from _dose(protocol, model)
    for key in ("infusion_ml_per_min", "concentration_mg_per_ml"):
        yield from off_range(
            protocol,
            model,
            f"challenge.{key}",
            getattr(challenge, key),
            severity="warning",
        )


def _dose(protocol: Protocol, model: SeizureModel) -> Findings:
    challenge = protocol.challenge
    try:
        unit = DoseUnit.parse(challenge.unit)
    except DataError as error:
        for problem in error.problems:
            yield finding(
                problem.code,
                "challenge.unit",
                problem.message,
                problem.remedy or "",
                given=challenge.unit,
            )
        return
    if (unit.amount, unit.per) != ("mg", "kg"):
        yield finding(
            "unit-not-compared",
            "challenge.unit",
            f"The dose is in {unit}: published ones, in mg/kg, are not compared",
            "Write it in mg/kg if you can",
            severity="notice",
            given=challenge.unit,
        )
        return
    yield from off_range(
        protocol,
        model,
        "challenge.amount",
        challenge.amount,
        route=challenge.route,
        severity="warning",
    )
    near = model.published("challenge.amount", species=protocol.species)
    if near and not any(p.strain and p.names(protocol.strain) for p in near):
        yield finding(
            "strain-not-known",
            "strain",
            f"No dose of PTZ is published here for {protocol.strain}: "
            f"{quoted(p for p in near if p.strain)}",
            "Find the dose that convulses nearly all untreated animals in a pilot",
            severity="notice",
            given=protocol.strain,
        )


def _electrical(protocol: Protocol, model: SeizureModel) -> Findings:
    challenge, unit = protocol.challenge, UNITS.get(model.family)
    if unit is None:
        return
    if challenge.current_unit and challenge.current_unit != unit:
        yield finding(
            "current-unit",
            "challenge.current_unit",
            f"current_unit is {challenge.current_unit}; currents of {model.name} are "
            f"in {unit}",
            f"Write the current in {unit}",
            given=challenge.current_unit,
            expected=unit,
        )
    elif challenge.current_mode != "adt":
        yield from off_range(
            protocol, model, "challenge.current", challenge.current, severity="warning"
        )
    for key in ("frequency_hz", "pulse_ms", "train_s", "step_log10"):
        yield from off_range(
            protocol, model, f"challenge.{key}", getattr(challenge, key)
        )
    stepped = challenge.current_mode == "up_and_down"
    if challenge.current_mode and stepped != (model.family == "mest"):
        yield finding(
            "current-mode",
            "challenge.current_mode",
            f"current_mode is {challenge.current_mode} in the model {model.name}",
            "mest steps its current up and down; the other models do not",
            given=challenge.current_mode,
        )
    if model.family != "kindling" and challenge.current_mode.startswith("adt"):
        yield finding(
            "current-mode-kindling",
            "challenge.current_mode",
            f"{model.name} has no afterdischarge threshold to set the current by",
            'Write current_mode = "fixed"',
            given=challenge.current_mode,
        )


def _kindling(protocol: Protocol, model: SeizureModel) -> Findings:
    plan, challenge = protocol.kindling, protocol.challenge
    if model.family != "kindling":
        if plan is not None:
            yield finding(
                "kindling-unused",
                "kindling",
                f"There is a [kindling] table in a study of {model.name}",
                'Remove it, or write model = "kindling"',
            )
        return
    if plan is None:
        yield finding(
            "kindling-missing",
            "kindling",
            "The [kindling] table is missing: threshold, stages and the fully-kindled "
            "rule are not defined without it",
            "Copy it from: isobole study new FOLDER --model kindling",
        )
        return
    if challenge.current_mode == "adt":
        yield finding(
            "test-at-threshold",
            "challenge.current_mode",
            "Tests at the afterdischarge threshold cannot tell a raised threshold from "
            "a suppressed seizure",
            "Measure the threshold again under the drug, or test at a fixed current "
            "above it",
            severity="warning",
            given="adt",
        )
    needed = {"fixed": "current", "adt_plus_percent": "current_percent"}
    key = needed.get(challenge.current_mode)
    if key and getattr(challenge, key) is None:
        yield finding(
            "challenge-incomplete",
            f"challenge.{key}",
            f"{key} is missing; current_mode is {challenge.current_mode}",
            f"Add {key}",
        )
    if plan.staircase.start_ua >= plan.staircase.max_ua:
        yield finding(
            "staircase-without-steps",
            "kindling.staircase.max_ua",
            f"The series starts at {plan.staircase.start_ua:g} uA and stops at "
            f"{plan.staircase.max_ua:g} uA",
            "Give a highest current above the first",
            given=plan.staircase.max_ua,
        )
    if plan.fully_kindled.count > plan.max_sessions:
        yield finding(
            "never-kindled",
            "kindling.fully_kindled.count",
            f"{plan.fully_kindled.count} sessions are asked for and "
            f"{plan.max_sessions} are held: no animal could be fully kindled",
            "Raise max_sessions or lower the count",
            given=plan.fully_kindled.count,
        )
    if (plan.sessions_per_day - 1) * plan.min_interval_h >= 24:
        yield finding(
            "day-too-short",
            "kindling.min_interval_h",
            f"{plan.sessions_per_day} sessions with {plan.min_interval_h:g} h between "
            "them do not fit into a day",
            "Hold fewer sessions, or shorten the pause",
            given=plan.min_interval_h,
        )
    for name in KINDLING_KEYS:
        value: object = plan
        for part in name.split("."):
            value = getattr(value, part)
        if isinstance(value, int | float):
            yield from off_range(protocol, model, f"kindling.{name}", float(value))
