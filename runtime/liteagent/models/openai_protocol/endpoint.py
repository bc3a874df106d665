"""Where an OpenAI-protocol server is, and how much of the protocol it takes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openai import AsyncOpenAI

DEFAULT_TIMEOUT = 600.0
"""Seconds that a server may be silent; a reasoning model is, for minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A server that speaks the OpenAI protocol.

    None for `base_url` or `api_key` leaves it to the SDK (`OPENAI_BASE_URL`, `OPENAI_API_KEY`).
    """

    base_url: str | None = None
    api_key: str | None = None
    key_name: str = "OPENAI_API_KEY"
    """The variable to name when the key is refused."""
    official: bool = False
    """OpenAI's own: it knows who speaks (`name`) and wants `max_completion_tokens`, which other
    servers reject or ignore; only it is sent the organization and the project."""
    proxied: bool = True
    """Whether the proxies of the environment apply; not to a server on this machine."""

    def secrets(self) -> tuple[str, ...]:
        """What must not stand in an error's text."""
        return (self.api_key or os.environ.get(self.key_name, ""),)

    def connect(self) -> AsyncOpenAI:
        """A client without retries; imports the SDK, which takes a second, so call it in a thread.

        Raises openai.OpenAIError without a key.
        """
        import openai

        no_header = openai.Omit()
        foreign: Any = {"OpenAI-Organization": no_header, "OpenAI-Project": no_header}
        return openai.AsyncOpenAI(
            base_url=self.base_url,
            api_key=self.api_key,
            max_retries=0,
            timeout=openai.Timeout(DEFAULT_TIMEOUT, connect=10.0),
            default_headers=None if self.official else foreign,
            http_client=None if self.proxied else openai.DefaultAsyncHttpxClient(trust_env=False),
        )
