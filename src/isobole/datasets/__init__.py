"""Bundled data, each a CSV file that says itself where its numbers come from."""

from __future__ import annotations

from isobole.datasets._datasets import (
    DatasetInfo as DatasetInfo,
    describe as describe,
    load as load,
    names as names,
    path as path,
)
