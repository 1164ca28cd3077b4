"""Lots, movements, balances: grant, reserve, spend, release, correct (floor 5)."""
