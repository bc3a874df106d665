"""The `local` provider."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from liteagent.clock import Clock, SystemClock
from liteagent.messages import ModelRequest, ModelResponse, TextDelta
from liteagent.models import Fault, ModelError
from liteagent.models.openai_protocol import Endpoint, OpenAIProtocol
from liteagent_local.files import find, names
from liteagent_local.server import LlamaServer, ServerStartError

CONTEXT = "LITEAGENT_LOCAL_CONTEXT"
DEFAULT_CONTEXT = 8_192
"""Tokens that all the conversations with one model have together, unless the variable says."""


class _Llama(OpenAIProtocol):
    name: ClassVar[str] = "local"


@dataclass(slots=True)
class _Served:
    """A model file: its server, once started, and the connection to it."""

    server: LlamaServer
    protocol: _Llama
    starting: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def ready(self) -> _Llama:
        """The connection; starts the server where it is not there, or not any more."""
        async with self.starting:
            if not self.server.running:
                await self.protocol.close()
                await self.server.start()
        return self.protocol

    async def close(self) -> None:
        async with self.starting:
            await self.protocol.close()
            await self.server.stop()


class LocalProvider:
    """GGUF files, each served by llama.cpp in a child process that ends with this one."""

    name: ClassVar[str] = "local"

    def __init__(self, *, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._served: dict[Path, _Served] = {}

    async def stream(self, request: ModelRequest) -> AsyncGenerator[TextDelta | ModelResponse]:
        """See `liteagent.models.Provider`; the first call for a file loads it, in about a second
        and upwards, by size.
        """
        protocol = await self._ready(request.model)
        async with contextlib.aclosing(protocol.stream(request)) as items:
            async for item in items:
                yield item

    async def models(self) -> list[str]:
        """The names of the files in the models folder."""
        return await asyncio.to_thread(names)

    def missing(self) -> str | None:
        """Names the extra, where it is not installed."""
        if importlib.util.find_spec("xllamacpp") is None:
            return 'llama.cpp is not installed; run pip install "liteagent-runtime[local]"'
        return None

    async def close(self) -> None:
        """Stop every server."""
        served, self._served = self._served, {}
        await asyncio.gather(*(each.close() for each in served.values()))

    def pids(self) -> list[int]:
        """The process ids of the servers that run."""
        servers = (each.server for each in self._served.values())
        return [server.pid for server in servers if server.running and server.pid]

    async def _ready(self, model: str) -> _Llama:
        lack = self.missing()
        if lack is not None:
            raise self._error(model, lack, Fault.AUTH)
        try:
            served = self._serve(await asyncio.to_thread(find, model))
            return await served.ready()
        except (FileNotFoundError, ServerStartError) as error:
            raise self._error(model, str(error), Fault.UNKNOWN_MODEL) from error
        except TimeoutError as error:
            raise self._error(model, "it took too long to load", Fault.TIMEOUT) from error

    def _serve(self, file: Path) -> _Served:
        if file not in self._served:
            context = int(os.environ.get(CONTEXT) or DEFAULT_CONTEXT)
            server = LlamaServer(file, context)
            protocol = _Llama(lambda: _endpoint(server), clock=self._clock)
            self._served[file] = _Served(server, protocol)
        return self._served[file]

    def _error(self, model: str, why: str, fault: Fault) -> ModelError:
        name = f"{self.name}/{model}"
        return ModelError(f"{name} cannot be asked: {why.rstrip('.')}.", fault=fault, model=name)


def _endpoint(server: LlamaServer) -> Endpoint:
    return Endpoint(
        api_key=server.api_key,
        base_url=f"{server.url}/v1",
        key_name="the key that LiteAgent made",
        proxied=False,
    )
