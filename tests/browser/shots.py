"""Screenshots of pages for docs/lab.md, made by the tests that open the pages.

``shot(page, "kindling-rat")`` writes docs/images/lab/kindling-rat.png where the
environment has ``ISOBOLE_SHOTS=1``, and a file among the temporary ones otherwise, so
that a test run changes no picture that is committed.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Page

SHOWN = Path(__file__).parents[2] / "docs" / "images" / "lab"
WIDTH, HEIGHT = 1280, 800


def shot(
    page: Page,
    name: str,
    *,
    height: int = HEIGHT,
    whole: bool = False,
    begin: Literal["top", "as it stands"] = "top",
) -> Path:
    """Write a picture of a page, 1280 px wide, and return its path.

    The pointer's focus ring stays, as a user sees it; the caret and animations do not
    show, and the page is light whatever the machine prefers.

    Parameters
    ----------
    page : Page
        As it stands; its size is given back afterwards.
    name : str
        Name of the file without its ending.
    height : int
        Of what is seen of the page, in px: more where a form is longer than a screen.
    whole : bool
        Whether the page is shown down to its end.
    begin : {"top", "as it stands"}
        Where the picture begins: a page may have been scrolled to what has the focus.
    """
    wanted = os.environ.get("ISOBOLE_SHOTS") == "1"
    folder = SHOWN if wanted else Path(tempfile.gettempdir()) / "isobole-shots"
    folder.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.evaluate("() => document.fonts.ready.then(() => true)")
    if begin == "top":
        page.evaluate("() => window.scrollTo(0, 0)")
    # What is drawn on a canvas follows the new size in the next frames.
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => "
        "requestAnimationFrame(() => done(true))))"
    )
    path = folder / f"{name}.png"
    page.screenshot(path=path, full_page=whole, animations="disabled", caret="hide")
    if before is not None:
        page.set_viewport_size(before)
    return path
