"""Running Carnet: demo data, verify, desk pages of settings, jobs, mail, audit (floor 12)."""
