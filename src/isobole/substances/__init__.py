"""What is dosed: substances, their salts and moieties, and conversion of doses."""

from __future__ import annotations

from isobole.substances._convert import (
    ConvertedDose as ConvertedDose,
    convert_dose as convert_dose,
)
from isobole.substances._find import (
    near_names as near_names,
    plain as plain,
    substance as substance,
    substances as substances,
)
from isobole.substances._formula import (
    elements as elements,
    molar_mass as molar_mass,
)
from isobole.substances._identifiers import (
    SCHEMES as SCHEMES,
    Scheme as Scheme,
    is_cas as is_cas,
    is_well_formed as is_well_formed,
)
from isobole.substances._substance import (
    Identifier as Identifier,
    Ion as Ion,
    NameClaim as NameClaim,
    Substance as Substance,
)
