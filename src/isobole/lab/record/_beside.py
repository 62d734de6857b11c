"""Files beside a record, as a folder that the rooms below can read.

The same files are written once in a process, however often a study is read.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import threading
from collections.abc import Mapping
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

_lock = threading.Lock()


def folder_with(files: Mapping[str, bytes]) -> Path:
    """Return a folder that holds these files; nobody writes to it afterwards."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\n{len(content)}\n".encode() + content)
    with _lock:
        place = _root() / digest.hexdigest()
        if not place.is_dir():
            part = Path(tempfile.mkdtemp(dir=_root()))
            for name, content in files.items():
                target = part / name
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(content)
            part.rename(place)
        return place


@cache
def _root() -> Path:
    """Return this process's folder, removed when the process ends."""
    root = Path(tempfile.mkdtemp(prefix="isobole-lab-files-"))
    # Not atexit: a process that a server started does not run it.
    Finalize(None, shutil.rmtree, (root, True), exitpriority=10)
    return root
