"""Background tasks and their schedule, kept in our own database (floor 1)."""
