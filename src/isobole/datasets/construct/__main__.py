"""Write the bundled studies anew: ``python -m isobole.datasets.construct [FOLDER]``."""

from __future__ import annotations

import sys
from pathlib import Path

from isobole.datasets import study_names, study_path
from isobole.datasets.construct import construct_study


def main(words: list[str]) -> int:
    """Construct every study in its own place, or below the folder named."""
    for name in study_names():
        place = Path(words[0]) / name if words else study_path(name)
        files = construct_study(name, place)
        print(f"{place}: {len(files)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
