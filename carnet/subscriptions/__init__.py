"""Subscriptions: running, ending, coming back (floor 5)."""
