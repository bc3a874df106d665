"""The bundled `openai_compatible` plugin."""
