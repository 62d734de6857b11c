"""Advice on the next doses: for the unblinded pharmacist, shown and never stored."""

from __future__ import annotations

import math
import re
import secrets
from dataclasses import dataclass
from typing import Any

from csp.decorators import csp_replace
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods

from isobole.lab.accounts._note import note
from isobole.lab.permissions import Access, needs
from isobole.lab.record import study_of
from isobole.lab.results._forms import form
from isobole.lab.results._key import opened_key
from isobole.lab.results._reveal import SEQUENTIAL
from isobole.reporting import figure_svg, render_fragment
from isobole.results import Block, DataError, Figure, IsoboleError, Problem
from isobole.studies import Study, check_study

SHOWN_S = 600
"""How long the figure of an answer can be fetched; it is in memory only."""
DEFAULTS = {"ed50": "", "sd": "0.35", "low": "1.5", "high": "16"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """The numbers of the form."""

    ed50: float
    sd: float
    low: float
    high: float
    batch: int | None
    minimum: float | None
    maximum: float | None


@require_http_methods(["GET", "POST"])
@needs("next_dose")
def next_dose(request: HttpRequest, access: Access) -> HttpResponse:
    """Ask for what was expected, and show which doses tell most."""
    study = study_of(access.study.study_id)
    if request.method == "POST":
        try:
            blocks = _advice(request, access, study)
        except IsoboleError as error:
            return _form(request, access, study, error)
        context = {"body": mark_safe(_html(request, access, blocks))}
        return form(request, "lab/results/advice.html", context)
    return _form(request, access, study, None)


# As for the figures of an analysis.
@csp_replace({"default-src": ["'none'"], "style-src": ["'unsafe-inline'"]})
@require_GET
@needs("next_dose")
def advice_figure(request: HttpRequest, access: Access, token: str) -> HttpResponse:
    """Send the figure of advice that was just shown, to who asked for it."""
    svg = cache.get(_place(access, token))
    if svg is None:
        msg = "The advice was shown before and is not kept; ask again"
        raise Http404(msg)
    response = HttpResponse(svg, content_type="image/svg+xml")
    response["Cache-Control"] = "no-store"
    return response


def _advice(request: HttpRequest, access: Access, study: Study) -> tuple[Block, ...]:
    from isobole.analysis import recommend_next
    from isobole.planning import DosePrior

    errors = [p for p in check_study(study) if p.severity == "error"]
    if errors:
        raise DataError(errors)
    numbers = _numbers(request)
    sequential = study.protocol.randomisation.method == SEQUENTIAL
    groups = None
    doses = None
    if sequential:
        doses = _doses(request.POST.get("doses", ""))
    if study.commitment:
        # Of a sequential study the key holds no doses, but the passphrase shows that
        # who asks is the pharmacist.
        key = opened_key(request, access)
        groups = dict(key.groups) or None
    found = recommend_next(
        study,
        DosePrior(numbers.ed50, numbers.sd, numbers.low, numbers.high),
        drug=request.POST.get("drug") or None,
        groups=groups,
        doses=doses,
        batch=numbers.batch,
        design="up-and-down"
        if request.POST.get("design") == "up-and-down"
        else "bayes",
        minimum=numbers.minimum,
        maximum=numbers.maximum,
    )
    note(request, "next_dose", study_id=access.study.study_id)
    return found.blocks()


def _html(request: HttpRequest, access: Access, blocks: tuple[Block, ...]) -> str:
    token = secrets.token_urlsafe(16)
    count = sum(isinstance(block, Figure) for block in blocks)
    for number in range(1, count + 1):
        svg = figure_svg(blocks, f"figure-{number}")
        cache.set(_place(access, f"{token}-{number}"), svg, SHOWN_S)

    def url(anchor: str) -> str:
        name = f"{token}-{anchor.rpartition('-')[2]}"
        return reverse("advice-figure", args=[access.study.study_id, name])

    return render_fragment(blocks, figure_url=url)


def _place(access: Access, token: str) -> str:
    return f"advice:{access.user.pk}:{access.study.study_id}:{token}"


def _form(
    request: HttpRequest, access: Access, study: Study, error: IsoboleError | None
) -> HttpResponse:
    drugs = dict.fromkeys(
        dose.substance
        for group in study.protocol.groups
        for dose in group.doses
        if dose.amount > 0
    )
    units = dict.fromkeys(
        dose.unit for group in study.protocol.groups for dose in group.doses
    )
    context: dict[str, Any] = {
        "sequential": study.protocol.randomisation.method == SEQUENTIAL,
        "committed": bool(study.commitment),
        "has_key": bool(access.study.sealed_key),
        "drugs": list(drugs),
        "unit": ", ".join(filter(None, units)),
        "chambers": min(study.protocol.observation.chambers, 12),
        "defaults": DEFAULTS,
    }
    return form(request, "lab/results/next_dose.html", context, error)


def _numbers(request: HttpRequest) -> _Asked:
    found: dict[str, float | None] = {}
    problems: list[Problem] = []
    names = ("ed50", "sd", "low", "high", "batch", "minimum", "maximum")
    for name in names:
        text = request.POST.get(name, DEFAULTS.get(name, "")).strip()
        found[name] = number = _number(text)
        if number is None and (text or name in DEFAULTS):
            problems.append(
                Problem(
                    "no-number",
                    f"{name} is {text!r}" if text else f"{name} is missing",
                    column=name,
                    given=text,
                    expected="a number above 0, such as 120 or 0.35",
                    remedy="Correct the field",
                )
            )
    if problems:
        raise DataError(problems)
    batch = found["batch"]
    return _Asked(
        ed50=found["ed50"] or 0.0,
        sd=found["sd"] or 0.0,
        low=found["low"] or 0.0,
        high=found["high"] or 0.0,
        batch=None if batch is None else math.ceil(batch),
        minimum=found["minimum"],
        maximum=found["maximum"],
    )


def _number(text: str) -> float | None:
    """Return a number above 0; None for everything else."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if 0 < value < float("inf") else None


def _doses(text: str) -> dict[str, float] | None:
    r"""Read the pharmacist's list: an animal and its dose in each line.

    Examples
    --------
    >>> _doses("animal_id,dose\nM1, 120\nM2\t80,5\n")
    {'M1': 120.0, 'M2': 80.5}
    """
    found: dict[str, float] = {}
    problems: list[Problem] = []
    for row, line in enumerate(text.splitlines(), start=1):
        animal, *rest = re.split(r"[,;\t ]+", line.strip(), maxsplit=1)
        if not animal or (row == 1 and animal.casefold() == "animal_id"):
            continue
        amount = _number(rest[0]) if rest else None
        if amount is None or animal in found:
            problems.append(
                Problem(
                    "bad-dose",
                    f"{animal} stands twice"
                    if animal in found
                    else f"The line {line.strip()!r} is no animal with its dose",
                    row=row,
                    column="doses",
                    given=line.strip(),
                    expected="an animal and its dose, such as M07 120",
                    remedy="Correct the line; leave out animals that got the vehicle",
                )
            )
            continue
        found[animal] = amount
    if problems:
        raise DataError(problems)
    return found or None
