"""Why rows are not added to a record, in sentences."""

from __future__ import annotations

from isobole.results import Problem
from isobole.studies import Entry


def too_many(count: int, most: int) -> Problem:
    return Problem(
        "too-many-rows",
        f"{count} rows were sent at once, and none was stored",
        expected=f"{most} or fewer",
        remedy="Send them in several requests",
    )


def number_taken(known: Entry) -> Problem:
    return Problem(
        "device-seq-taken",
        f"Device {known.device} sent row {known.device_seq} before, with another "
        "content",
        remedy="Nothing was stored for it; open the page anew, so that the device "
        "counts on",
    )


def went_on(more: int) -> Problem:
    return Problem(
        "record-went-on",
        f"{more} row(s) were added to the record meanwhile, and nothing was stored",
        remedy="Look at what is new, and do it again",
    )
