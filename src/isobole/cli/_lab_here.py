"""Whether the lab's packages are installed, said in a sentence if they are not."""

from __future__ import annotations

import os
from importlib.util import find_spec

from isobole.results import IsoboleError

NEEDED = {
    "django": "django",
    "ninja": "django-ninja",
    "csp": "django-csp",
    "whitenoise": "whitenoise",
    "argon2": "argon2-cffi",
    "granian": "granian",
}


class ExtraMissing(IsoboleError):
    """Packages of an extra are not installed."""


def the_lab_is_here() -> None:
    """Look for what the lab needs besides the base install.

    Raises
    ------
    ExtraMissing
        If a package is missing, with the command that installs it.
    """
    missing = [name for module, name in NEEDED.items() if find_spec(module) is None]
    if missing:
        raise ExtraMissing(
            f"The lab needs packages that are not installed ({', '.join(missing)}). "
            "Install them with: pip install 'isobole[lab]'"
        )
    if os.environ.get("ISOBOLE_DATABASE_URL") and find_spec("psycopg") is None:
        raise ExtraMissing(
            "ISOBOLE_DATABASE_URL is set, and the package for PostgreSQL (psycopg) is "
            "not installed. Install it with: pip install 'isobole[lab,postgres]'"
        )
