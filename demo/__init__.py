"""Invented people and their year, the demo's clock and outbox: beside carnet, which imports nothing of it."""
