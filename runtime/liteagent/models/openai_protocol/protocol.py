"""A conversation with a server that speaks the OpenAI protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from liteagent.clock import Clock
from liteagent.messages import ModelRequest
from liteagent.models.faults import Complaint
from liteagent.models.openai_protocol.chat import chat_body, read_chunk
from liteagent.models.openai_protocol.endpoint import Endpoint
from liteagent.models.openai_protocol.errors import complaint_of, protocol_errors
from liteagent.models.openai_protocol.events import read_event
from liteagent.models.openai_protocol.responses import responses_body
from liteagent.models.sdk_provider import OpenAnswer, SdkProvider, silence
from liteagent.models.tool_names import ToolNames

if TYPE_CHECKING:
    from openai import AsyncOpenAI


class OpenAIProtocol(SdkProvider["AsyncOpenAI"]):
    """The core of every provider that speaks this protocol; a subclass gives it its name.

    Chat Completions, unless `request.settings["api"]` is `responses`. `settings["timeout"]` is the
    longest silence in seconds; every other setting goes into the request's body as it is.
    """

    official: ClassVar[bool] = False
    """OpenAI's own: it knows who speaks (`name`) and wants `max_completion_tokens`, which other
    servers reject or ignore."""

    def __init__(self, endpoint: Callable[[], Endpoint], *, clock: Clock | None = None) -> None:
        """`endpoint` is called when it is needed first: the environment may not be set up yet."""
        super().__init__(clock)
        self._endpoint = endpoint

    def missing(self) -> str | None:
        """What the endpoint says."""
        return self._endpoint().missing

    def connect(self) -> AsyncOpenAI:
        """See `SdkProvider`."""
        return self._endpoint().connect(official=self.official)

    async def disconnect(self, client: AsyncOpenAI) -> None:
        """See `SdkProvider`."""
        await client.close()

    async def listed(self, client: AsyncOpenAI) -> list[str]:
        """See `SdkProvider`."""
        return [model.id async for model in client.models.list()]

    def credential(self) -> tuple[str, str]:
        """See `SdkProvider`."""
        endpoint = self._endpoint()
        return endpoint.key_name, endpoint.api_key

    def sdk_errors(self) -> tuple[type[Exception], ...]:
        """See `SdkProvider`."""
        return protocol_errors()

    def complaint(self, error: Exception) -> Complaint | None:
        """See `SdkProvider`."""
        return complaint_of(error)

    async def open(
        self, client: AsyncOpenAI, request: ModelRequest, names: ToolNames
    ) -> OpenAnswer:
        """See `SdkProvider`."""
        if request.settings.get("api") == "responses":
            body = responses_body(request, names, official=self.official)
            events = await client.responses.create(
                model=body.pop("model"),
                input=body.pop("input"),
                stream=True,
                extra_body=body,
                **silence(request),
            )
            return OpenAnswer(events, read_event)
        body = chat_body(request, names, official=self.official)
        chunks = await client.chat.completions.create(
            model=body.pop("model"),
            messages=body.pop("messages"),
            stream=True,
            extra_body=body,
            **silence(request),
        )
        return OpenAnswer(chunks, read_chunk)
