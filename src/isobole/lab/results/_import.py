"""A study folder taken into the lab: its record verbatim, or begun from its files."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from isobole.lab import record
from isobole.lab._jobs import one_of_few
from isobole.lab.accounts._note import note
from isobole.lab.models import User
from isobole.lab.results._forms import form
from isobole.lab.results._uploaded import uploaded
from isobole.results import IsoboleError


@require_http_methods(["GET", "POST"])
def import_study(request: HttpRequest) -> HttpResponse:
    """Take over a study folder; who imports it becomes its designer."""
    template = "lab/results/import.html"
    if request.method != "POST":
        return form(request, template, {"tab": ""})
    user = request.user
    assert isinstance(user, User)  # the log-in was asked for before
    try:
        with one_of_few():
            given = uploaded(request.FILES.getlist("files"))
            study = record.store_folder(given.files, by=user.username)
    except IsoboleError as error:
        note(request, "import.refused")
        return form(request, template, {"tab": ""}, error)
    note(request, "import", study_id=study.study_id, files=sorted(given.files))
    more = [f"{name} is no file of a study and was left out" for name in study.left_out]
    for sentence in (*given.left_out, *more):
        messages.warning(request, f"{sentence}.")
    how = "its record as it stands" if study.chained else "a record begun in your name"
    messages.success(
        request,
        f"The study {study.study_id} was imported, {how}: {study.rows} rows, head "
        f"{study.head[:8]}. You are its designer.",
    )
    return redirect("study", study_id=study.study_id)
