"""Pictures from declarative specifications: every arrow with its evidence."""

from __future__ import annotations

from isobole.diagrams._bundled import (
    NAMES as NAMES,
    diagram as diagram,
)
from isobole.diagrams._diagram import Diagram as Diagram
from isobole.diagrams._parts import (
    Arrow as Arrow,
    Evidence as Evidence,
    Group as Group,
    Node as Node,
)
from isobole.diagrams._read import read as read
