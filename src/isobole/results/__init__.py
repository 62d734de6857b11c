"""Ground of isobole: errors, problems, missing values, estimates, units, blocks."""

from __future__ import annotations

from isobole.results._binomial import (
    binomial_chances as binomial_chances,
    clopper_pearson as clopper_pearson,
)
from isobole.results._blocks import (
    NOTE_LABELS as NOTE_LABELS,
    RESEARCH_ONLY as RESEARCH_ONLY,
    Block as Block,
    Figure as Figure,
    Heading as Heading,
    Methods as Methods,
    Note as Note,
    Text as Text,
    blocks_to_html as blocks_to_html,
    blocks_to_text as blocks_to_text,
)
from isobole.results._encoding import (
    encode as encode,
    envelope as envelope,
    error_envelope as error_envelope,
    schema as schema,
    to_json as to_json,
)
from isobole.results._errors import (
    DataError as DataError,
    IsoboleError as IsoboleError,
    NotComputable as NotComputable,
    OptionError as OptionError,
    check_choice as check_choice,
)
from isobole.results._estimate import (
    Bounds as Bounds,
    Estimate as Estimate,
    Limits as Limits,
    SetKind as SetKind,
)
from isobole.results._missing import (
    Missing as Missing,
    value_or_none as value_or_none,
)
from isobole.results._numbers import (
    equals_p as equals_p,
    format_number as format_number,
    format_p as format_p,
)
from isobole.results._problem import (
    Problem as Problem,
    ProblemList as ProblemList,
    Severity as Severity,
)
from isobole.results._provenance import (
    InputFile as InputFile,
    Provenance as Provenance,
    sha256_text as sha256_text,
)
from isobole.results._result import Result as Result
from isobole.results._style import (
    INK as INK,
    MUTED as MUTED,
    SeriesStyle as SeriesStyle,
    figure_to_svg as figure_to_svg,
    new_figure as new_figure,
    save_figure as save_figure,
    series_style as series_style,
    style as style,
)
from isobole.results._table import (
    Cell as Cell,
    Table as Table,
    cell_text as cell_text,
)
from isobole.results._units import DoseUnit as DoseUnit
