"""The owner's pages of settings, jobs, mail and audit; the first owner; purge (floor 12)."""
