"""A plugin of a stranger: a model that can be held, and tools that leave traces."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, ClassVar

import liteagent
from liteagent.messages import ModelRequest, ModelResponse, TextDelta


async def written(pipe: str) -> None:
    """Returns when somebody has written into the named pipe; can be cancelled."""
    reader = asyncio.StreamReader()
    end = os.fdopen(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), end)
    try:
        await reader.read(1)
    finally:
        transport.close()


class HeldModel:
    """`held/held` echoes; asked to `hold PIPE` it says so, and ends when somebody has written into
    that named pipe.
    """

    name: ClassVar[str] = "held"

    async def stream(self, request: ModelRequest) -> AsyncIterator[TextDelta | ModelResponse]:
        words = request.messages[-1].content.split(" ")
        if words[0] == "hold":
            yield TextDelta("Holding.")
            await written(words[1])
            text = "Holding. Done."
            yield TextDelta(" Done.")
        else:
            text = " ".join(words)
            for word in words:
                yield TextDelta(word if word is words[-1] else f"{word} ")
        yield ModelResponse(text=text, model="held")

    async def models(self) -> list[str]:
        return ["held"]

    def missing(self) -> str | None:
        return None

    async def close(self) -> None:
        """Nothing is held open."""


@liteagent.tool(num_cpus=0.1, effect="pure")
def whereabouts(ctx: liteagent.ToolContext) -> dict[str, Any]:
    """Tell in which process this runs, and with what."""
    import ray

    ctx.progress("looking around")
    assigned = ray.get_runtime_context().get_assigned_resources()
    return {"pid": os.getpid(), "cpus": assigned.get("CPU"), "session": ctx.session_id}


@liteagent.tool(num_cpus=0.1, timeout=30)
def stuck(trace: str) -> None:
    """Write down the process and never end."""
    Path(trace).write_text(str(os.getpid()))
    threading.Event().wait()


@liteagent.tool(num_cpus=0.1)
def endless(trace: str) -> None:
    """As `stuck`, with no timeout."""
    stuck(trace)


@liteagent.tool(num_cpus=0.1, secrets=["CLUSTER_TOKEN"])
def leaky(ctx: liteagent.ToolContext) -> None:
    """Fail, and say too much."""
    raise ValueError(f"the token {ctx.secrets['CLUSTER_TOKEN']} is not accepted")


@liteagent.tool(num_cpus=0.1)
def dying() -> None:
    """End the process."""
    os._exit(3)


@liteagent.tool(effect="pure")
def here() -> int:
    """Tell the process; asks for nothing special."""
    return os.getpid()


@liteagent.hookimpl
def register_models(register: Callable[[Any], None]) -> None:
    register(HeldModel())


@liteagent.hookimpl
def register_tools(register: Callable[[Any], None]) -> None:
    for tool in (whereabouts, here):
        register(tool)
