"""Model files: what a bundled `models/<name>.toml` says, held to its form."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictFloat, StrictInt, StrictStr, model_validator

from isobole.studies._document import parse_toml, validate
from isobole.studies._enums import EndpointRule, ModelFamily, PrimaryOutcome, Species
from isobole.studies._model_parameter import Parameter, ParameterStatus
from isobole.studies._models import ScaleStart, SeizureModel
from isobole.studies._protocol_base import Name, Part, Sentence

Given = StrictInt | StrictFloat | StrictStr | tuple[StrictStr, ...]


class _ParameterTable(Part):
    key: str
    what: Sentence
    value: Given | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    species: tuple[Species, ...] = ()
    strain: str = ""
    also: tuple[str, ...] = ()
    route: str = ""
    template: Given | None = None
    source: Sentence
    status: ParameterStatus
    note: str = ""

    @model_validator(mode="after")
    def _value_or_range(self) -> _ParameterTable:
        ranged = self.low is not None and self.high is not None
        if ranged == (self.value is not None):
            raise ValueError("give either value, or low and high")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError("low lies below high")
        return self


class _ScaleTable(Part):
    scale: Name
    generalised_from: Sentence
    episode_from: Sentence


class _ModelTable(Part):
    name: Name
    family: ModelFamily
    title: Sentence
    summary: Sentence
    species: Annotated[tuple[Species, ...], Field(min_length=1)]
    strains: dict[Species, Sentence]
    outcomes: Annotated[tuple[PrimaryOutcome, ...], Field(min_length=1)]
    rules: Annotated[tuple[EndpointRule, ...], Field(min_length=1)]
    scales: dict[Species, _ScaleTable] = Field(default_factory=dict)
    parameters: tuple[_ParameterTable, ...]


def model_from_toml(text: str, file: str) -> SeizureModel:
    """Read a model from TOML text; `file` is named in its problems."""
    table = validate(_ModelTable, parse_toml(text, file), file)
    return SeizureModel(
        name=table.name,
        family=table.family,
        title=table.title,
        summary=table.summary,
        species=table.species,
        strains={str(k): v for k, v in table.strains.items()},
        outcomes=table.outcomes,
        rules=table.rules,
        scales={
            str(k): ScaleStart(v.scale, v.generalised_from, v.episode_from)
            for k, v in table.scales.items()
        },
        parameters=tuple(
            Parameter(**{name: getattr(p, name) for name in type(p).model_fields})
            for p in table.parameters
        ),
    )
