"""Where a result came from: version, inputs, options, date, command."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from isobole._version import __version__


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that was read, by name and content hash."""

    file: str
    sha256: str

    @classmethod
    def of(cls, path: Path | str) -> InputFile:
        """Hash the file at `path` as it stands now."""
        digest = hashlib.sha256()
        with Path(path).open("rb") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
        return cls(str(path), digest.hexdigest())


def sha256_text(text: str) -> str:
    """Return the SHA-256 of a text (UTF-8), as hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Provenance:
    """Everything needed to make the result again.

    Parameters
    ----------
    command : str
        The command line (or Python call) that reproduces the result.
    inputs : tuple of InputFile
        Files read, with their SHA-256.
    data_sha256 : str or None
        Hash of the canonical table, the same for the same data in any file format.
    options : dict
        Every option in force, defaults included.
    seed : int or None
        The seed of anything sampled.
    """

    command: str
    inputs: tuple[InputFile, ...] = ()
    data_sha256: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    seed: int | None = None
    version: str = __version__
    date: str = field(
        default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    )
