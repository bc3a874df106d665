"""What every provider collects while its model answers."""

from __future__ import annotations

from liteagent.messages import FinishReason, ModelRequest, ModelResponse, TextDelta, Usage
from liteagent.models.opaque import OpaqueAssembler
from liteagent.models.text import SurrogateJoiner
from liteagent.models.tokens import estimate_tokens
from liteagent.models.tool_calls import ToolCallAssembler
from liteagent.models.tool_names import ToolNames


class AnswerBuilder:
    """Collects one streamed answer; a provider feeds it what it reads and passes on what it gives.

    `finish_reason` stays None until the provider said that the answer is complete.
    """

    def __init__(self, request: ModelRequest) -> None:
        self.names = ToolNames(tool.name for tool in request.tools)
        self.tool_calls = ToolCallAssembler()
        self.opaque = OpaqueAssembler(self._place)
        self.usage: Usage | None = None
        self.finish_reason: FinishReason | None = None
        self.model = request.model
        self.response_id = ""
        self._request = request
        self._text: list[str] = []
        self._length = 0
        self._joiner = SurrogateJoiner()

    def text(self, piece: str | None) -> tuple[TextDelta, ...]:
        """Take the next text; gives a delta unless there is nothing to show yet."""
        return self._shown(self._joiner.feed(piece or ""))

    def end(self) -> tuple[TextDelta | ModelResponse, ...]:
        """What is left of the text, then the whole answer."""
        rest = self._shown(self._joiner.end())
        text = "".join(self._text)
        calls = self.tool_calls.finish(self._request, self.names)
        reason = self.finish_reason or "stop"
        response = ModelResponse(
            text=text,
            tool_calls=calls,
            usage=self.usage or self._estimate(text),
            finish_reason="tool_calls" if calls and reason == "stop" else reason,
            model=self.model,
            response_id=self.response_id,
            opaque=self.opaque.finish(),
        )
        return (*rest, response)

    def _place(self) -> tuple[int, int]:
        return self._length, self.tool_calls.count

    def _shown(self, text: str) -> tuple[TextDelta, ...]:
        if not text:
            return ()
        self._text.append(text)
        self._length += len(text)
        return (TextDelta(text),)

    def _estimate(self, text: str) -> Usage:
        return Usage(
            input_tokens=sum(estimate_tokens(m.content) for m in self._request.messages),
            output_tokens=estimate_tokens(text),
            estimated=True,
        )
