"""The sales journal, its chain, closings, archives (floor 4)."""
