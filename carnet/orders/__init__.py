"""Buying: placing, confirming, waiting, reminding, cancelling (floor 7)."""
