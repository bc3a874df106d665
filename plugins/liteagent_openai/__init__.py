"""OpenAI's models, through the official SDK: Chat Completions, or Responses where asked for.

Reads `OPENAI_API_KEY`, and `OPENAI_BASE_URL` where the models are somewhere else.
"""

from collections.abc import Callable
from typing import Any

import liteagent
from liteagent_openai.provider import OpenAIProvider

__all__ = ["OpenAIProvider"]


@liteagent.hookimpl
def register_models(register: Callable[[Any], None]) -> None:
    """Offer `openai/…`."""
    register(OpenAIProvider())
