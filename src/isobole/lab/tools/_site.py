"""The site of drug monographs that the lab shows: its own, or the bundled pages'."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.html import format_html

from isobole import __version__
from isobole.lab._jobs import NotYet, Pool
from isobole.results import DataError

FOLDER = "monographs"
"""Where a lab puts a site: ``isobole monograph build PAGES <data>/monographs``."""
DEMONSTRATION = "monographs-demonstration"
WAIT_S = 30.0
_FILES = re.compile(
    r"(?:index|findings)\.html"
    r"|(?:pages|source|interactions)/[a-z0-9-]{1,120}\.html"
    r"|assets/(?:site\.css|search\.js)"
    r"|search/[a-z0-9_-]{1,120}\.js"
)
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
_NAVIGATION = '<nav aria-label="Site">'


@dataclass(frozen=True, slots=True)
class Site:
    """A folder that `isobole.monograph.build` wrote.

    `bundled` says that it holds the pages of the package, which are for demonstration.
    """

    folder: Path
    bundled: bool

    def file(self, name: str) -> Path | None:
        """Return a file of the site by its path in it; None for anything else."""
        if not _FILES.fullmatch(name):
            return None
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()) or not path.is_file():
            return None
        return path


_building = Pool(1)


def site() -> Site | None:
    """Return the site to show; None while that of the bundled pages is being built.

    Raises
    ------
    DataError
        If the site of the lab cannot be opened.
    """
    from isobole.monograph import open_collection

    own = Path(settings.LAB.data) / FOLDER
    if own.is_dir():
        open_collection(own)
        return Site(own, bundled=False)
    place = Path(settings.LAB.data) / DEMONSTRATION / __version__
    job = _building.ask((str(place), place.is_dir()), lambda: _built(place))
    try:
        return Site(job.answer(WAIT_S), bundled=True)
    except NotYet:
        return None


def _built(place: Path) -> Path:
    from isobole.monograph import build, demo_pages, open_collection

    try:
        open_collection(place)
    except DataError:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        build(demo_pages(), place, jobs=1)
    return place


def with_way_back(html: str, lab: str, monographs: str) -> str:
    """Return a document of the site with links to the lab before its own.

    Words of a page are escaped, so that the mark stands only where the template put
    it, and first in the document.
    """
    links = format_html(
        '{}<a href="{}">isobole lab</a>\n<a href="{}">Monographs</a>\n',
        "",
        lab,
        monographs,
    )
    return html.replace(_NAVIGATION, f"{_NAVIGATION}\n{links}", 1)
