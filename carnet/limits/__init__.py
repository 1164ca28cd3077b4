"""How often something may be done: by one visitor, to one address, by everybody together (floor 2)."""
