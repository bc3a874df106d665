"""What every provider does that talks through an SDK."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from liteagent.clock import Clock, SystemClock
from liteagent.messages import ModelRequest, ModelResponse, TextDelta
from liteagent.models.answer import AnswerBuilder
from liteagent.models.contract import Fault, ModelError
from liteagent.models.faults import Complaint, model_error, thoughts_refused
from liteagent.models.lazy import Lazy
from liteagent.models.opaque import without_opaque
from liteagent.models.tool_names import ToolNames
from liteagent.models.wire import BrokenAnswerError, frame, lost, timed_out, wire_errors

C = TypeVar("C")

SILENCE = 600.0
"""Seconds that a server may be silent by default; a reasoning model is, for minutes."""


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """An answer that has begun: the SDK's stream of events, and how to read one of them."""

    events: AbstractAsyncContextManager[AsyncIterable[Any]]
    read: Callable[[Any, AnswerBuilder], Iterator[TextDelta]]


class SdkProvider(ABC, Generic[C]):
    """A `Provider` over an SDK's client of type C, which is made on first use.

    A subclass says how to connect, how to ask, and what the SDK's errors mean.
    """

    name: ClassVar[str]

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._client = Lazy(self.connect, self.disconnect)

    @abstractmethod
    def connect(self) -> C:
        """Make the client, without retries of its own. Runs in a thread: SDKs import slowly."""

    @abstractmethod
    async def disconnect(self, client: C) -> None:
        """Close the client's connections."""

    @abstractmethod
    async def open(self, client: C, request: ModelRequest, names: ToolNames) -> OpenAnswer:
        """Send the request, tools under their `names`; what the SDK raises passes through."""

    @abstractmethod
    async def listed(self, client: C) -> list[str]:
        """The names of the models that the server lists."""

    @abstractmethod
    def sdk_errors(self) -> tuple[type[Exception], ...]:
        """The base of everything that the SDK raises on purpose."""

    @abstractmethod
    def complaint(self, error: Exception) -> Complaint | None:
        """What an SDK error says; None where it says no more than its text."""

    @abstractmethod
    def credential(self) -> tuple[str, str]:
        """`(the variable that holds the key, the key)`; the key is kept out of every error."""

    def missing(self) -> str | None:
        """What is not there for this provider to work, or None. Makes no call."""
        return None

    async def stream(self, request: ModelRequest) -> AsyncGenerator[TextDelta | ModelResponse]:
        """See `liteagent.models.Provider`."""
        answer = AnswerBuilder(request)
        client = await self._connected(request.model)
        with self._translated(request.model):
            opened = await self._open(client, request, answer.names)
            async with opened.events as events:
                async for event in events:
                    for delta in frame(opened.read, event, answer):
                        yield delta
            if answer.finish_reason is None:
                raise BrokenAnswerError("the answer broke off")
        for item in answer.end():
            if isinstance(item, ModelResponse):
                self._check_said(item, request.model)
            yield item

    async def models(self) -> list[str]:
        """The names that the server lists; raises ModelError."""
        client = await self._connected("models")
        with self._translated("models"):
            return await self.listed(client)

    async def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        await self._client.close()

    async def _connected(self, model: str) -> C:
        lack = None if self._client.made else self.missing()
        if lack is not None:
            raise ModelError(
                f"{self.name}/{model} cannot be asked: {lack}.",
                fault=Fault.AUTH,
                model=f"{self.name}/{model}",
            )
        try:
            return await self._client.get()
        except (ValueError, *wire_errors()) as error:
            raise self._error(error, model) from None

    async def _open(self, client: C, request: ModelRequest, names: ToolNames) -> OpenAnswer:
        """Send the request; once more, at once, where the connection was lost before any answer,
        and without the model's thoughts where it does not know them again.

        That is no retry of a model: servers close connections that the client believes to be open,
        some (llama.cpp) after every answer, and the next request then meets a dead one. Thoughts
        are sealed for one account and one conversation, and refused for ever after.
        """
        try:
            return await self.open(client, request, names)
        except (*wire_errors(), *self.sdk_errors()) as error:
            if thoughts_refused(self.complaint(error), request):
                request = without_opaque(request)
            elif not lost(error):
                raise
        return await self.open(client, request, names)

    @contextlib.contextmanager
    def _translated(self, model: str) -> Generator[None]:
        try:
            yield
        except (*wire_errors(), *self.sdk_errors()) as error:
            # Not chained: what the SDK's error says may hold the key, and tracebacks are logged.
            raise self._error(error, model) from None

    def _check_said(self, response: ModelResponse, model: str) -> None:
        """A refusal without a word is an error, so that another model of the chain is asked."""
        said = response.text.strip() or response.tool_calls
        if response.finish_reason == "content_filter" and not said:
            refusal = Complaint(text="without a word", codes=("content_filter",))
            raise self._model_error(refusal, model)

    def _error(self, error: Exception, model: str) -> ModelError:
        return self._model_error(self.complaint(error) or _bare_complaint(error), model)

    def _model_error(self, complaint: Complaint, model: str) -> ModelError:
        key_name, key = self.credential()
        return model_error(
            complaint,
            model=f"{self.name}/{model}",
            key=key_name,
            secrets=(key,),
            now=self._clock.now(),
        )


def _bare_complaint(error: Exception) -> Complaint:
    texts = [str(error) or type(error).__name__, str(error.__cause__ or "")]
    # A wire's error is often wrapped in another one of the same words.
    text = ": ".join(dict.fromkeys(text for text in texts if text))
    return Complaint(text=text, timed_out=timed_out(error))


def silence(request: ModelRequest) -> dict[str, Any]:
    """`settings["timeout"]`, the longest silence in seconds, as an argument to an SDK's call."""
    timeout = request.settings.get("timeout")
    return {} if timeout is None else {"timeout": float(timeout)}
