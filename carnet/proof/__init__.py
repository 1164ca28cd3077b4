"""Verification: everything read again and compared, at night and on demand (floor 12)."""
