"""Seizure models as data: what is published, by whom, and how far it spreads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from isobole.results import (
    Block,
    DataError,
    Heading,
    Note,
    Problem,
    Result,
    Table,
    Text,
)
from isobole.studies._enums import ModelFamily
from isobole.studies._model_parameter import Parameter, plain_strain


@dataclass(frozen=True, slots=True)
class ScaleStart:
    """The scale a new study file starts from, with its cut-offs, which are a choice."""

    scale: str
    generalised_from: str
    episode_from: str


@dataclass(frozen=True, slots=True, repr=False)
class SeizureModel(Result):
    """A seizure model or motor test: what it can answer and what is published of it.

    Nothing laboratories differ in is decided here; the protocol decides it, beside
    the published values.

    Parameters
    ----------
    name : str
        What `model` in a protocol says.
    family : str
        Models of one family are recorded and reduced in the same way.
    title, summary : str
        What it is, in words.
    species : tuple of str
        Species it is run in.
    strains : mapping
        The strain a new study file starts from, by species.
    outcomes, rules : tuple of str
        Primary outcomes and endpoint rules that it allows; a new study file starts
        from the first outcome.
    scales : mapping
        The scale a new study file starts from, by species.
    parameters : tuple of Parameter
        The published values.

    Examples
    --------
    >>> ptz = seizure_model("ptz")
    >>> [p.shown for p in ptz.published("challenge.amount", strain="C57BL/6J")][:2]
    ['45 mg/kg', '60 to 85 mg/kg']
    """

    name: str
    family: ModelFamily
    title: str
    summary: str
    species: tuple[str, ...]
    strains: Mapping[str, str]
    outcomes: tuple[str, ...]
    rules: tuple[str, ...]
    scales: Mapping[str, ScaleStart]
    parameters: tuple[Parameter, ...]

    def published(
        self,
        key: str,
        *,
        species: str | None = None,
        strain: str | None = None,
        route: str | None = None,
    ) -> tuple[Parameter, ...]:
        """Return what is published of a key, for these animals or for any."""
        return tuple(
            p
            for p in self.parameters
            if p.key == key and p.fits(species, strain, route)
        )

    def start(self, key: str, species: str, strain: str) -> Parameter | None:
        """Return the value a new study file starts from: the strain's own first."""
        candidates = [
            p
            for p in self.parameters
            if p.key == key
            and p.template is not None
            and (not p.species or species in p.species)
        ]
        own = [p for p in candidates if p.strain and p.names(strain)]
        default = plain_strain(self.strains.get(species, ""))
        usual = [p for p in candidates if plain_strain(p.strain) in ("", default)]
        return next(iter([*own, *usual]), None)

    def __repr__(self) -> str:
        return (
            f"SeizureModel({self.name}, {' and '.join(self.species)}, "
            f"{len(self.parameters)} published values)"
        )

    def table(self) -> Table:
        """Return the published values with their sources."""
        rows = tuple(
            (
                p.what,
                p.shown + ("*" if p.status == "from_memory" else ""),
                p.whose,
                p.key or "—",
                p.source + (f"; {p.note}" if p.note else ""),
            )
            for p in self.parameters
        )
        unverified = any(p.status == "from_memory" for p in self.parameters)
        return Table(
            "Published values",
            ("what", "value", "animals, route", "key in study.toml", "source; note"),
            rows,
            ("* from memory, not verified in a source.",) if unverified else (),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return what the model is, what it allows, and the published values."""
        allows = (
            f"Primary outcomes: {', '.join(self.outcomes)}. "
            f"Endpoint rules: {', '.join(self.rules)}."
        )
        blocks: list[Block] = [
            Heading(f"{self.title} ({self.name})"),
            Text(self.summary),
            Text(allows),
            self.table(),
        ]
        if any(p.status == "from_memory" for p in self.parameters):
            blocks.append(
                Note(
                    "Values from memory are a start for a discussion, not a citation: "
                    "look them up before you use them.",
                    "warning",
                )
            )
        return tuple(blocks)

    def to_dict(self) -> dict[str, Any]:
        """Return the model as it stands in JSON."""
        return {
            "name": self.name,
            "family": self.family,
            "title": self.title,
            "summary": self.summary,
            "species": list(self.species),
            "strains": dict(self.strains),
            "outcomes": list(self.outcomes),
            "rules": list(self.rules),
            "scales": {
                species: {
                    "scale": start.scale,
                    "generalised_from": start.generalised_from,
                    "episode_from": start.episode_from,
                }
                for species, start in self.scales.items()
            },
            "parameters": [p.to_dict() for p in self.parameters],
        }


@cache
def model_names() -> tuple[str, ...]:
    """Return the names of all models.

    Examples
    --------
    >>> model_names()
    ('6hz', 'chimney', 'kindling', 'mes', 'mest', 'ptz', 'ptz_iv', 'rotarod')
    """
    folder = files("isobole.studies") / "models"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(n.removesuffix(".toml") for n in names if n.endswith(".toml")))


@cache
def _bundled(name: str) -> SeizureModel:
    from isobole.studies._model_file import model_from_toml

    path = files("isobole.studies") / "models" / f"{name}.toml"
    return model_from_toml(path.read_text(encoding="utf-8"), f"{name}.toml")


def seizure_models() -> tuple[SeizureModel, ...]:
    """Return all models, by name."""
    return tuple(_bundled(name) for name in model_names())


def seizure_model(name: str) -> SeizureModel:
    """Return a model by its name.

    Raises
    ------
    DataError
        If there is no such model.

    Examples
    --------
    >>> seizure_model("6hz")
    SeizureModel(6hz, mouse and rat, 11 published values)
    """
    if name in model_names():
        return _bundled(name)
    close = get_close_matches(name.lower(), model_names(), n=1)
    raise DataError(
        [
            Problem(
                "unknown-model",
                f"There is no seizure model '{name}'",
                column="model",
                given=name,
                expected=f"one of {', '.join(model_names())}",
                remedy=f"Did you mean '{close[0]}'?"
                if close
                else "Take the model whose endpoint you count",
            )
        ]
    )
