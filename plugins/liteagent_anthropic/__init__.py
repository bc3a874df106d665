"""The bundled `anthropic` plugin."""
