"""The `ollama` provider."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncGenerator, Iterator
from typing import TYPE_CHECKING, ClassVar

from liteagent.clock import Clock
from liteagent.config import load_settings
from liteagent.messages import ModelRequest, TextDelta, Usage
from liteagent.models.answer import AnswerBuilder
from liteagent.models.faults import Complaint
from liteagent.models.sdk_provider import SILENCE, OpenAnswer, SdkProvider
from liteagent.models.tool_names import ToolNames
from liteagent.models.wire import BrokenAnswerError
from liteagent_ollama.request import arguments_of

if TYPE_CHECKING:
    from ollama import AsyncClient, ChatResponse

KEY = "OLLAMA_API_KEY"


class OllamaProvider(SdkProvider["AsyncClient"]):
    """Models at an Ollama server: `OLLAMA_HOST`, by default the one on this machine."""

    name: ClassVar[str] = "ollama"

    def __init__(self, *, base_url: str | None = None, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self._base_url = base_url

    def credential(self) -> tuple[str, str]:
        """The key that the client sends to a hosted Ollama; mostly there is none."""
        return KEY, os.environ.get(KEY, "")

    def connect(self) -> AsyncClient:
        """See `SdkProvider`."""
        import httpx
        from ollama import AsyncClient

        return AsyncClient(
            host=self._base_url or load_settings().ollama_base_url,
            timeout=httpx.Timeout(SILENCE, connect=10.0),
            limits=httpx.Limits(max_connections=None),
        )

    async def disconnect(self, client: AsyncClient) -> None:
        """See `SdkProvider`."""
        await client.close()

    async def listed(self, client: AsyncClient) -> list[str]:
        """See `SdkProvider`."""
        return [model.model for model in (await client.list()).models if model.model]

    async def open(
        self, client: AsyncClient, request: ModelRequest, names: ToolNames
    ) -> OpenAnswer:
        """See `SdkProvider`."""
        lines = await client.chat(**arguments_of(request, names), stream=True)
        timed = _timed(lines, request.settings.get("timeout"))
        return OpenAnswer(contextlib.aclosing(timed), _read_line)

    def sdk_errors(self) -> tuple[type[Exception], ...]:
        """See `SdkProvider`."""
        import ollama

        return (ollama.ResponseError, ollama.RequestError)

    def complaint(self, error: Exception) -> Complaint | None:
        """See `SdkProvider`."""
        import httpx
        import ollama

        if not isinstance(error, ollama.ResponseError):
            return None
        # The client drops the response from its error; Python keeps it as the error's context.
        before = error.__context__
        headers = before.response.headers if isinstance(before, httpx.HTTPStatusError) else {}
        status = error.status_code if error.status_code >= 400 else None
        return Complaint(text=str(error.error), status=status, headers=headers)


async def _timed(
    lines: AsyncGenerator[ChatResponse], silence: float | None
) -> AsyncGenerator[ChatResponse]:
    """The lines, none later than `silence` seconds after the one before; the client itself has one
    timeout for all calls.
    """
    from pydantic import ValidationError

    async with contextlib.aclosing(lines):
        while True:
            try:
                async with asyncio.timeout(silence):
                    line = await anext(lines)
            except StopAsyncIteration:
                return
            except ValidationError as error:
                raise BrokenAnswerError(str(error)) from error
            yield line


def _read_line(line: ChatResponse, answer: AnswerBuilder) -> Iterator[TextDelta]:
    """Take one line; thinking is kept for the next request."""
    answer.model = line.model or answer.model
    answer.opaque.extend("thinking", "thinking", line.message.thinking)
    yield from answer.text(line.message.content)
    for call in line.message.tool_calls or ():
        arguments = json.dumps(call.function.arguments, ensure_ascii=False)
        answer.tool_calls.add(index=None, name=call.function.name, arguments=arguments)
    if line.done:
        answer.finish_reason = "length" if line.done_reason == "length" else "stop"
        if line.prompt_eval_count is not None or line.eval_count is not None:
            answer.usage = Usage(
                input_tokens=line.prompt_eval_count or 0, output_tokens=line.eval_count or 0
            )
