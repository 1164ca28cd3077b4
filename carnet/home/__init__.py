"""Pages where several apps meet: front page, legal pages, overview, desk's customer page (floor 11)."""
