"""Rendering of report blocks: one offline HTML page, terminal text, files."""

from __future__ import annotations

from isobole.reporting._files import (
    rows_csv as rows_csv,
    write_report as write_report,
)
from isobole.reporting._html import (
    figure_svg as figure_svg,
    render_fragment as render_fragment,
    render_html as render_html,
)
from isobole.reporting._text import render_text as render_text
