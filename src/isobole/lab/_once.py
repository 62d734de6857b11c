"""A form that is sent twice is stored once.

Each form has a key of its own, drawn when it is shown. The row that it writes is called
by that key and by what was typed: sent again, because no answer came or a button was
pressed twice, the same form finds its row in the record. The same page with something
else typed is another form, and is judged as such.
"""

from __future__ import annotations

import hashlib
import re
import secrets

from django.http import HttpRequest

from isobole.lab.models import User
from isobole.studies import Entry, canonical_json

FIELD = "form_key"
CORRECTED_BEFORE = (
    "This correction was stored when the form was sent first; nothing was added."
)
"""Not that it holds: it may have been corrected again since."""
_KEY = re.compile(r"[0-9a-f]{32}\Z")


def new_key() -> str:
    """Return the key of a form that is shown now."""
    return secrets.token_hex(16)


def form_of(request: HttpRequest) -> str | None:
    """Return what the row of a posted form is called; None if it brings no key.

    Passwords and passphrases have no part in it: it stands in the record.
    """
    key, user = request.POST.get(FIELD, ""), request.user
    if not _KEY.match(key) or not isinstance(user, User):
        return None
    typed = [
        [name, *request.POST.getlist(name)]
        for name in sorted(request.POST)
        if "pass" not in name and name != "csrfmiddlewaretoken"
    ]
    sent = []
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            digest = hashlib.sha256()
            for part in file.chunks():
                digest.update(part)
            file.seek(0)
            sent.append([name, digest.hexdigest()])
    whole = [user.username, request.get_full_path(), typed, sent]
    text = canonical_json({"form": whole})
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def sent_before(request: HttpRequest, study_id: str) -> Entry | None:
    """Return the row that this very form wrote before, None if it wrote none."""
    from isobole.lab.record import entries_of

    form, user = form_of(request), request.user
    if form is None or not isinstance(user, User):
        return None
    found = (e for e in reversed(entries_of(study_id)) if e.id == form)
    return next((e for e in found if e.actor == user.username), None)
