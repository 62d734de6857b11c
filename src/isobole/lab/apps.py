"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig


class Lab(AppConfig):
    """The one application of the lab."""

    name = "isobole.lab"
    label = "lab"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have every new connection to the database looked at."""
        from django.db.backends.signals import connection_created

        from isobole.lab.record._durable import refuse_unless_durable

        connection_created.connect(refuse_unless_durable, dispatch_uid="durable")
