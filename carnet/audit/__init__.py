"""Who did what to what, and when (floor 1)."""
