"""Buying: orders, waiting, settling (floor 7)."""
