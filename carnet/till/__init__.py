"""Where money meets a purchase: matched, settled, fulfilled, kept as credit (floor 8)."""
