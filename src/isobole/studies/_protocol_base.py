"""What all parts of a protocol share: strictness, and the kinds of values."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

NAME = r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$"
STUDY_ID = r"^[A-Z0-9-]{3,20}$"

Name = Annotated[str, StringConstraints(pattern=NAME, max_length=40)]
StudyId = Annotated[str, StringConstraints(pattern=STUDY_ID)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class Part(BaseModel):
    """What every part of a protocol shares: no unknown key, nothing changes later.

    The docstring below a key is its description everywhere: in the comments of a new
    study, in problems and in the JSON Schema.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=False,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )
