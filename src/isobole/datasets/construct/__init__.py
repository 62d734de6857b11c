"""The bundled studies made anew: invented animals, real protocols, allocation, record.

Nothing here was measured. `study.toml` and `claims.csv` of each study were written by
hand; everything else in its folder follows from them and from `chance`, the same bytes
on every machine: ``python -m isobole.datasets.construct`` writes it.
"""

from __future__ import annotations

from isobole.datasets.construct._make import construct_study as construct_study
