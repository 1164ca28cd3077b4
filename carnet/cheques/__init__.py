"""Cheques on their way: announced, on a deposit slip, bounced (floor 6)."""
