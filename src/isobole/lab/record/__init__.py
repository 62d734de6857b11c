"""The append-only record in the database: read it, add to it, verify it."""

from __future__ import annotations

from isobole.lab.record._backup import Backup as Backup, back_up as back_up
from isobole.lab.record._broken import Broken as Broken
from isobole.lab.record._chain import (
    Chain as Chain,
    chain_of as chain_of,
    has_action as has_action,
)
from isobole.lab.record._durable import NotDurable as NotDurable
from isobole.lab.record._folder import (
    StoredFolder as StoredFolder,
    folder_of as folder_of,
    store_folder as store_folder,
)
from isobole.lab.record._log import log_access as log_access
from isobole.lab.record._new import NewRow as NewRow
from isobole.lab.record._restore import restore as restore
from isobole.lab.record._seen import (
    allotted as allotted,
    seen_by_blinded as seen_by_blinded,
    seen_head as seen_head,
)
from isobole.lab.record._store import (
    MOST_ROWS as MOST_ROWS,
    Appended as Appended,
    append as append,
    append_drafts as append_drafts,
    entries_of as entries_of,
    study_of as study_of,
)
from isobole.lab.record._verify import (
    LOG as LOG,
    verify_all as verify_all,
    verify_log as verify_log,
    verify_study as verify_study,
)
from isobole.lab.record._watch import (
    Watch as Watch,
    look as look,
    look_through as look_through,
    told as told,
)
from isobole.lab.record._writer import NotStored as NotStored, writer as writer
