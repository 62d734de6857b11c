"""The pages of the bench: choose a run, score it, sign that it is complete."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from isobole.lab.accounts.signing import check_signature
from isobole.lab.bench._facts import reading
from isobole.lab.bench._needs import needs_of
from isobole.lab.bench._racks import shapes_of
from isobole.lab.bench._signing import complete_run, completion_of
from isobole.lab.bench._state import run_called, summary_of
from isobole.lab.permissions import Access, needs

MEANING = "scoring complete"


@needs("score")
@require_GET
def choose(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the runs, with who observes and the shape of the rack."""
    study_id = access.study.study_id
    protocol_needs, runs = summary_of(study_id, access.user.username)
    observation = protocol_needs.protocol.observation
    for run in runs:
        run["shapes"] = shapes_of(len(run["animals"]), observation.chamber_rows)
    context = {"tab": "bench", "runs": runs, "needs": protocol_needs}
    return render(request, "lab/bench/choose.html", context)


@needs("score")
@require_GET
def bench(request: HttpRequest, access: Access, run: str) -> HttpResponse:
    """Show the bench of a run; its script asks the API for the rest."""
    study_id = access.study.study_id
    with reading(study_id) as (_, facts):
        found = run_called(facts, needs_of(study_id, facts.protocol), run)
    get_token(request)  # sets the cookie that the script sends back
    config = {
        "study": study_id,
        "run": found.slug,
        "user": access.user.username,
        "name": access.user.display_name,
        "urls": {
            "events": reverse("api:api-events", args=[study_id]),
            "state": reverse("api:api-bench", args=[study_id, found.slug]),
            "time": reverse("api:api-time"),
            "choose": reverse("bench", args=[study_id]),
            "sign": reverse("bench-complete", args=[study_id, found.slug]),
            "unlock": reverse("unlock"),
            "login": reverse("login"),
            "worker": reverse("service-worker"),
        },
    }
    context = {"run": found, "config": config}
    response = render(request, "lab/bench/bench.html", context)
    response["Cache-Control"] = "no-store"  # the worker keeps it, the browser does not
    return response


@needs("score.complete")
@require_http_methods(["GET", "POST"])
def complete(request: HttpRequest, access: Access, run: str) -> HttpResponse:
    """Sign that one's scoring of a run is complete."""
    study_id, me = access.study.study_id, access.user.username
    if request.method == "POST":
        check_signature(request)
        complete_run(study_id, run, me, MEANING)
        return redirect("bench", study_id)
    context = {
        "tab": "bench",
        "meaning": MEANING,
        "found": completion_of(study_id, run, me),
    }
    return render(request, "lab/bench/complete.html", context)


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker, which must stand at the root to serve all pages."""
    response = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Service-Worker-Allowed"] = "/"
    return response


@lru_cache(maxsize=1)
def _worker() -> bytes:
    here = Path(__file__).parent.parent
    return (here / "static" / "lab" / "bench-worker.js").read_bytes()
