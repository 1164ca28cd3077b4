"""Money received and credit (floor 5)."""
