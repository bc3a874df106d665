"""The `anthropic` provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from liteagent.clock import Clock
from liteagent.config import load_settings
from liteagent.messages import ModelRequest
from liteagent.models.faults import Complaint
from liteagent.models.sdk_provider import SILENCE, OpenAnswer, SdkProvider, silence
from liteagent.models.tool_names import ToolNames
from liteagent_anthropic.reading import read_event
from liteagent_anthropic.request import body_of

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

KEY = "ANTHROPIC_API_KEY"


class AnthropicProvider(SdkProvider["AsyncAnthropic"]):
    """Models at Anthropic. Without arguments it reads the usual variables, on first use."""

    name: ClassVar[str] = "anthropic"

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(clock)
        self._api_key, self._base_url = api_key, base_url

    def missing(self) -> str | None:
        """Says so where there is no key."""
        return None if self.credential()[1] else f"{KEY} is not set"

    def credential(self) -> tuple[str, str]:
        """See `SdkProvider`."""
        known = load_settings().anthropic_api_key
        return KEY, self._api_key or (known.get_secret_value() if known else "")

    def connect(self) -> AsyncAnthropic:
        """See `SdkProvider`."""
        import anthropic

        return anthropic.AsyncAnthropic(
            api_key=self.credential()[1],
            base_url=self._base_url,
            max_retries=0,
            timeout=anthropic.Timeout(SILENCE, connect=10.0),
        )

    async def disconnect(self, client: AsyncAnthropic) -> None:
        """See `SdkProvider`."""
        await client.close()

    async def listed(self, client: AsyncAnthropic) -> list[str]:
        """See `SdkProvider`."""
        return [model.id async for model in client.models.list()]

    async def open(
        self, client: AsyncAnthropic, request: ModelRequest, names: ToolNames
    ) -> OpenAnswer:
        """See `SdkProvider`."""
        body = body_of(request, names)
        events = await client.messages.create(
            # The model stands in the body: of one given here that nears its end the SDK warns
            # through `warnings`, which a program run with `-W error` dies of.
            model="",
            messages=body.pop("messages"),
            max_tokens=body.pop("max_tokens"),
            stream=True,
            extra_body=body,
            **silence(request),
        )
        return OpenAnswer(events, read_event)

    def sdk_errors(self) -> tuple[type[Exception], ...]:
        """See `SdkProvider`."""
        import anthropic

        return (anthropic.AnthropicError,)

    def complaint(self, error: Exception) -> Complaint | None:
        """See `SdkProvider`."""
        import anthropic

        if not isinstance(error, anthropic.APIStatusError):
            return None
        said = _said(error.body)
        return Complaint(
            text=str(said.get("message") or error.message),
            # In the middle of a stream the status is that of the stream's beginning: 200.
            status=error.status_code if error.status_code >= 400 else None,
            codes=(str(said.get("type") or ""),),
            headers=error.response.headers,
        )


def _said(body: object) -> Mapping[str, Any]:
    """The `error` in the body of an error."""
    error = body.get("error") if isinstance(body, Mapping) else None
    return error if isinstance(error, Mapping) else {}
