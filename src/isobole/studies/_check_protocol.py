"""What a protocol says about itself that does not fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from isobole.results import DataError, Problem
from isobole.studies._check_challenge import check_challenge
from isobole.studies._check_endpoint import check_endpoint
from isobole.studies._check_groups import check_groups
from isobole.studies._check_outcome import check_outcome
from isobole.studies._check_parts import Findings, finding
from isobole.studies._check_plan import check_plan
from isobole.studies._document import key_path
from isobole.studies._models import seizure_model
from isobole.studies._protocol import Protocol
from isobole.studies._protocol_toml import FILE

TEMPLATE = "TEMPLATE:"
"""How every text begins that a new study file leaves to its author."""
NEW_STUDY = "NEW-STUDY"
"""The id a new study file starts from."""


def check_protocol(
    protocol: Protocol, *, folder: str | Path | None = None, file: str = FILE
) -> tuple[Problem, ...]:
    """Return what does not fit together in a protocol that is valid key by key.

    Errors are what no analysis could make good; warnings what a reader would ask
    about; notices what is unusual against the published values.

    Parameters
    ----------
    protocol : Protocol
        As `read_protocol` returns it.
    folder : path, optional
        The study folder, where a scale of its own may stand.
    file : str
        The name that stands in the problems.
    """
    return tuple(replace(p, file=p.file or file) for p in _findings(protocol, folder))


def _findings(protocol: Protocol, folder: str | Path | None) -> Findings:
    try:
        model = seizure_model(protocol.model)
    except DataError as error:
        yield from error.problems
    else:
        if protocol.species not in model.species:
            yield finding(
                "species-unusual",
                "species",
                f"Nothing is published here of {model.name} in the {protocol.species}",
                "Check every value yourself: none is compared with published ones",
                severity="warning",
                given=protocol.species,
                expected=" or ".join(model.species),
            )
        yield from check_outcome(protocol, model)
        yield from check_challenge(protocol, model)
        yield from check_endpoint(protocol, model, folder)
    yield from check_groups(protocol)
    yield from check_plan(protocol)
    yield from _twice(protocol)
    yield from _template_words(protocol)


def _twice(protocol: Protocol) -> Findings:
    """Ids by which other files refer to groups and criteria."""
    counted = {
        "groups": [group.id for group in protocol.groups],
        "exclusion": [c.id for c in (*protocol.inclusion, *protocol.exclusion)],
    }
    for path, ids in counted.items():
        for name, times in Counter(ids).items():
            if times > 1:
                yield finding(
                    "id-twice",
                    path,
                    f"The id '{name}' stands {times} times",
                    "Give each its own id: other files refer to it",
                    given=name,
                )


def _template_words(protocol: Protocol) -> Findings:
    for path, text in _texts(protocol.model_dump(mode="json")):
        if text.startswith(TEMPLATE) or (path == "study_id" and text == NEW_STUDY):
            yield finding(
                "template-words",
                path,
                "These are still the template's words",
                "Write your own, or delete the key where it may be left out",
                severity="warning",
                given=text,
            )


def _texts(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key_path(place), value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from _texts(below, (*place, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _texts(below, (*place, index))
