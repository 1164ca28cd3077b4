"""The company that runs this Carnet: its data, its settings with their history, its versioned texts (floor 2)."""
