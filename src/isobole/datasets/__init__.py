"""Bundled data, each a CSV file that says itself where its numbers come from."""

from __future__ import annotations

from isobole.datasets._datasets import (
    DatasetInfo as DatasetInfo,
)
from isobole.datasets._datasets import (
    describe as describe,
)
from isobole.datasets._datasets import (
    load as load,
)
from isobole.datasets._datasets import (
    names as names,
)
from isobole.datasets._datasets import (
    path as path,
)
