"""Money that goes back to customers (floor 6)."""
