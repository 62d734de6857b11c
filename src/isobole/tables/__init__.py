"""Tables to typed records: the only reader of quantal files and frames."""

from __future__ import annotations

from isobole.tables._quantal import read_quantal as read_quantal
