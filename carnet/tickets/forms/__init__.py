"""What people type about tickets, by audience; `fields` are shared. Nothing is re-exported."""
