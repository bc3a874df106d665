"""The `openai` provider."""

from __future__ import annotations

from typing import ClassVar

from liteagent.clock import Clock
from liteagent.config import load_settings
from liteagent.models.openai_protocol import Endpoint, OpenAIProtocol

KEY = "OPENAI_API_KEY"


class OpenAIProvider(OpenAIProtocol):
    """Models at OpenAI. Without arguments it reads the usual variables, on first use."""

    name: ClassVar[str] = "openai"
    official: ClassVar[bool] = True

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(lambda: _endpoint(api_key, base_url), clock=clock)


def _endpoint(api_key: str | None, base_url: str | None) -> Endpoint:
    known = load_settings().openai_api_key
    key = api_key or (known.get_secret_value() if known else "")
    return Endpoint(
        api_key=key,
        base_url=base_url,
        key_name=KEY,
        missing=None if key else f"{KEY} is not set",
    )
