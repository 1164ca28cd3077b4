"""Stored files: type by content, limits, served inert (floor 2)."""
