"""Numbered, fixed documents: invoices and credit notes (floor 5)."""
