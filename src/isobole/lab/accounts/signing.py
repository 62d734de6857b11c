"""Signing: the person enters the password again, beside what it stands for."""

from __future__ import annotations

from django.http import HttpRequest

from isobole.lab.accounts import attempts
from isobole.lab.accounts._note import note
from isobole.lab.models import User
from isobole.results import DataError, Problem

FIELD = "signature_password"


def check_signature(request: HttpRequest, *, password: str | None = None) -> None:
    """Check that the person who sends a form entered their own password with it.

    Show the field with ``{% include "lab/accounts/_signature.html" with
    meaning="protocol locked" %}`` and put ``{"signed": meaning}`` into the row.

    Parameters
    ----------
    request : HttpRequest
        With the posted field `signature_password`.
    password : str, optional
        The password, where it does not come in a form (the API).

    Raises
    ------
    DataError
        If it is missing or wrong, or was wrong too often. It is logged; a PIN is no
        signature.
    """
    user = request.user
    given = request.POST.get(FIELD, "") if password is None else password
    if not isinstance(user, User) or not given:
        raise DataError(
            [
                Problem(
                    "signature-missing",
                    "This is signed, and the password was not entered",
                    column=FIELD,
                    remedy="Enter your password (not the PIN) in the field of the "
                    "signature",
                )
            ]
        )
    key: attempts.Key = ("session", user.username)
    attempts.begin(key)
    if not user.check_password(given):
        note(request, "signature.refused", path=request.path)
        raise DataError(
            [
                Problem(
                    "signature-wrong",
                    "The password of the signature is not yours; nothing was stored",
                    column=FIELD,
                    remedy="Enter the password you log in with (a PIN is no signature)",
                )
            ]
        )
    attempts.succeeded(key)
