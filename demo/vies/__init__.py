"""A small VIES on loopback, for demo and tests: it knows a few numbers and neither Carnet nor Django."""
