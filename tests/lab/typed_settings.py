"""The lab's settings for mypy's Django plugin: no data folder is made, none is read."""

from __future__ import annotations

from pathlib import Path

from isobole.lab._config import LabConfig
from isobole.lab._settings import settings_of

globals().update(
    settings_of(LabConfig(Path("nowhere"), database_url=None, secret_key="-" * 40))
)
