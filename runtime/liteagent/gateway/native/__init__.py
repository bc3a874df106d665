"""`/api`: sessions, messages, events, approvals, agents."""
