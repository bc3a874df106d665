"""The `openai_compatible` provider."""

from __future__ import annotations

from typing import ClassVar

from liteagent.clock import Clock
from liteagent.config import load_settings
from liteagent.models.openai_protocol import Endpoint, OpenAIProtocol

URL = "LITEAGENT_OPENAI_COMPATIBLE_BASE_URL"
KEY = "LITEAGENT_OPENAI_COMPATIBLE_API_KEY"
NO_KEY = "none"
"""Sent where no key is set, so that the SDK does not send OpenAI's key to somebody else."""


class OpenAICompatibleProvider(OpenAIProtocol):
    """Models of one server. Without arguments it reads its variables, on first use."""

    name: ClassVar[str] = "openai_compatible"

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(lambda: _endpoint(api_key, base_url), clock=clock)


def _endpoint(api_key: str | None, base_url: str | None) -> Endpoint:
    settings = load_settings()
    known = settings.openai_compatible_api_key
    url = base_url or settings.openai_compatible_base_url
    return Endpoint(
        api_key=api_key or (known.get_secret_value() if known else NO_KEY),
        base_url=url or None,
        key_name=KEY,
        missing=None if url else f"{URL} is not set",
    )
