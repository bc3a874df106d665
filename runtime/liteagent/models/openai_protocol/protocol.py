"""A conversation with a server that speaks the OpenAI protocol."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Generator
from typing import TYPE_CHECKING, Any

from liteagent.clock import Clock, SystemClock
from liteagent.messages import ModelRequest, ModelResponse, TextDelta
from liteagent.models.answer import AnswerBuilder
from liteagent.models.contract import ModelError
from liteagent.models.faults import Complaint, model_error
from liteagent.models.lazy import Lazy
from liteagent.models.openai_protocol.chat import chat_body, read_chunk
from liteagent.models.openai_protocol.endpoint import Endpoint
from liteagent.models.openai_protocol.errors import complaint_of, protocol_errors
from liteagent.models.openai_protocol.responses import read_event, responses_body
from liteagent.models.wire import BrokenAnswerError, frame

if TYPE_CHECKING:
    from openai import AsyncOpenAI


class OpenAIProtocol:
    """Streams answers from an endpoint; the core of every provider that speaks this protocol.

    Chat Completions, unless `request.settings["api"]` is `responses`. `settings["timeout"]` is the
    longest silence in seconds; every other setting goes into the request's body as it is.
    """

    def __init__(self, provider: str, endpoint: Endpoint, *, clock: Clock | None = None) -> None:
        self._provider, self._endpoint = provider, endpoint
        self._clock = clock or SystemClock()
        self._client: Lazy[AsyncOpenAI] = Lazy(endpoint.connect, lambda client: client.close())

    async def stream(self, request: ModelRequest) -> AsyncGenerator[TextDelta | ModelResponse]:
        """See `liteagent.models.Provider.stream`."""
        answer = AnswerBuilder(request)
        responses = request.settings.get("api") == "responses"
        with self._translated(request.model):
            client = await self._client.get()
            ask = self._ask_responses if responses else self._ask_chat
            async with contextlib.aclosing(ask(client, request, answer)) as deltas:
                async for delta in deltas:
                    yield delta
            if answer.finish_reason is None:
                raise BrokenAnswerError("the answer broke off")
        for item in answer.end():
            yield item

    async def models(self) -> list[str]:
        """The names that the server lists; raises ModelError."""
        with self._translated("models"):
            client = await self._client.get()
            return [model.id async for model in client.models.list()]

    async def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        await self._client.close()

    async def _ask_chat(
        self, client: AsyncOpenAI, request: ModelRequest, answer: AnswerBuilder
    ) -> AsyncGenerator[TextDelta]:
        body = chat_body(request, answer.names, official=self._endpoint.official)
        chunks = await client.chat.completions.create(
            model=body.pop("model"),
            messages=body.pop("messages"),
            stream=True,
            extra_body=body,
            **_timeout(request),
        )
        async with chunks:
            async for chunk in chunks:
                for delta in frame(read_chunk, chunk, answer):
                    yield delta

    async def _ask_responses(
        self, client: AsyncOpenAI, request: ModelRequest, answer: AnswerBuilder
    ) -> AsyncGenerator[TextDelta]:
        body = responses_body(request, answer.names)
        events = await client.responses.create(
            model=body.pop("model"),
            input=body.pop("input"),
            stream=True,
            extra_body=body,
            **_timeout(request),
        )
        async with events:
            async for event in events:
                for delta in frame(read_event, event, answer):
                    yield delta

    @contextlib.contextmanager
    def _translated(self, model: str) -> Generator[None]:
        try:
            yield
        except protocol_errors() as error:
            # Not chained: what the SDK's error says may hold the key, and tracebacks are logged.
            raise self._error(complaint_of(error), model) from None

    def _error(self, complaint: Complaint, model: str) -> ModelError:
        return model_error(
            complaint,
            model=f"{self._provider}/{model}",
            key=self._endpoint.key_name,
            secrets=self._endpoint.secrets(),
            now=self._clock.now(),
        )


def _timeout(request: ModelRequest) -> dict[str, Any]:
    timeout = request.settings.get("timeout")
    return {} if timeout is None else {"timeout": float(timeout)}
