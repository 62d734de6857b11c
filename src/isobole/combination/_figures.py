"""Figures of the room: isobolograms, type II, polygonogram; as picture and block."""

from __future__ import annotations

from isobole.combination._isobologram import (
    draw_isobologram as draw_isobologram,
    draw_isobolograms as draw_isobolograms,
    isobologram_figure as isobologram_figure,
    isobolograms_figure as isobolograms_figure,
)
from isobole.combination._polygonogram import (
    draw_polygonogram as draw_polygonogram,
    polygonogram_figure as polygonogram_figure,
)
from isobole.combination._polygonogram_words import (
    polygonogram_table as polygonogram_table,
)
from isobole.combination._type_two_figure import (
    draw_type_two as draw_type_two,
    type_two_figure as type_two_figure,
)
