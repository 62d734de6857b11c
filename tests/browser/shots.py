"""Pictures of pages: for the guide when asked for, else only to look at."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

GUIDE = Path(__file__).parents[2] / "docs" / "images" / "lab"
ASKED = "ISOBOLE_SHOTS"


def shot(page: Page, name: str) -> Path:
    """Write a picture of the page; into the guide where ISOBOLE_SHOTS=1.

    A test that takes one fails if the page cannot be drawn.
    """
    folder = GUIDE if os.environ.get(ASKED) == "1" else Path(tempfile.gettempdir())
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png" if folder == GUIDE else folder / f"lab-{name}.png"
    page.screenshot(path=path, animations="disabled", caret="hide", scale="css")
    return path
