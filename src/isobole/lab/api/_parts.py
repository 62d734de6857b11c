"""The routers of the API, one line for each part: add yours here."""

from __future__ import annotations

ROUTERS: tuple[str, ...] = (
    "isobole.lab.api._health.router",
    "isobole.lab.api._studies.router",
    "isobole.lab.bench.api.router",
    "isobole.lab.tools.api.router",
)
