"""Ground of isobole: errors, problems, missing values, estimates, units, blocks."""

from __future__ import annotations

from isobole.results._blocks import (
    NOTE_LABELS as NOTE_LABELS,
)
from isobole.results._blocks import (
    RESEARCH_ONLY as RESEARCH_ONLY,
)
from isobole.results._blocks import (
    Block as Block,
)
from isobole.results._blocks import (
    Figure as Figure,
)
from isobole.results._blocks import (
    Heading as Heading,
)
from isobole.results._blocks import (
    Methods as Methods,
)
from isobole.results._blocks import (
    Note as Note,
)
from isobole.results._blocks import (
    Text as Text,
)
from isobole.results._blocks import (
    blocks_to_html as blocks_to_html,
)
from isobole.results._blocks import (
    blocks_to_text as blocks_to_text,
)
from isobole.results._encoding import (
    encode as encode,
)
from isobole.results._encoding import (
    envelope as envelope,
)
from isobole.results._encoding import (
    error_envelope as error_envelope,
)
from isobole.results._encoding import (
    schema as schema,
)
from isobole.results._encoding import (
    to_json as to_json,
)
from isobole.results._errors import (
    DataError as DataError,
)
from isobole.results._errors import (
    IsoboleError as IsoboleError,
)
from isobole.results._errors import (
    NotComputable as NotComputable,
)
from isobole.results._errors import (
    OptionError as OptionError,
)
from isobole.results._errors import (
    check_choice as check_choice,
)
from isobole.results._estimate import (
    Bounds as Bounds,
)
from isobole.results._estimate import (
    Estimate as Estimate,
)
from isobole.results._estimate import (
    Limits as Limits,
)
from isobole.results._estimate import (
    SetKind as SetKind,
)
from isobole.results._missing import (
    Missing as Missing,
)
from isobole.results._missing import (
    value_or_none as value_or_none,
)
from isobole.results._numbers import (
    format_number as format_number,
)
from isobole.results._numbers import (
    format_p as format_p,
)
from isobole.results._problem import (
    Problem as Problem,
)
from isobole.results._problem import (
    ProblemList as ProblemList,
)
from isobole.results._problem import (
    Severity as Severity,
)
from isobole.results._provenance import (
    InputFile as InputFile,
)
from isobole.results._provenance import (
    Provenance as Provenance,
)
from isobole.results._provenance import (
    sha256_text as sha256_text,
)
from isobole.results._result import Result as Result
from isobole.results._style import (
    INK as INK,
)
from isobole.results._style import (
    MUTED as MUTED,
)
from isobole.results._style import (
    SeriesStyle as SeriesStyle,
)
from isobole.results._style import (
    figure_to_svg as figure_to_svg,
)
from isobole.results._style import (
    new_figure as new_figure,
)
from isobole.results._style import (
    save_figure as save_figure,
)
from isobole.results._style import (
    series_style as series_style,
)
from isobole.results._style import (
    style as style,
)
from isobole.results._table import (
    Cell as Cell,
)
from isobole.results._table import (
    Table as Table,
)
from isobole.results._table import (
    cell_text as cell_text,
)
from isobole.results._units import DoseUnit as DoseUnit
