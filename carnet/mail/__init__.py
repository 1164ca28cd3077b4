"""The outbox: e-mails as rows, sent by the worker; knows addresses, not people (floor 3)."""
