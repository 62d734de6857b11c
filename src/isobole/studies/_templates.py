"""The text of a new study: a commented protocol, empty tables, and what to do next."""

from __future__ import annotations

import json
import textwrap
from functools import cache
from importlib.resources import files
from typing import Any, get_origin

from pydantic.fields import FieldInfo

from isobole.results import DataError, Problem, check_choice
from isobole.studies._check_protocol import NEW_STUDY, TEMPLATE
from isobole.studies._document import choices, model_at
from isobole.studies._model_parameter import Parameter
from isobole.studies._models import SeizureModel, seizure_model
from isobole.studies._protocol import Protocol
from isobole.studies._protocol_kindling import (
    AfterdischargeRule,
    FullyKindledRule,
    Staircase,
)
from isobole.studies._protocol_parts import Dose
from isobole.studies._protocol_plan import (
    Blinding,
    RandomisationPlan,
    Reporting,
    StatisticsPlan,
)
from isobole.studies._scales import scale, scale_ids
from isobole.studies._sheets import LAYOUT

CHALLENGE_KEYS = (
    "route", "site", "infusion_ml_per_min", "concentration_mg_per_ml", "current",
    "step_log10", "frequency_hz", "pulse_ms", "train_s", "electrode", "anaesthetic",
    "speed_rpm",
)  # fmt: skip
CHALLENGE_WORDS: dict[str, tuple[tuple[str, str], ...]] = {
    "mes": (("current_unit", "mA"), ("current_mode", "fixed")),
    "mest": (("current_unit", "mA"), ("current_mode", "up_and_down")),
    "6hz": (
        ("current_unit", "mA"),
        ("current_mode", "fixed"),
        ("waveform", "monophasic, rectangular"),
    ),
    "kindling": (
        ("current_unit", "uA"),
        ("current_mode", "fixed"),
        ("waveform", "monophasic, square"),
        ("peak", "peak"),
        ("electrode", "bipolar, twisted"),
    ),
}
ENDPOINT_KEYS = ("min_duration_s", "hindlimb_angle_deg", "signs", "score")
SHEETS = {
    "animals.csv": "one row for each animal",
    "doses.csv": "what was given, when, by whom",
    "events.csv": "what was seen, in ms from each animal's own challenge",
    "sessions.csv": "one row for each stimulation of a kindling animal",
    "exclusions.csv": "animals left out, by which criterion and why",
    "concentrations.csv": "measured levels; may stay empty",
}


def study_files(
    model: str,
    *,
    title: str | None = None,
    species: str | None = None,
    strain: str | None = None,
) -> dict[str, str]:
    """Return the files of a new study folder, by name.

    Parameters
    ----------
    model : str
        Name of a seizure model.
    title : str, optional
        Title of the study.
    species : str, optional
        The model's first species if left out.
    strain : str, optional
        The strain the model's values are best known for if left out. Published
        values for the strain are written where there are any.

    Raises
    ------
    OptionError
        If the species is none of the model's.
    DataError
        If there is no such model, or nothing is published of it in the species.

    Examples
    --------
    >>> files = study_files("ptz", strain="C57BL/6J")
    >>> "amount = 45" in files["study.toml"], files["exclusions.csv"].strip()
    (True, 'animal_id,criterion,reason,person,ts')
    """
    found = seizure_model(model)
    species = species or found.species[0]
    check_choice("species", species, found.species)
    if species not in found.strains:
        raise DataError(
            [
                Problem(
                    "no-start",
                    f"No values are known here to start {model} in the {species} from",
                    given=species,
                    expected=" or ".join(found.strains),
                    remedy=f"Write the folder for the {next(iter(found.strains))} and "
                    "change species, strain and challenge in study.toml",
                )
            ]
        )
    title = _line(title or "") or f"{TEMPLATE} title of the study"
    names = [name for name in SHEETS if name != "sessions.csv" or _kindles(found)]
    listing = [
        ("study.toml", "the protocol"),
        *((name, SHEETS[name]) for name in names),
        ("README.txt", "this file"),
    ]
    context: dict[str, Any] = {
        "mark": TEMPLATE,
        "new_study": NEW_STUDY,
        "title": title,
        "model": found,
        "species": species,
        "strain": _line(strain or "") or found.strains[species],
        "listing": listing,
    }
    return {
        "study.toml": _render("study.toml.j2", {**context, **_Start(context).names()}),
        **{name: ",".join(_columns(name)) + "\n" for name in names},
        "README.txt": _render("README.txt.j2", context),
    }


def _line(text: str) -> str:
    """Return a text on one line, without what no comment may hold."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())


def _kindles(model: SeizureModel) -> bool:
    return model.family == "kindling"


def _columns(name: str) -> list[str]:
    """Return the columns a person fills; corrections' marks come with the record."""
    return [column for column in LAYOUT[name] if column != "void"]


@cache
def _environment() -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters["toml"] = toml
    return environment


def _render(name: str, context: dict[str, Any]) -> str:
    text = (files("isobole.studies") / "templates" / name).read_text(encoding="utf-8")
    return str(_environment().from_string(text).render(context))


def toml(value: object) -> str:
    """Write a value as TOML.

    Examples
    --------
    >>> print(toml("0.9 % saline"), toml(("stun", "jaw_clonus")), toml(45.0))
    "0.9 % saline" ["stun", "jaw_clonus"] 45
    """
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    # JSON's escapes are TOML's, but for the delete character.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


class _Start:
    """What the template asks for: comments, and values to start from."""

    def __init__(self, context: dict[str, Any]) -> None:
        self.model: SeizureModel = context["model"]
        self.species: str = context["species"]
        self.strain: str = context["strain"]

    def names(self) -> dict[str, Any]:
        """Return the template's names."""
        model, begin = self.model, self.model.scales.get(self.species)
        n = self.value("groups[].n")
        return {
            "about": self.about,
            "field": _field,
            "start": lambda key: toml(self.value(key)),
            "other_strain": self.other_strain(),
            "n": int(n) if isinstance(n, int | float) else 8,
            "scale": scale(begin.scale) if begin else None,
            "scale_start": begin,
            "scale_ids": scale_ids(),
            "challenge_keys": [k for k in CHALLENGE_KEYS if self.has(f"challenge.{k}")],
            "challenge_words": CHALLENGE_WORDS.get(model.name, ()),
            "endpoint_keys": [k for k in ENDPOINT_KEYS if self.has(f"endpoint.{k}")],
            "kindling_tables": [
                (name, list(part.model_fields))
                for name, part in (
                    ("staircase", Staircase),
                    ("afterdischarge", AfterdischargeRule),
                    ("fully_kindled", FullyKindledRule),
                )
            ],
            "dose_keys": list(Dose.model_fields),
            "groups": [
                ("vehicle", "vehicle", 0),
                ("low", "test", 100),
                ("middle", "test", 200),
                ("high", "test", 400),
            ],
            "plan_keys": {
                "randomisation": list(RandomisationPlan.model_fields),
                "blinding": list(Blinding.model_fields),
                "statistics": list(StatisticsPlan.model_fields),
                "reporting": list(Reporting.model_fields),
            },
            "plan": _plan(),
        }

    def start(self, key: str) -> Parameter | None:
        return self.model.start(key, self.species, self.strain)

    def has(self, key: str) -> bool:
        return self.start(key) is not None

    def value(self, key: str) -> Any:
        found = self.start(key)
        return None if found is None else found.template

    def other_strain(self) -> str:
        """Say whose dose it is, where none is published for the strain."""
        found = self.start("challenge.amount")
        if found is None or not found.strain or found.names(self.strain):
            return ""
        return f"{found.strain}'s dose: find that of {self.strain} in a pilot"

    def about(
        self,
        path: str,
        *,
        allowed: tuple[str, ...] = (),
        published: str = "",
        name: str = "",
    ) -> str:
        """Return the comment above a key: what it is, what it takes, who uses what."""
        field = _field(path)
        text = " ".join((field.description or "").split())
        if name:
            text = f"{name}: {text[0].lower()}{text[1:]}"
        allowed = allowed or tuple(str(v) for v in choices(field.annotation))
        if len(allowed) > 1:
            several = " (any of)" if get_origin(field.annotation) is tuple else ""
            text += f" Allowed{several}: {' | '.join(allowed)}."
        lines = textwrap.wrap(text, 84, break_on_hyphens=False)
        near = self.model.published(published, species=self.species)
        for found in near if published else ():
            mark = "*" if found.status == "from_memory" else ""
            whose = "" if found.whose == "any" else f", {found.whose}"
            note = f"; {found.note}" if found.note else ""
            entry = f"- {found.shown}{mark}: {found.what}{whose} ({found.source}{note})"
            lines += textwrap.wrap(
                entry,
                82,
                initial_indent="  ",
                subsequent_indent="    ",
                break_on_hyphens=False,
            )
        return "\n".join(f"# {line}".rstrip() for line in lines)


def _field(path: str) -> FieldInfo:
    keys = path.replace("[]", "").split(".")
    parent = model_at(Protocol, tuple(keys[:-1]))
    if parent is None:
        raise KeyError(path)
    return parent.model_fields[keys[-1]]


def _plan() -> dict[str, str]:
    """Return the lines of the plan's tables: what is usual, or the default."""
    chosen: dict[str, object] = {
        "randomisation.method": "permuted_block",
        "blinding.blinded": ("allocation", "dosing", "scoring", "analysis"),
        "statistics.control": "vehicle",
    }
    lines = {}
    for table, part in (
        ("randomisation", RandomisationPlan),
        ("blinding", Blinding),
        ("statistics", StatisticsPlan),
    ):
        for key, field in part.model_fields.items():
            value = chosen.get(f"{table}.{key}", field.default)
            lines[f"{table}.{key}"] = f"{key} = {toml(value)}"
    return lines
