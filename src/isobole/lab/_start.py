"""Django made ready for one installation, once in a process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from isobole.lab._config import LabConfig


def start_django(config: LabConfig) -> None:
    """Configure Django for `config`; a process serves one installation.

    Raises
    ------
    RuntimeError
        If Django was made ready for another installation before.
    """
    import django
    from django.conf import settings

    from isobole.lab import _settings

    if settings.configured:
        if getattr(settings, "LAB", None) != config:
            msg = "This process serves another lab already"
            raise RuntimeError(msg)
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "isobole.lab._settings")
    settings.configure(**_settings.settings_of(config))
    django.setup()
