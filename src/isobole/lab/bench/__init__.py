"""The bench page and kindling sessions: what is typed while animals are watched."""
