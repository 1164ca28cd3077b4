"""What all apps stand on: money, calendar, keys, clean HTML, clock, append-only tables, the Refused error (floor 0)."""
