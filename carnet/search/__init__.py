"""Folding of words, so that a search finds what was meant (floor 3)."""
