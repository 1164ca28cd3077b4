"""Offers and their editions, VAT (floor 4)."""
