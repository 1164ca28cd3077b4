"""REST API and webhooks (floor 11)."""
