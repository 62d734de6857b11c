"""Django made ready for the tests: one throw-away installation in each process."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from isobole.lab import LabConfig, lab_config, start_django


@cache
def ready() -> LabConfig:
    """Configure Django once and return its installation; removed at exit.

    Without it no module of the lab that holds a model can be imported.
    """
    data = Path(tempfile.mkdtemp(prefix="isobole-lab-"))
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    config = lab_config(
        {
            "ISOBOLE_DATA": str(data),
            "ISOBOLE_HOSTS": "testserver",
            "ISOBOLE_SECRET_KEY": "for tests only " * 4,
        }
    )
    start_django(config)
    return config
