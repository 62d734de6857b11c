"""A new study from a model: guided, or as text, judged while it is written."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from isobole.lab.models import Membership, Study, User
from isobole.lab.pages import _guided
from isobole.lab.pages._protocol_text import Judged, judged
from isobole.lab.pages._saved import device_of
from isobole.lab.record import append_drafts, entries_of
from isobole.results import DataError, OptionError, Problem
from isobole.studies import (
    SeizureModel,
    protocol_draft,
    seizure_model,
    seizure_models,
    study_files,
)

TEMPLATE_ID = "NEW-STUDY"


def new(request: HttpRequest) -> HttpResponse:
    """Choose a model, fill in the protocol, and make the study."""
    given = request.POST if request.method == "POST" else request.GET
    if "model" not in given:
        return render(request, "lab/pages/new_model.html", {"models": seizure_models()})
    model, species = _chosen(given.get("model", ""), given.get("species", ""))
    context: dict[str, Any] = {"model": model, "species": species}
    status = 200
    if request.method == "POST":
        answer = _answered(request, model, species, context)
        if isinstance(answer, HttpResponse):
            return answer
        status = answer
    elif given.get("way") == "text":
        text = study_files(model.name, species=species)["study.toml"]
        context |= {"way": "text", "text": text, "judged": judged(text)}
    else:
        text = study_files(model.name, species=species)["study.toml"]
        context |= {"way": "guided", "form": _guided.start_of(text)}
    if context["way"] == "guided":
        context |= _of_form(context["form"], model, context.pop("more", 0))
    return render(
        request, f"lab/pages/new_{context['way']}.html", context, status=status
    )


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Say what is wrong with a protocol as it stands in the form, and read it back."""
    problems: tuple[Problem, ...] = ()
    found: Judged | None = None
    try:
        found = judged(_text_of(request))
        problems = found.problems
    except DataError as error:
        problems = error.problems
    except OptionError as error:
        problems = (Problem("not-an-option", str(error)),)
    text = request.POST.get("way") == "text"
    context = {"judged": found, "problems": problems, "read_only": not text}
    return render(request, "lab/pages/_judged.html", context)


def _answered(
    request: HttpRequest, model: SeizureModel, species: str, context: dict[str, Any]
) -> HttpResponse | int:
    """Do what a form asks; return the page's status where a page is to be shown."""
    way = "text" if request.POST.get("way") == "text" else "guided"
    do = request.POST.get("do", "check")
    context |= {"way": way, "read_only": way == "guided"}
    text = ""
    try:
        if way == "guided":
            context["form"] = _guided.posted(request.POST)
            if do == "add-row":
                context["more"] = 3
                return 200
        text = _text_of(request)
        found = judged(text)
        context |= {"text": found.text, "judged": found, "problems": found.problems}
        if do == "to-text":
            context |= {"way": "text", "read_only": False}
            return 200
        if do == "create":
            if _made_before(request, found):
                said = "This study was made when the form was sent first."
                messages.info(request, said)
                return redirect("protocol", found.study_id)
            return redirect("protocol", _created(request, found))
    except DataError as error:
        context |= {"text": text, "problems": error.problems}
        context.setdefault("form", _guided.Guided({}, ()))
        return 422
    return 200


def _text_of(request: HttpRequest) -> str:
    if request.POST.get("way") == "text":
        return request.POST.get("toml", "")
    model, species = _chosen(
        request.POST.get("model", ""), request.POST.get("species", "")
    )
    return _guided.text_of(_guided.posted(request.POST), model, species)


def _chosen(name: str, species: str) -> tuple[SeizureModel, str]:
    model = seizure_model(name)
    known = [one for one in model.species if one in model.strains]
    return model, species if species in known else known[0]


def _made_before(request: HttpRequest, found: Judged) -> bool:
    """Say whether this person made a study of this very text: the button twice."""
    user, study_id = request.user, found.study_id
    assert isinstance(user, User)
    if not Membership.objects.filter(study_id=study_id, user=user).exists():
        return False
    first = entries_of(study_id)[0]
    return first.actor == user.username and first.data.get("toml") == found.text


def _created(request: HttpRequest, found: Judged) -> str:
    """Make the study of a protocol that is valid; its maker is its designer."""
    user = request.user
    assert isinstance(user, User)
    if found.protocol is None:
        raise DataError(found.problems)
    study_id = found.protocol.study_id
    problem = None
    if study_id == TEMPLATE_ID:
        problem = _unnamed()
    elif Study.objects.filter(study_id=study_id).exists():
        problem = _taken(study_id)
    if problem is not None:
        raise DataError([problem])
    append_drafts(
        study_id,
        [protocol_draft(found.text)],
        actor=user.username,
        device=device_of(user.username),
        based_on=0,
        also=lambda: _begin(study_id, user),
    )
    return study_id


def _begin(study_id: str, user: User) -> None:
    """Store what goes with the first row: the study, and who is its designer."""
    from isobole.lab.accounts.roles import grant

    Study.objects.create(study_id=study_id)
    grant(study_id, user, "designer", by=user)


def _of_form(form: _guided.Guided, model: SeizureModel, more: int) -> dict[str, Any]:
    """Return what the guided form is drawn from."""
    return {
        "texts": [
            {
                "name": name,
                "label": label,
                "hint": hint,
                "value": form.values.get(name, ""),
                "long": name in _guided.LONG,
            }
            for name, _, label, hint in _guided.TEXTS
        ],
        "numbers": [
            {"name": name, "label": label, "value": form.values.get(name, "")}
            for name, _, label in _guided.NUMBERS
        ],
        "outcomes": _guided.outcomes_of(model),
        "sexes": _guided.SEXES,
        "roles": _guided.ROLES,
        "bases": _guided.BASES,
        "routes": _guided.ROUTES,
        "spare": range(_guided.SPARE_ROWS + more),
    }


def _unnamed() -> Problem:
    return Problem(
        "no-study-id",
        "The study has no id of its own yet",
        column="study_id",
        given=TEMPLATE_ID,
        expected="3 to 20 capital letters, digits and hyphens, such as PTZ-2026-1",
        remedy="Write its id; it cannot be changed later",
    )


def _taken(study_id: str) -> Problem:
    return Problem(
        "study-id-taken",
        f"There is a study {study_id} in this lab already",
        column="study_id",
        given=study_id,
        remedy="Give this one another id",
    )
