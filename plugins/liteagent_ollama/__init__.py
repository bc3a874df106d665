"""Models served by Ollama, through its official client. Reads `OLLAMA_HOST`."""

from collections.abc import Callable
from typing import Any

import liteagent
from liteagent_ollama.provider import OllamaProvider

__all__ = ["OllamaProvider"]


@liteagent.hookimpl
def register_models(register: Callable[[Any], None]) -> None:
    """Offer `ollama/…`."""
    register(OllamaProvider())
