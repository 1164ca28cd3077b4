"""Carnet: sells, delivers and proves IT user support."""
