"""Anthropic's models, through the official SDK.

Reads `ANTHROPIC_API_KEY`, and `ANTHROPIC_BASE_URL` where the models are somewhere else.
"""

from collections.abc import Callable
from typing import Any

import liteagent
from liteagent_anthropic.provider import AnthropicProvider

__all__ = ["AnthropicProvider"]


@liteagent.hookimpl
def register_models(register: Callable[[Any], None]) -> None:
    """Offer `anthropic/…`."""
    register(AnthropicProvider())
