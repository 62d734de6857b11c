"""The analyses of studies, one after the other; the last few are kept."""

from __future__ import annotations

from isobole.lab._jobs import Job as Job, NotYet as NotYet, Pool

pool = Pool()
