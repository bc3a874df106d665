"""The `demo` provider: streams the script's answer as a model would."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from typing import ClassVar

from liteagent.messages import ModelRequest, ModelResponse, TextDelta, ToolCall, Usage
from liteagent.models import Fault, ModelError
from liteagent_demo.script import reply_to


class DemoProvider:
    """One model, `demo/demo`: the same conversation always gets the same answer."""

    name: ClassVar[str] = "demo"

    async def stream(self, request: ModelRequest) -> AsyncIterator[TextDelta | ModelResponse]:
        """A word at a time, then the whole. Raises `ModelError` for any model but `demo`."""
        if request.model != "demo":
            raise ModelError(
                f"The demo provider has one model, demo/demo, and no {request.model!r}.",
                fault=Fault.UNKNOWN_MODEL,
                model=f"demo/{request.model}",
            )
        reply = reply_to(request)
        for word in re.findall(r"\s*\S+\s*", reply.text):
            yield TextDelta(word)
            await asyncio.sleep(0)
        # The id follows from the conversation too, so that a repeated request is no new call.
        digest = hashlib.sha256(repr(request.messages).encode()).hexdigest()[:24]
        calls = (ToolCall(id=f"call_{digest}", name=reply.tool, arguments=reply.arguments),)
        yield ModelResponse(
            text=reply.text,
            tool_calls=calls if reply.tool else (),
            finish_reason="tool_calls" if reply.tool else "stop",
            usage=Usage(
                input_tokens=sum(len(message.content.split()) for message in request.messages),
                output_tokens=len(reply.text.split()),
                estimated=True,
            ),
            model="demo",
            response_id=f"demo_{digest}",
        )

    async def models(self) -> list[str]:
        return ["demo"]

    def missing(self) -> str | None:
        """Nothing: it needs no key."""
        return None

    async def close(self) -> None:
        """Nothing to let go of."""
