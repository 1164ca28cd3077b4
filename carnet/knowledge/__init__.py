"""Questions that are asked often, with their answers (floor 5)."""
