"""Tables to typed records: the only reader of quantal files and frames."""

from __future__ import annotations

from isobole.tables._claims import (
    claims_template as claims_template,
    read_claims as read_claims,
)
from isobole.tables._combination import read_combination as read_combination
from isobole.tables._quantal import read_quantal as read_quantal
