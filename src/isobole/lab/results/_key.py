"""The sealed key of a study, opened by the passphrase of a form and never kept."""

from __future__ import annotations

from django.http import HttpRequest

from isobole.lab.accounts import attempts
from isobole.lab.accounts._note import note
from isobole.lab.permissions import Access
from isobole.results import DataError, Problem
from isobole.studies import AllocationKey, key_from_text

PASSPHRASE = "passphrase"
KEY_FILE = "key_file"
MOST_KEY_BYTES = 8 * 1024 * 1024


def opened_key(request: HttpRequest, access: Access) -> AllocationKey:
    """Return the key that the passphrase of a posted form opens.

    A key file that comes with the form goes before the one the lab keeps: an imported
    study has none here. Wrong passphrases are logged, and counted like passwords.

    Raises
    ------
    DataError
        If there is no key or passphrase, or the one does not open the other.
    """
    text = _key_text(request, access)
    passphrase = request.POST.get(PASSPHRASE, "")
    if not passphrase:
        raise DataError(
            [
                Problem(
                    "no-passphrase",
                    "The passphrase of the key is missing",
                    column=PASSPHRASE,
                    remedy="The pharmacist who sealed the allocation enters it",
                )
            ]
        )
    study_id = access.study.study_id
    # A count of its own: the right password of a signature sent along, or a key file of
    # one's own, must not clear the failures of the key that the lab keeps.
    count = attempts.of_key(
        access.user.username,
        study_id,
        "key" if request.FILES.get(KEY_FILE) is None else "file",
    )
    attempts.begin(count)
    try:
        key = key_from_text(text, passphrase, file="key")
    except DataError:
        note(request, "key.refused", study_id=study_id, path=request.path)
        raise
    attempts.succeeded(count)
    return key


def _key_text(request: HttpRequest, access: Access) -> str:
    upload = request.FILES.get(KEY_FILE)
    if upload is None:
        if access.study.sealed_key:
            return str(access.study.sealed_key)
        raise DataError(
            [
                Problem(
                    "no-key",
                    "The lab holds no key of this study",
                    column=KEY_FILE,
                    remedy="Choose the key file that was written with the allocation",
                )
            ]
        )
    content = upload.read(MOST_KEY_BYTES + 1)
    try:
        if len(content) > MOST_KEY_BYTES:
            raise ValueError
        return str(content, "utf-8")
    except ValueError:
        raise DataError(
            [
                Problem(
                    "no-key-file",
                    "This is no key file",
                    file=upload.name,
                    column=KEY_FILE,
                    remedy="Choose the file that was written with the allocation; its "
                    "name ends in .key",
                )
            ]
        ) from None
