"""The WSGI application that the server loads, in the one process that writes."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.connection import wait
from multiprocessing.util import Finalize

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from isobole.lab._config import lab_config
from isobole.lab._start import start_django


def _end_with_the_server() -> None:
    """Stop when the process that started this one is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="isobole-watch", daemon=True).start()


# A thread whose commit is on the disk waits at most this long for its turn: at
# Python's own 5 ms a turn, answers would queue behind pages that are being made.
sys.setswitchinterval(0.0005)
start_django(lab_config())
application = get_wsgi_application()

# Every page and route is imported now, not while the first benches wait for it.
get_resolver().url_patterns  # noqa: B018

from isobole.lab.record import Watch, writer  # noqa: E402  (a model: Django comes first)

# What is there by now stays: Python need not look through it for garbage again, which
# would stop every thread for some 50 ms.
gc.collect()
gc.freeze()

# Runs at the end of the process, after the last request: what waits is written.
Finalize(None, writer.stop, exitpriority=100)
_end_with_the_server()
# A row that somebody changes beneath the running server is found within minutes.
Watch().start()
