"""Opening hours, closures, deadlines (floor 5)."""
