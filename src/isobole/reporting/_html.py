"""A report as one HTML file that needs nothing else: no network, no scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from isobole.reporting._document import Item, arrange
from isobole.results import (
    NOTE_LABELS,
    RESEARCH_ONLY,
    Block,
    DoseUnit,
    Figure,
    Missing,
    OptionError,
    Provenance,
    Table,
    figure_to_svg,
    format_number,
)

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

CONTENTS_FROM = 5
"""A report with at least this many sections begins with a table of contents."""


def render_html(
    title: str,
    blocks: Sequence[Block],
    provenance: Provenance,
    *,
    subtitle: str | None = None,
) -> str:
    """Return blocks as one HTML page, readable offline, in print and by screen readers.

    Parameters
    ----------
    title : str
        The one heading of level 1.
    blocks : sequence of Block
        What the report says, in order.
    provenance : Provenance
        What is needed to make the report again; it ends the page.
    subtitle : str, optional
        A line below the title.

    Examples
    --------
    >>> from isobole.results import Text
    >>> page = render_html("A < B", [Text("Said.")], Provenance("isobole demo"))
    >>> "<h1>A &lt; B</h1>" in page
    True
    """
    document = arrange(blocks)
    outline = [(s.anchor, s.title) for s in document.sections if s.title is not None]
    if document.references:
        outline.append(("references", "References"))
    outline.append(("provenance", "Provenance"))
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            title=title,
            subtitle=subtitle,
            document=document,
            outline=outline if len(outline) >= CONTENTS_FROM else [],
            provenance=provenance,
            inputs=_input_table(provenance),
            options=_option_table(provenance),
            research_only=RESEARCH_ONLY,
        )
    )


def render_fragment(
    blocks: Sequence[Block], *, figure_url: Callable[[str], str]
) -> str:
    """Return blocks as HTML to put into a page: no style, no script, no provenance.

    Headings of level 2 begin sections, as in `render_html`; the page brings the
    heading of level 1 and the style sheet.

    Parameters
    ----------
    blocks : sequence of Block
        What is said, in order.
    figure_url : callable
        The address of a figure by its anchor (``"figure-1"``), where `figure_svg` of
        the same blocks is answered.

    Examples
    --------
    >>> from isobole.results import Text
    >>> print(render_fragment([Text("1 < 2")], figure_url=lambda anchor: anchor))
    <section aria-label="Summary">
    <p>1 &lt; 2</p>
    </section>
    """
    parts: Any = _environment().get_template("parts.html.jinja").module
    return str(parts.body(arrange(blocks), figure_url)).strip()


def figure_svg(blocks: Sequence[Block], anchor: str) -> str:
    """Return one figure of blocks as an SVG document without style attributes.

    Parameters
    ----------
    blocks : sequence of Block
        As given to `render_fragment`.
    anchor : str
        Which figure: ``"figure-1"`` is the first.

    Raises
    ------
    OptionError
        If there is no such figure.
    """
    items = [item for part in arrange(blocks).sections for item in part.items]
    figures = {item.anchor: item for item in items if item.kind == "figure"}
    if anchor not in figures:
        there = ", ".join(figures) or "none"
        msg = f"There is no figure '{anchor}' among these blocks; there are: {there}"
        raise OptionError(msg)
    return str(_svg(figures[anchor]))


@cache
def _environment() -> Environment:
    """Return the template engine, which escapes all that is not marked as HTML."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("isobole.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    styles = files("isobole.reporting").joinpath("templates", "report.css")
    # Package data, not anybody's input.
    environment.globals["css"] = Markup(styles.read_text(encoding="utf-8"))
    environment.globals["note_labels"] = NOTE_LABELS
    environment.filters["table"] = _table_html
    environment.filters["svg"] = _svg
    environment.filters["typeset"] = _typeset
    return environment


def _table_html(table: Table, label: str = "") -> Markup:
    from markupsafe import Markup

    return Markup(table.to_html(label=label))


def _svg(item: Item) -> Markup:
    from markupsafe import Markup

    figure = item.block
    assert isinstance(figure, Figure)
    return Markup(
        figure_to_svg(
            figure.draw(),
            prefix=f"{item.anchor}-svg",
            title=figure.title,
            description=figure.alt,
        )
    )


def _typeset(text: str) -> Markup:
    """Escape prose, and set its powers of ten as such."""
    from markupsafe import Markup, escape

    raised = re.sub(r"×10\^(−?\d+)", r"×10<sup>\1</sup>", str(escape(text)))
    return Markup(raised)


def _input_table(provenance: Provenance) -> Table | None:
    if not provenance.inputs:
        return None
    rows = tuple((source.file, source.sha256) for source in provenance.inputs)
    return Table("Files read", ("file", "SHA-256"), rows)


def _option_table(provenance: Provenance) -> Table | None:
    if not provenance.options:
        return None
    rows = tuple((name, _said(value)) for name, value in provenance.options.items())
    return Table("Options in force, defaults included", ("option", "value"), rows)


def _said(value: Any) -> str:
    """Write the value of an option for people."""
    if value is None:
        return "not set"
    if isinstance(value, Missing):
        return f"— ({value.reason})"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | DoseUnit):
        return str(value)
    if isinstance(value, float):
        # An option is repeated as it was given, not rounded.
        return format_number(value, 15)
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, Sequence):
        return ", ".join(map(_said, value)) or "none"
    return str(value)
