"""Devices, software and connection of a customer (floor 5)."""
