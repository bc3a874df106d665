"""What every chat platform shares: from a message that comes in to the answer in its thread."""
