"""Questions, their messages, the work on them, the queue, ratings, contact messages (floor 9)."""
