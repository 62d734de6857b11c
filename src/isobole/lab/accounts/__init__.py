"""People: first run, log-in, lock and re-entry, roles, tokens, signing."""
