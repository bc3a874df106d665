"""The bundled `ollama` plugin."""
