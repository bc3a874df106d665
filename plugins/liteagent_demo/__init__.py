"""The bundled `demo` plugin."""
