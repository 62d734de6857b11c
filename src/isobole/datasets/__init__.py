"""Bundled data, each a CSV file that says itself where its numbers come from."""

from __future__ import annotations

from isobole.datasets._datasets import (
    DatasetInfo as DatasetInfo,
    claims_names as claims_names,
    combination_names as combination_names,
    describe as describe,
    load as load,
    load_claims as load_claims,
    load_combination as load_combination,
    names as names,
    path as path,
)
from isobole.datasets._studies import (
    study_names as study_names,
    study_path as study_path,
)
