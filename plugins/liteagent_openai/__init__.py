"""The bundled `openai` plugin."""
