"""How every figure looks, and how it becomes SVG, PNG or PDF the same way each time.

Matplotlib is imported inside the functions: a result that is never drawn costs
nothing. Draw under `style`, so that a user's own matplotlib settings change no figure
and no figure changes them.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from isobole.results._errors import OptionError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK = "#1c2430"
MUTED = "#5b6470"
_COLOURS = (
    # Okabe and Ito's set without its three palest, which fall below 3:1 on white;
    # orange and sky blue are darkened until they pass.
    "#0072b2",  # blue
    "#d55e00",  # vermilion
    "#009e73",  # green
    "#000000",  # black
    "#cc79a7",  # purple
    "#b57d00",  # orange, darkened
    "#3a97cc",  # sky blue, darkened
)
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")
_LINES: tuple[str | tuple[float, tuple[float, ...]], ...] = (
    "-",
    (0, (6, 2.5)),
    (0, (1.4, 1.8)),
    (0, (7, 2, 1.4, 2)),
    (0, (9, 2, 3, 2)),
)

_SETTINGS: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.labelsize": 9,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "grid.color": "#dfe3e8",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.6,
    "lines.markersize": 6,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "legend.handlelength": 3.2,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.fonttype": "none",
    "svg.hashsalt": "isobole",
    "pdf.fonttype": 42,
}
# matplotlib's settings belong to the whole process; the web application draws in
# several threads.
_LOCK = threading.RLock()


@dataclass(frozen=True, slots=True)
class SeriesStyle:
    """Colour, marker and line of one series: told apart without its colour."""

    color: str
    marker: str
    linestyle: str | tuple[float, tuple[float, ...]]


def series_style(index: int) -> SeriesStyle:
    """Return the look of the series number `index`, counted from 0.

    Colours, markers and lines repeat after 7, 8 and 5 series, so that 280 series
    differ.

    Examples
    --------
    >>> series_style(0)
    SeriesStyle(color='#0072b2', marker='o', linestyle='-')
    >>> series_style(7).color == series_style(0).color
    True
    >>> series_style(7).marker == series_style(0).marker
    False
    """
    return SeriesStyle(
        _COLOURS[index % len(_COLOURS)],
        _MARKERS[index % len(_MARKERS)],
        _LINES[index % len(_LINES)],
    )


@contextmanager
def style() -> Iterator[None]:
    """Put isobole's plot style in force for the length of a ``with`` block.

    Examples
    --------
    >>> with style():
    ...     figure = new_figure(12, 8)
    ...     _ = figure.subplots().plot([1, 2], [3, 4])
    """
    import matplotlib.style

    with _LOCK, matplotlib.style.context(["default", _SETTINGS]):
        yield


def new_figure(width_cm: float, height_cm: float) -> Figure:
    """Return an empty figure of that size; draw on it under `style`."""
    from matplotlib.figure import Figure

    with style():
        size = (width_cm / 2.54, height_cm / 2.54)
        return Figure(figsize=size, layout="constrained")


def figure_to_svg(fig: Figure, *, prefix: str, title: str, description: str) -> str:
    """Return `fig` as an ``<svg>`` element that may stand in an HTML page.

    Text stays text, the same figure gives the same bytes, every id begins with
    `prefix`, and colours are plain attributes, which print engines without CSS in SVG
    need. A reader who does not see the picture is given `title` and `description`.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        The figure, drawn under `style`.
    prefix : str
        A letter, then letters, digits, ``_`` or ``-``; different for every figure of
        one page.
    title, description : str
        Caption, and what the picture shows.

    Examples
    --------
    >>> svg = figure_to_svg(new_figure(4, 3), prefix="f1", title="A", description="B")
    >>> svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    True
    """
    if not re.fullmatch(r"[A-Za-z][\w-]*", prefix):
        msg = f"prefix is {prefix!r}; it must be a letter, then letters, digits, _ or -"
        raise OptionError(msg)
    root = ElementTree.fromstring(_render(fig, "svg"))
    for element in root.iter():
        _localize(element, prefix)
    for parent in list(root.iter()):
        for child in list(parent):
            # `*{...}` in the style element would reach the whole HTML page; what it
            # says stands on the root instead.
            if child.tag in ("style", "metadata"):
                parent.remove(child)
    for empty in [e for e in root if e.tag == "defs" and len(e) == 0]:
        root.remove(empty)
    size = {name: root.attrib[name] for name in ("width", "height", "viewBox")}
    root.attrib.clear()
    root.attrib.update(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "xmlns:xlink": "http://www.w3.org/1999/xlink",
            "id": prefix,
            **size,
            "role": "img",
            "aria-labelledby": f"{prefix}-title",
            "aria-describedby": f"{prefix}-desc",
            "stroke-linejoin": "round",
            "stroke-linecap": "butt",
        }
    )
    for position, (tag, text) in enumerate((("title", title), ("desc", description))):
        said = ElementTree.Element(tag, {"id": f"{prefix}-{tag}"})
        said.text = text
        root.insert(position, said)
    return ElementTree.tostring(root, encoding="unicode")


def save_figure(
    fig: Figure, path: Path | str, *, title: str = "", description: str = ""
) -> None:
    """Write `fig` as SVG, PNG (300 dpi) or PDF, by the suffix of `path`.

    The file holds no date and no program name: the same figure gives the same bytes.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        The figure, drawn under `style`.
    path : path
        Ends in ``.svg``, ``.png`` or ``.pdf``.
    title, description : str, optional
        Stored in the file where the format can.
    """
    path = Path(path)
    kind = path.suffix.lower().removeprefix(".")
    if kind not in ("svg", "png", "pdf"):
        msg = (
            f"a figure cannot be written as '{path.suffix}'; "
            "end the file name in .svg, .png or .pdf"
        )
        raise OptionError(msg)
    if kind == "svg":
        svg = figure_to_svg(fig, prefix="figure", title=title, description=description)
        data = f'<?xml version="1.0" encoding="utf-8"?>\n{svg}\n'.encode()
    else:
        data = _render(fig, kind, title=title)
    path.write_bytes(data)


def _render(fig: Figure, kind: str, *, title: str = "") -> bytes:
    """Let matplotlib write `fig`, with nothing that changes from day to day."""
    silent: dict[str, dict[str, str | None]] = {
        "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
        "png": {"Software": None, "Title": title or None},
        "pdf": {
            "CreationDate": None,
            "Creator": None,
            "Producer": None,
            "Title": title or None,
        },
    }
    metadata = {k: v for k, v in silent[kind].items() if v or k != "Title"}
    out = BytesIO()
    with style():
        # matplotlib takes None for "leave out"; its annotations say only str.
        options: dict[str, Any] = {"metadata": metadata}
        fig.savefig(out, format=kind, dpi=300 if kind == "png" else "figure", **options)
    return out.getvalue()


def _localize(element: ElementTree.Element, prefix: str) -> None:
    """Drop namespaces, prefix ids and what refers to them, write styles as attributes.

    Namespaces go by hand because ElementTree keeps its prefixes for the whole process.
    """
    element.tag = element.tag.rpartition("}")[2]
    attributes: dict[str, str] = {}
    for key, value in element.attrib.items():
        namespace, _, name = key.rpartition("}")
        if name == "style":
            rules = (rule.partition(":") for rule in value.split(";"))
            attributes.update(
                (rule.strip(), _refer(given.strip(), prefix))
                for rule, colon, given in rules
                if colon
            )
        elif name == "id":
            attributes["id"] = f"{prefix}-{value}"
        elif name == "href":
            attributes["xlink:href" if namespace else "href"] = (
                f"#{prefix}-{value[1:]}" if value.startswith("#") else value
            )
        elif name == "space":
            attributes["xml:space"] = value
        else:
            attributes[name] = _refer(value, prefix)
    element.attrib.clear()
    element.attrib.update(attributes)


def _refer(value: str, prefix: str) -> str:
    """Prefix the id inside ``url(#id)``."""
    return re.sub(r"url\(#", f"url(#{prefix}-", value)
