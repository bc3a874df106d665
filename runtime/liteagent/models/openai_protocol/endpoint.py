"""Where an OpenAI-protocol server is, and how much of the protocol it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from liteagent.models.sdk_provider import SILENCE

if TYPE_CHECKING:
    from openai import AsyncOpenAI


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A server that speaks the OpenAI protocol."""

    api_key: str
    base_url: str | None = None
    """None: what the SDK takes, `OPENAI_BASE_URL` or OpenAI itself."""
    key_name: str
    """The variable to name when the key is refused."""
    missing: str | None = None
    """What is not there for the endpoint to be used (`OPENAI_API_KEY is not set`)."""
    proxied: bool = True
    """Whether the proxies of the environment apply; not to a server on this machine."""

    def connect(self, *, official: bool) -> AsyncOpenAI:
        """A client without retries; imports the SDK, which takes a second, so call it in a thread.
        Only an `official` endpoint is sent the organization and the project.
        """
        import openai

        no_header = openai.Omit()
        foreign: Any = {"OpenAI-Organization": no_header, "OpenAI-Project": no_header}
        return openai.AsyncOpenAI(
            base_url=self.base_url,
            api_key=self.api_key,
            max_retries=0,
            timeout=openai.Timeout(SILENCE, connect=10.0),
            default_headers=None if official else foreign,
            http_client=None if self.proxied else openai.DefaultAsyncHttpxClient(trust_env=False),
        )
