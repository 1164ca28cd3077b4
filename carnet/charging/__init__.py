"""What pays for a ticket: choose cover, reserve, meter, spend; knows no ticket, only a cause (floor 6)."""
