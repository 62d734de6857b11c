"""Whether the server answers and its database does."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest
from ninja import Router, Schema

from isobole import __version__
from isobole.lab.record import NotStored

router = Router(tags=["server"])


class Health(Schema):
    """The server answers, and so does its database."""

    status: str
    version: str
    database: str


@router.get("/health", auth=None, response=Health, url_name="health")
def health(request: HttpRequest) -> Health:
    """Say that the server and its database answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        msg = (
            "The database does not answer. Start it again; what waits on a bench is "
            "sent by itself"
        )
        raise NotStored(msg) from error
    return Health(status="ok", version=__version__, database=connection.vendor)
