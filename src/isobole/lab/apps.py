"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig


class Lab(AppConfig):
    """The one application of the lab."""

    name = "isobole.lab"
    label = "lab"
    default_auto_field = "django.db.models.BigAutoField"
