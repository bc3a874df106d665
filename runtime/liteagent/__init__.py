"""LiteAgent: a durable, actor-based runtime for LLM agents."""
