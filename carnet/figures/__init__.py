"""Statistics that anyone can recompute (floor 9)."""
