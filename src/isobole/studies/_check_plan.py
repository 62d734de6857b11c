"""Whether randomisation, blinding, sample size and the rack fit together."""

from __future__ import annotations

from typing import get_args

from isobole.studies._check_parts import Findings, finding
from isobole.studies._enums import BlindedRole
from isobole.studies._protocol import Protocol

SEQUENTIAL = ("ed50", "td50", "cs50")


def check_plan(protocol: Protocol) -> Findings:
    """Compare the plan with itself and with the groups."""
    yield from _randomisation(protocol)
    yield from _sequential(protocol)
    yield from _blinding(protocol)
    yield from _rack(protocol)
    yield from _size(protocol)
    if not protocol.exclusion:
        yield finding(
            "no-exclusion-criteria",
            "exclusion",
            "There is no exclusion criterion",
            "Set them before the first dose: an animal can be left out by none later",
            severity="warning",
        )


def _randomisation(protocol: Protocol) -> Findings:
    plan = protocol.randomisation
    if plan.method == "stratified_block" and not plan.strata:
        yield finding(
            "no-strata",
            "randomisation.strata",
            "stratified_block names no strata",
            'Add strata, such as ["sex"], or write method = "permuted_block"',
        )
    if plan.method != "stratified_block" and plan.strata:
        yield finding(
            "strata-unused",
            "randomisation.strata",
            f"strata do nothing under {plan.method}",
            'Write method = "stratified_block", or remove them',
            severity="warning",
            given=", ".join(plan.strata),
        )
    if plan.method == "minimisation" and not plan.covariates:
        yield finding(
            "no-covariates",
            "randomisation.covariates",
            "minimisation names nothing to balance",
            'Add covariates, such as ["sex", "weight_g", "litter"]',
        )
    if plan.method != "minimisation" and plan.covariates:
        yield finding(
            "covariates-unused",
            "randomisation.covariates",
            f"covariates do nothing under {plan.method}",
            'Write method = "minimisation", or remove them',
            severity="warning",
            given=", ".join(plan.covariates),
        )


def _sequential(protocol: Protocol) -> Findings:
    drawn = protocol.randomisation.method == "sequential_dose"
    sized = protocol.sample_size.method == "sequential"
    if drawn and not sized:
        yield finding(
            "sequential-size",
            "sample_size.method",
            "Doses are chosen one after the other, but the sample size is "
            f"{protocol.sample_size.method}",
            'Write method = "sequential" in [sample_size] too, with its stopping rule',
            given=protocol.sample_size.method,
            expected="sequential",
        )
    if drawn and protocol.primary_outcome not in SEQUENTIAL:
        yield finding(
            "sequential-outcome",
            "randomisation.method",
            f"sequential_dose finds a median dose; '{protocol.primary_outcome}' is "
            "none",
            "Take permuted_block, or one of the outcomes it can find",
            given="sequential_dose",
            expected=f"a primary outcome of {', '.join(SEQUENTIAL)}",
        )
    if sized and not drawn and protocol.model != "mest":
        yield finding(
            "sequential-draw",
            "randomisation.method",
            "The sample size is sequential, but no dose is chosen from the results",
            'Write method = "sequential_dose", or sample_size.method = "a_priori"',
            given=protocol.randomisation.method,
        )


def _blinding(protocol: Protocol) -> Findings:
    open_to = [r for r in get_args(BlindedRole) if r not in protocol.blinding.blinded]
    if open_to and not protocol.blinding.reason_if_not.strip():
        yield finding(
            "not-blinded",
            "blinding.reason_if_not",
            f"Not blinded at: {', '.join(open_to)}; no reason is given",
            "Blind these stages, or say why it cannot be done",
            severity="warning",
            given=", ".join(open_to),
        )


def _rack(protocol: Protocol) -> Findings:
    rack, groups = protocol.observation, len(protocol.groups)
    if rack.chambers % rack.chamber_rows:
        yield finding(
            "uneven-rack",
            "observation.chamber_rows",
            f"{rack.chambers} chambers do not make {rack.chamber_rows} equal rows",
            "Give the rows the rack has, or count the chambers that are used",
            given=rack.chamber_rows,
        )
    if groups > rack.chambers:
        yield finding(
            "incomplete-blocks",
            "observation.chambers",
            f"{groups} groups do not fit into {rack.chambers} chambers: runs are "
            "incomplete blocks, each with vehicle",
            "Nothing, if that is meant; the run is then a stratum of the analysis",
            severity="notice",
            given=rack.chambers,
        )


def _size(protocol: Protocol) -> Findings:
    size, groups = protocol.sample_size, protocol.groups
    stated = size.inputs.get("n_per_group")
    if isinstance(stated, int | float):
        for index, group in enumerate(groups):
            if group.n < stated:
                yield finding(
                    "fewer-than-planned",
                    f"groups[{index}].n",
                    f"'{group.id}' has {group.n} animals and the calculation asks for "
                    f"{stated:g}",
                    "Raise n, or correct sample_size.inputs",
                    severity="warning",
                    given=group.n,
                )
    sizes = [group.n for group in groups]
    if max(sizes) > 2 * min(sizes):
        yield finding(
            "uneven-groups",
            "groups",
            f"Groups have between {min(sizes)} and {max(sizes)} animals",
            "Say why in sample_size.reasoning: power goes with the smaller ones",
            severity="notice",
        )
    if size.method == "a_priori" and not size.inputs:
        yield finding(
            "no-size-inputs",
            "sample_size.inputs",
            "The numbers the calculation used are not kept",
            "Add them: inputs = { effect = …, power = …, n_per_group = … }",
            severity="warning",
        )
