"""A protocol in sentences and tables, for reports and pages."""

from __future__ import annotations

from pathlib import Path

from isobole.results import Block, Cell, Heading, Note, Table, Text, format_number
from isobole.studies._enums import OUTCOME_WORDS
from isobole.studies._models import seizure_model
from isobole.studies._protocol import Protocol
from isobole.studies._protocol_parts import Dose, Group
from isobole.studies._scales import scale

ROUTES = {
    "ip": "i.p.",
    "po": "p.o.",
    "sc": "s.c.",
    "iv": "i.v.",
    "iv_infusion": "by i.v. infusion",
    "im": "i.m.",
    "icv": "i.c.v.",
}
METHODS = {
    "complete": "complete randomisation",
    "permuted_block": "permuted blocks",
    "stratified_block": "permuted blocks within strata",
    "minimisation": "minimisation with a biased coin",
    "sequential_dose": "doses chosen one after the other from the results so far",
}
BASES = {
    "salt": "of the salt",
    "acid": "as the acid",
    "base": "as the base",
    "ion": "as the ion",
    "substance": "",
}
SEXES = {"F": "female", "M": "male", "both": "female and male"}


def dose_words(dose: Dose) -> str:
    """Say one dose: what, how much of what, how.

    Examples
    --------
    >>> from isobole.studies._protocol_parts import Dose
    >>> print(
    ...     dose_words(
    ...         Dose(
    ...             substance="sodium valproate",
    ...             amount=100,
    ...             basis="salt",
    ...             route="ip",
    ...             vehicle="0.9 % saline",
    ...             volume_ml_per_kg=10,
    ...             pretreatment_min=30,
    ...         )
    ...     )
    ... )
    sodium valproate 100 mg/kg (of the salt) i.p.
    """
    if dose.amount == 0:
        return f"{dose.vehicle} {ROUTES[dose.route]}"
    basis = f" ({BASES[dose.basis]})" if BASES[dose.basis] else ""
    return (
        f"{dose.substance} {format_number(dose.amount)} {dose.unit}{basis} "
        f"{ROUTES[dose.route]}"
    )


def group_words(group: Group) -> str:
    """Say what a group is given."""
    return " and ".join(dose_words(dose) for dose in group.doses) or "nothing"


def challenge_sentence(protocol: Protocol) -> str:
    """Say what provokes the seizure, with every number the protocol has of it."""
    challenge = protocol.challenge
    parts: list[str] = []
    if challenge.substance:
        dose = (
            f" {format_number(challenge.amount)} {challenge.unit}"
            if challenge.amount is not None
            else ""
        )
        route = f" {ROUTES[challenge.route]}" if challenge.route else ""
        parts.append(f"{challenge.substance}{dose}{route}")
    current_unit = challenge.current_unit or "(unit not stated)"
    threshold = "each animal's afterdischarge threshold"
    if challenge.current_mode == "adt":
        parts.append(f"current at {threshold}")
    elif challenge.current_mode == "adt_plus_percent":
        percent = challenge.current_percent
        above = "" if percent is None else f"{format_number(percent)} % "
        parts.append(f"current {above}above {threshold}")
    elif challenge.current is not None:
        stepped = challenge.current_mode == "up_and_down"
        first = " (the first of an up-and-down series)" if stepped else ""
        current = format_number(challenge.current)
        parts.append(f"current {current} {current_unit}{first}")
    numbers = (
        (challenge.infusion_ml_per_min, "infused at {} mL/min"),
        (challenge.concentration_mg_per_ml, "{} mg/mL"),
        (challenge.step_log10, "steps of {} log10 units"),
        (challenge.frequency_hz, "{} Hz"),
        (challenge.pulse_ms, "pulses of {} ms"),
        (challenge.train_s, "for {} s"),
        (challenge.speed_rpm, "rod at {} turns per minute"),
    )
    parts += [
        words.format(format_number(value))
        for value, words in numbers
        if value is not None
    ]
    peak = {"peak": "counted to the peak", "peak_to_peak": "counted peak to peak"}
    words = (challenge.site, challenge.waveform, peak.get(challenge.peak, ""))
    parts += [text for text in words if text]
    if challenge.electrode:
        parts.append(f"electrodes: {challenge.electrode}")
    if challenge.anaesthetic:
        parts.append(challenge.anaesthetic)
    title = seizure_model(protocol.model).title
    return f"{title}: {', '.join(parts)}." if parts else f"{title}."


def endpoint_sentence(protocol: Protocol, *, folder: str | Path | None = None) -> str:
    """State the endpoint rule exactly as the outcomes are computed by it."""
    return rule_sentences(protocol, folder=folder)[0]


def rule_sentences(
    protocol: Protocol, *, folder: str | Path | None = None
) -> tuple[str, ...]:
    """State every rule by which outcomes are computed from the events."""
    from isobole.studies._reduce_rules import rules_of, sentences

    scoring = protocol.scoring
    found = None if scoring is None else scale(scoring.scale, folder=folder)
    return sentences(protocol, rules_of(protocol, found))


def methods_sentence(protocol: Protocol) -> str:
    """Say the experiment in a few sentences, ready for a methods section."""
    total = sum(group.n for group in protocol.groups)
    groups = "; ".join(f"{g.id}: {group_words(g)}, n = {g.n}" for g in protocol.groups)
    times = sorted({d.pretreatment_min for g in protocol.groups for d in g.doses})
    before = (
        f", {' or '.join(format_number(t) for t in times)} min before the challenge"
        if times
        else ""
    )
    text = (
        f"{total} {SEXES[protocol.sex]} {protocol.strain} "
        f"{'mice' if protocol.species == 'mouse' else 'rats'} were to be allocated by "
        f"{METHODS[protocol.randomisation.method]} to {len(protocol.groups)} groups "
        f"({groups}){before}. {challenge_sentence(protocol)}"
    )
    blinded = protocol.blinding.blinded
    if blinded:
        text += f" Blinded at: {', '.join(blinded)}."
    if protocol.blinding.reason_if_not:
        text += f" {protocol.blinding.reason_if_not.rstrip('.')}."
    return text


def statistics_sentence(protocol: Protocol) -> str:
    """Say what the protocol declared before the first animal."""
    plan = protocol.statistics
    control = plan.control or next(
        (g.id for g in protocol.groups if g.role == "vehicle"), None
    )
    against = f" against {control}" if control else ""
    adjusted = "Holm's" if plan.adjust == "holm" else "no"
    second = [OUTCOME_WORDS[o] for o in protocol.secondary_outcomes]
    return (
        f"Primary outcome: {OUTCOME_WORDS[protocol.primary_outcome]}. "
        + (f"Secondary: {', '.join(second)}. " if second else "")
        + f"Groups are compared{against} with {adjusted} adjustment and limits at "
        f"{100 * plan.level:g} %; dose-response curves are {plan.link}; Kaplan-Meier "
        f"limits are {plan.km_interval}."
        + (f" {plan.note.rstrip('.')}." if plan.note else "")
    )


def groups_table(protocol: Protocol) -> Table:
    """Return the groups with every dose, its unit, basis, route and volume."""
    rows: list[tuple[Cell, ...]] = []
    for group in protocol.groups:
        for index, dose in enumerate(group.doses):
            rows.append(
                (
                    group.id if index == 0 else "",
                    group.role if index == 0 else "",
                    group.n if index == 0 else "",
                    dose.substance if dose.amount else f"vehicle of {dose.substance}",
                    f"{format_number(dose.amount)} {dose.unit}",
                    dose.basis,
                    ROUTES[dose.route],
                    dose.vehicle,
                    dose.volume_ml_per_kg,
                    dose.pretreatment_min,
                    dose.schedule,
                )
            )
        if not group.doses:
            rows.append((group.id, group.role, group.n, "nothing", *[""] * 7))
    return Table(
        "Groups",
        (
            "group", "role", "n", "substance", "dose", "basis", "route", "vehicle",
            "volume (mL/kg)", "before challenge (min)", "schedule",
        ),
        tuple(rows),
        _group_notes(protocol),
    )  # fmt: skip


def _group_notes(protocol: Protocol) -> tuple[str, ...]:
    """Return what is noted beside groups; the same note once, with all its groups."""
    found: dict[str, list[str]] = {}
    for group in protocol.groups:
        if group.note:
            found.setdefault(group.note, []).append(group.id)
    return tuple(f"{', '.join(ids)}: {note}" for note, ids in found.items())


def criteria_table(protocol: Protocol) -> Table:
    """Return the criteria set before the first dose."""
    rows = [("inclusion", c.id, c.text) for c in protocol.inclusion]
    rows += [("exclusion", c.id, c.text) for c in protocol.exclusion]
    return Table("Criteria", ("kind", "id", "criterion"), tuple(rows))


def protocol_blocks(
    protocol: Protocol, *, folder: str | Path | None = None
) -> tuple[Block, ...]:
    """Return the protocol for a report: groups, challenge, rules, criteria, plan."""
    blocks: list[Block] = [Heading("Protocol")]
    if protocol.constructed == "yes":
        blocks.append(
            Note(
                "The data of this study are constructed: no animal was used.", "warning"
            )
        )
    blocks += [
        Text(f"{protocol.title} ({protocol.study_id}, version {protocol.version})."),
        Text(f"Hypothesis: {protocol.hypothesis}"),
        Text(methods_sentence(protocol)),
        groups_table(protocol),
        Heading("Rules", 3),
        *(Text(sentence) for sentence in rule_sentences(protocol, folder=folder)),
    ]
    if protocol.kindling is not None:
        blocks.append(Text(kindling_sentence(protocol)))
    if protocol.inclusion or protocol.exclusion:
        blocks.append(criteria_table(protocol))
    blocks += [
        Heading("Plan", 3),
        Text(statistics_sentence(protocol)),
        Text(f"Sample size: {protocol.sample_size.reasoning}"),
        Text(f"Humane endpoint: {protocol.humane_endpoint}"),
        Text(f"Ethics: {protocol.ethics_id}"),
        Text(f"Protocol SHA-256: {protocol.sha256}"),
    ]
    return tuple(blocks)


def kindling_sentence(protocol: Protocol) -> str:
    """Say threshold, afterdischarge and the fully-kindled rule; "" without them."""
    plan = protocol.kindling
    if plan is None:
        return ""
    stair, found, rule = plan.staircase, plan.afterdischarge, plan.fully_kindled
    row = " in a row" if rule.consecutive == "consecutive" else ""
    return (
        f"Electrode: {plan.target}. Threshold: currents from {stair.start_ua:g} uA in "
        f"steps of x{stair.factor:g} every {stair.interval_s:g} s up to "
        f"{stair.max_ua:g} uA. Afterdischarge: at least {found.min_amplitude_ratio:g} "
        f"times the baseline at {found.min_rate_hz:g} Hz or more for "
        f"{found.min_duration_s:g} s, pauses up to {found.merge_gap_s:g} s included. "
        f"Fully kindled: {rule.count} sessions{row} at stage {rule.min_stage} or "
        f"above; up to {plan.max_sessions} sessions, {plan.sessions_per_day} a day and "
        f"{plan.min_interval_h:g} h apart; {plan.washout_days:g} days between tests."
    )
