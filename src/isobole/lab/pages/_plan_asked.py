"""The planning room asked what the forms of the plan ask."""

from __future__ import annotations

from math import log10
from typing import Any

from isobole import planning
from isobole.lab.pages._plan_question import Progress
from isobole.results import DataError, Problem


def plan_sequential(given: dict[str, Any], progress: Progress) -> Any:
    """Recommend the doses of a batch."""
    if given["fold"] <= 1:
        raise DataError([_fold()])
    prior = planning.DosePrior(given["ed50"], ed50_sd_log10=log10(given["fold"]))
    return planning.recommend_doses(
        given["doses"],
        given["affected"],
        prior=prior,
        batch=given["batch"],
        design=given["design"],
        unit=given["unit"] or None,
        endpoint="protected",
    )


def plan_interaction(given: dict[str, Any], progress: Progress) -> Any:
    """Say what a study of a mixture can find."""
    return planning.plan_interaction(
        given["drugs"],
        given["ed50s"],
        given["slopes"],
        index=given["index"],
        n=given["n"],
        power=given["power"],
        unit=given["unit"] or None,
        progress=progress,
    )


def plan_ed50(given: dict[str, Any], progress: Progress) -> Any:
    """Say what fixed doses risk."""
    return planning.plan_ed50(
        given["doses"],
        given["n"],
        given["ed50"],
        given["slope"],
        unit=given["unit"] or None,
        progress=progress,
    )


def plan_doses(given: dict[str, Any], progress: Progress) -> Any:
    """Compare fixed doses over all that is believed of the ED50."""
    if given["fold"] <= 1:
        raise DataError([_fold()])
    counts = given["counts"]
    if any(not 2 <= count <= 12 or count % 1 for count in counts):
        raise DataError([_counts()])
    prior = planning.DosePrior(given["ed50"], ed50_sd_log10=log10(given["fold"]))
    return planning.choose_doses(
        prior,
        given["animals"],
        [int(count) for count in counts],
        unit=given["unit"] or None,
    )


def plan_own_control(given: dict[str, Any], progress: Progress) -> Any:
    """Say how many kindled animals show an effect, each its own control."""
    falls, shares = given["falls"], given["shares"]
    if len(falls) != len(shares) or len(set(falls)) != len(falls):
        raise DataError([_pairs(len(falls), len(shares))])
    return planning.plan_own_control(
        drops={f: s / 100 for f, s in zip(falls, shares, strict=True)} or None,
        change=given["change"],
        within_sd=given["within_sd"],
        n=given["n"],
        power=given["power"],
        alpha=given["alpha"],
        progress=progress,
    )


def _fold() -> Problem:
    return Problem(
        "fold-too-small",
        "The guess of the ED50 cannot be off by 1-fold or less",
        column="fold",
        expected="a number above 1, such as 2.2",
        remedy="Say how far the guess may be off",
    )


def _counts() -> Problem:
    return Problem(
        "dose-counts",
        "The numbers of doses to compare are not whole numbers from 2 to 12",
        column="counts",
        expected="such as 3, 4, 5, 6",
        remedy="Say how many doses a design may have",
    )


def _pairs(falls: int, shares: int) -> Problem:
    return Problem(
        "falls-and-shares",
        f"There are {falls} falls in stage and {shares} shares of animals"
        if falls != shares
        else "A fall in stage stands twice",
        column="shares",
        expected="a share (%) for each fall, in the same order",
        remedy="Write 0 for the animals that do not change; or leave both empty and "
        "say by how many seconds the afterdischarge is shorter",
    )
