"""The bundled `local` plugin."""
