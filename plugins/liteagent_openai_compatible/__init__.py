"""Models of any server that speaks the OpenAI protocol: vLLM, LiteLLM, LocalAI, llama.cpp, ….

Reads `LITEAGENT_OPENAI_COMPATIBLE_BASE_URL` and, where the server wants one,
`LITEAGENT_OPENAI_COMPATIBLE_API_KEY`.
"""

from collections.abc import Callable
from typing import Any

import liteagent
from liteagent_openai_compatible.provider import OpenAICompatibleProvider

__all__ = ["OpenAICompatibleProvider"]


@liteagent.hookimpl
def register_models(register: Callable[[Any], None]) -> None:
    """Offer `openai_compatible/…`."""
    register(OpenAICompatibleProvider())
