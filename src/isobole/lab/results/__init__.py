"""Analysis of a study as pages, unblinding, import and export."""
