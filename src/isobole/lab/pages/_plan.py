"""Plan of a study: group sizes and doses, worked out by the planning room."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_POST, require_safe

from isobole.lab.pages._plan_csv import rows_of
from isobole.lab.pages._plan_job import PlanJob, plan_job
from isobole.lab.pages._plan_kinds import KINDS, kind_for
from isobole.lab.pages._plan_question import PlanKind
from isobole.lab.pages._plan_read import needed_n, read
from isobole.lab.pages._protocol import compared, save_version
from isobole.lab.pages._protocol_text import judged, shown
from isobole.lab.pages._saved import lock_of, protocol_of, saved_versions
from isobole.lab.permissions import Access, needs
from isobole.lab.record import entries_of
from isobole.reporting import figure_svg, rows_csv
from isobole.results import DataError, Methods, Problem
from isobole.studies import Protocol, edited_protocol

MOST_N = 1000


@require_safe
@needs("plan")
def plan(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the form of what is planned, and the result of what was asked."""
    protocol = _protocol(access)
    name = request.GET.get("kind", "")
    kind = KINDS.get(name) or kind_for(protocol)
    values = kind.prefill(protocol)
    asked = request.GET.get("do") == "compute"
    if asked:
        values = {q.name: request.GET.get(q.name, "") for q in kind.questions}
    context: dict[str, Any] = {
        "tab": "plan",
        "protocol": protocol,
        "kind": kind,
        "kinds": KINDS.values(),
        "fields": [{"q": q, "value": values.get(q.name, "")} for q in kind.questions],
    }
    status = 200
    if asked:
        try:
            job = plan_job(kind, values)
            context |= _answer(access, kind, values, job)
        except DataError as error:
            context["problems"], status = error.problems, 422
    if request.headers.get("HX-Request") == "true":
        return render(request, "lab/pages/_plan_result.html", context)
    return render(request, "lab/pages/plan.html", context, status=status)


@require_safe
@needs("plan")
def figure(request: HttpRequest, access: Access, anchor: str) -> HttpResponse:
    """Draw a figure of a plan that was computed, as SVG."""
    _, result = _computed(request)
    svg = figure_svg(result.blocks(), anchor)
    response = HttpResponse(svg, content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require_safe
@needs("plan")
def as_csv(request: HttpRequest, access: Access) -> HttpResponse:
    """Send the numbers of a plan that was computed as a CSV file."""
    kind, result = _computed(request)
    text = rows_csv(*rows_of(result))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = f"{access.study.study_id}-plan-{kind.name}.csv"
    header = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Disposition"] = str(header)
    return response


def _computed(request: HttpRequest) -> tuple[PlanKind, Any]:
    """Return what an address asks to be planned, and the answer."""
    kind = KINDS.get(request.GET.get("kind", ""))
    if kind is None:
        msg = "There is no such plan"
        raise Http404(msg)
    values = {q.name: request.GET.get(q.name, "") for q in kind.questions}
    job = plan_job(kind, values)
    if not job.wait(60):
        msg = "This plan is still being computed"
        raise Http404(msg)
    return kind, job.result()


@require_POST
@needs("protocol.edit")
def write(request: HttpRequest, access: Access) -> HttpResponse:
    """Write the group size into the protocol: shown first, saved when confirmed."""
    entries = entries_of(access.study.study_id)
    saved = saved_versions(entries)[-1]
    text = str(saved.data["toml"])
    context: dict[str, Any] = {"tab": "plan", "saved": saved}
    status = 200
    try:
        if lock_of(entries) is not None:
            save_version(access, judged(text), saved.id)  # says that it is locked
        n, reasoning = _sent(request)
        groups = tomllib.loads(text).get("groups", [])
        values: dict[str, Any] = {f"groups[{i}].n": n for i in range(len(groups))}
        values["sample_size.inputs"] = _inputs(request, n)
        if reasoning:
            values["sample_size.reasoning"] = reasoning
        edited = edited_protocol(text, values)
        if request.POST.get("do") == "confirm":
            version = save_version(
                access, judged(edited), request.POST.get("after", "")
            )
            messages.success(
                request, f"{n} animals a group stand in version {version}."
            )
            return redirect("protocol", access.study.study_id)
        context |= {
            "n": n,
            "reasoning": reasoning,
            "kind": request.POST.get("kind", ""),
            "inputs": request.POST.get("inputs", ""),
            "lines": compared(text, edited),
        }
    except DataError as error:
        status = 422
        context["problems"] = error.problems
    return render(request, "lab/pages/plan_write.html", context, status=status)


def _sent(request: HttpRequest) -> tuple[int, str]:
    text = request.POST.get("n", "")
    if not text.isdecimal() or not 1 <= int(text[:9]) <= MOST_N:
        raise DataError(
            [
                Problem(
                    "not-a-group-size",
                    f"The animals per group are '{text[:20]}'",
                    expected=f"a whole number from 1 to {MOST_N}",
                    remedy="Write how many animals each group has",
                )
            ]
        )
    return int(text), request.POST.get("reasoning", "").strip()[:1000]


def _inputs(request: HttpRequest, n: int) -> dict[str, Any]:
    """Return the numbers the calculation used, as the form sent them along."""
    kind = KINDS.get(request.POST.get("kind", ""))
    inputs: dict[str, Any] = {"n_per_group": n}
    if kind is None:
        return inputs
    try:
        sent = json.loads(request.POST.get("inputs", "{}"))
        values = {k: str(v) for k, v in sent.items()}
        found = read(kind, values)
    except (ValueError, AttributeError, RecursionError, DataError):
        return inputs
    return {
        "planned_by": kind.name,
        **inputs,
        **{k: v for k, v in found.items() if k != "n"},
    }


def _answer(
    access: Access, kind: PlanKind, values: Mapping[str, str], job: PlanJob
) -> dict[str, Any]:
    """Return what the page says of a computation: going on, failed, or its result."""
    query = urlencode({"kind": kind.name, "do": "compute", **values})
    study_id = access.study.study_id
    if not job.wait():
        again = f"{reverse('plan', args=[study_id])}?{query}"
        return {"job": job, "again": again}
    result = job.result()
    blocks = result.blocks()
    address = reverse("plan-figure", args=[study_id, "FIGURE"])
    methods = [block.text for block in blocks if isinstance(block, Methods)]
    return {
        "report": shown(blocks, figures=f"{address}?{query}"),
        "csv": f"{reverse('plan-csv', args=[study_id])}?{query}",
        "n": needed_n(result) or values.get("n", ""),
        "reasoning": methods[0] if methods else "",
        "inputs": json.dumps(dict(values)),
        "open": lock_of(entries_of(study_id)) is None,
        "sizes": kind.name not in ("sequential", "doses"),
    }


def _protocol(access: Access) -> Protocol:
    protocol = protocol_of(entries_of(access.study.study_id))
    if protocol is None:
        msg = "This study has no protocol yet"
        raise Http404(msg)
    return protocol
