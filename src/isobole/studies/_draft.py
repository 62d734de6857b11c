"""A row that is not yet in a record: what it says, before who, when and on what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from isobole.results import DataError, OptionError, Problem

if TYPE_CHECKING:
    from isobole.studies._rows import Animal
    from isobole.studies._study import Study


@dataclass(frozen=True, slots=True)
class Draft:
    """What a row of the record is to say; nothing is written.

    Parameters
    ----------
    action : str
        One of `ACTIONS`.
    obj : str
        What it is about: an animal id, or the study id.
    data : mapping
        The payload of the action.
    supersedes, reason : str or None
        The row this one corrects, and why.
    id : str or None
        The id the row must have because others refer to it; None where any will do.
    """

    action: str
    obj: str
    data: Mapping[str, Any]
    supersedes: str | None = None
    reason: str | None = None
    id: str | None = None

    def row(
        self, *, id: str, ts: str, actor: str, device: str, device_seq: int
    ) -> dict[str, Any]:
        """Return the fields that `check_draft` and `follow` take.

        `id` is taken where the draft has none of its own.

        Examples
        --------
        >>> draft = Draft("score.complete", "M1", {"animal_id": "M1"})
        >>> row = draft.row(
        ...     id="e1",
        ...     ts="2026-01-06T09:00:00.000Z",
        ...     actor="ana",
        ...     device="bench-1",
        ...     device_seq=1,
        ... )
        >>> row["id"], row["obj"], row["reason"]
        ('e1', 'M1', None)
        """
        return {
            "id": self.id or id,
            "ts": ts,
            "actor": actor,
            "device": device,
            "device_seq": device_seq,
            "action": self.action,
            "obj": self.obj,
            "data": dict(self.data),
            "supersedes": self.supersedes,
            "reason": self.reason,
        }


def protocol_draft(text: str, *, version: int | None = None) -> Draft:
    """Return the row that saves a protocol.

    Parameters
    ----------
    text : str
        A whole `study.toml`.
    version : int, optional
        Number of this saving; by default the protocol's own version.

    Raises
    ------
    DataError
        If the text is no valid protocol; every fault is named.
    OptionError
        If `version` is less than 1.

    Examples
    --------
    >>> from isobole.datasets import study_path
    >>> text = (study_path("ptz-interaction") / "study.toml").read_text("utf-8")
    >>> draft = protocol_draft(text)
    >>> draft.action, draft.obj, draft.data["version"]
    ('protocol.save', 'PTZ-MIX', 1)
    """
    from isobole.studies._protocol_toml import protocol_from_text

    if version is not None and version < 1:
        msg = f"version is {version}; give a whole number from 1"
        raise OptionError(msg)
    text = text.removeprefix("\ufeff")  # Windows editors put a mark before the text
    protocol = protocol_from_text(text)
    return Draft(
        "protocol.save",
        protocol.study_id,
        {
            "toml": text,
            "sha256": protocol.sha256,
            "version": protocol.version if version is None else version,
        },
    )


def protocol_lock_draft(study: Study) -> Draft:
    """Return the row that locks the protocol of a study as it stands.

    Raises
    ------
    DataError
        If the protocol does not fit together, or it is locked already.
    """
    from isobole.studies._check_protocol import check_protocol

    found = check_protocol(study.protocol, folder=study.path)
    errors = [problem for problem in found if problem.severity == "error"]
    if errors:
        raise DataError(errors)
    sha256 = study.protocol.sha256
    locks = [entry for entry in study.record if entry.action == "protocol.lock"]
    if locks and locks[-1].data.get("sha256") == sha256:
        raise DataError(
            [
                Problem(
                    "protocol-locked-already",
                    "This protocol is locked already",
                    file="record.jsonl",
                    row=locks[-1].seq,
                    given=sha256,
                    remedy="Nothing needs to be done",
                )
            ]
        )
    return Draft("protocol.lock", study.protocol.study_id, {"sha256": sha256})


def animal_draft(animal: Animal) -> Draft:
    """Return the row that adds an animal."""
    numbers = {"age_days": animal.age_days, "weight_g": animal.weight_g}
    texts = {"cage": animal.cage, "litter": animal.litter, "day": animal.day}
    return Draft(
        "animal.add",
        animal.animal_id,
        {
            **animal.extra,
            "animal_id": animal.animal_id,
            "species": animal.species,
            "strain": animal.strain,
            "sex": animal.sex,
            **{k: decimal_text(v) for k, v in numbers.items() if v is not None},
            **{k: v for k, v in texts.items() if v is not None},
        },
    )


def decimal_text(value: float) -> str:
    """Write a number as the record has it: the shortest text that reads the same.

    Examples
    --------
    >>> decimal_text(250.0), decimal_text(21.4), decimal_text(0.1 + 0.2)
    ('250', '21.4', '0.30000000000000004')
    """
    text = f"{value:.15g}"
    return text if float(text) == value else repr(value)
