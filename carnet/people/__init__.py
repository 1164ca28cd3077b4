"""Persons, customers, memberships, sign-in, invitations (floor 4)."""
