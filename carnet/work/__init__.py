"""Worked time and what pays for it: covers, metering, price; knows no ticket, only a cause (floor 6)."""
