"""The quick tools for programs: a table and options in, what ``--json`` prints out."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from isobole.lab import _errors
from isobole.lab.tools import _choices, _runs, _tools
from isobole.lab.tools._option import LONGEST, MOST_EFFECTS
from isobole.lab.tools._runs import Asked, Busy
from isobole.lab.tools._table import MOST_BYTES, PASTED, pasted
from isobole.lab.tools._tool import Tool

router = Router(tags=["tools"])
ANSWER_S = 50.0

Text = Annotated[str, Field(max_length=LONGEST)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Effects = Annotated[list[Number], Field(min_length=1, max_length=MOST_EFFECTS)]
Share = Literal["none", "estimate"] | Number
Seed = Annotated[int, Field(ge=0, lt=10**9)]


class Sent(Schema):
    """A table as text, and the name it goes by."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    table: Annotated[
        str,
        Field(
            max_length=MOST_BYTES,
            description="CSV, or cells separated by tabs or semicolons",
        ),
    ]
    name: Annotated[Text, Field(description="the file's name in the answer")] = PASTED
    level: Number = 0.95


class Counted(Sent):
    """A table of counts."""

    unit: Text | None = None
    endpoint: Text = "affected"
    link: _choices.Link = "probit"
    seed: Seed = 1


class Ed50Sent(Counted):
    """What `isobole ed50` reads."""

    table: Annotated[
        str,
        Field(max_length=MOST_BYTES, examples=[_tools.ED50.header]),
    ]
    by: Text | None = None
    effects: Effects = [50.0]  # noqa: RUF012 - pydantic copies it
    method: _choices.Method = "likelihood"
    natural_response: Share = "none"
    convention: _choices.Convention | None = None
    information: _choices.Information | None = None
    heterogeneity: _choices.Heterogeneity | None = None
    independent: bool = False
    cluster: _choices.Cluster = "auto"
    interval: _choices.Interval | None = None


class PotencySent(Counted):
    """What `isobole potency` reads."""

    table: Annotated[
        str,
        Field(max_length=MOST_BYTES, examples=[_tools.POTENCY.header]),
    ]
    by: Text | None = Field(None, examples=["drug"])
    standard: Text | None = None
    standard_potency: Number = 1.0
    information: _choices.Information = "observed"
    heterogeneity: _choices.Heterogeneity = "p<0.05"
    independent: bool = False
    interval: _choices.RatioInterval = "likelihood"


class InteractionSent(Counted):
    """What `isobole synergy` reads."""

    table: Annotated[
        str,
        Field(max_length=MOST_BYTES, examples=[_tools.INTERACTION.header]),
    ]
    drugs: Annotated[list[Text], Field(max_length=20)] | None = None
    ratio: Text | None = None
    ratio_by: _choices.RatioBy | None = None
    design: _choices.Design | None = None
    effects: Effects = [50.0]  # noqa: RUF012 - pydantic copies it
    null: _choices.Null = "both"
    variance: _choices.Variance = "delta"
    margin: tuple[Number, Number] | None = None
    index: Number | None = None
    index_interval: _choices.IndexInterval = "auto"
    ladder: Text | None = None
    slope_for_bound: Number | None = None
    natural_response: Share = "none"
    convention: _choices.Convention | None = None
    heterogeneity: _choices.Heterogeneity | None = None


class AuditSent(Sent):
    """What `isobole audit` reads."""

    margin: tuple[Number, Number] = (0.8, 1.25)


Answer = dict[str, Any]
"""The object that the command prints with ``--json``, by its JSON Schema."""


@router.post("/tools/ed50", response=Answer, url_name="api-tools-ed50")
def ed50(request: HttpRequest, sent: Ed50Sent) -> Any:
    """Find the ED50 of every curve in a table of counts."""
    return _answer(request, _tools.ED50, sent)


@router.post("/tools/potency", response=Answer, url_name="api-tools-potency")
def potency(request: HttpRequest, sent: PotencySent) -> Any:
    """Compare curves: slopes, relative potency, ED50 ratios."""
    return _answer(request, _tools.POTENCY, sent)


@router.post(
    "/tools/interaction",
    response=Answer,
    url_name="api-tools-interaction",
)
def interaction(request: HttpRequest, sent: InteractionSent) -> Any:
    """Test whether drugs given together act beyond additivity."""
    return _answer(request, _tools.INTERACTION, sent)


@router.post("/tools/audit", response=Answer, url_name="api-tools-audit")
def audit(request: HttpRequest, sent: AuditSent) -> Any:
    """Recompute published interactions from what they print."""
    return _answer(request, _tools.AUDIT, sent)


def _answer(request: HttpRequest, tool: Tool, sent: Sent) -> Any:
    # What is sent is text: it has no sheets to choose from.
    given = {**sent.model_dump(), "sheet": None}
    values = {option.name: given[option.name] for option in tool.options}
    asked = Asked(tool, pasted(sent.table, sent.name), values)
    try:
        found = _runs.ask(asked).answered(ANSWER_S)
    except Busy as error:
        return _busy(request, str(error))
    if found is None:
        return _busy(request, "It is still being computed; send the same again")
    return found.body


def _busy(request: HttpRequest, said: str) -> HttpResponse:
    return _errors.say(request, 503, "Not computed yet", said, retry_after=10)
