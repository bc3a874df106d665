"""From a turn's frames to the chunks of a chat completion. Pure: no I/O, no time.

Whatever comes in, every value that comes out is a valid `chat.completion.chunk`. Tools that the
server runs are never shown as tool calls: a chat client would try to run them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from liteagent.agents.live_answer import EarlyDeltas, LiveAnswer
from liteagent.agents.turn_watch import TurnWatch
from liteagent.events import Delta, Event
from liteagent.gateway.http.problem import Problem
from liteagent.gateway.turns.ending import problem_of_end
from liteagent.gateway.turns.questions import question_text
from liteagent.kernel import Frame

Chunk = dict[str, Any]

BREAK = "\n\n"
"""Between two answers of one turn, and before an answer that begins anew."""


class ChatStream:
    """Feed it the frames of a session, from the message on; `done` when the completion is whole."""

    def __init__(
        self,
        turn_id: str,
        *,
        completion_id: str,
        created: int,
        model: str,
        include_usage: bool = False,
        public_url: str = "",
    ) -> None:
        self.done = False
        self.problem: Problem | None = None
        """Why there is no answer, once `done`."""
        self._watch = TurnWatch(turn_id)
        self._content = _Content()
        self._base = {
            "id": completion_id,
            "object": "chat.completion.chunk",
            "created": created,
            "model": model,
        }
        self._include_usage, self._public_url = include_usage, public_url
        self._finish = "stop"
        self._called = 0

    def opening(self) -> Chunk:
        """The chunk that comes first."""
        return self._chunk({"role": "assistant", "content": ""})

    def feed(self, frame: Frame) -> Sequence[Chunk]:
        """The chunks that this frame adds."""
        if self.done:
            return ()
        if isinstance(frame, Delta):
            return self._say(self._content.delta(frame)) if self._is_ours(frame) else ()
        if not isinstance(frame, Event) or not self._watch.feed(frame):
            return ()
        chunks = self._event(frame)
        if self._watch.pausing:
            text = question_text(self._watch.approvals.values(), self._public_url)
            chunks += [*self._say(self._content.paragraph(text)), *self._end("stop")]
        return chunks

    def usage(self) -> dict[str, Any]:
        """Tokens of all model calls of the turn so far."""
        usage = self._watch.usage
        return {
            "prompt_tokens": usage.input_tokens,
            "completion_tokens": usage.output_tokens,
            "total_tokens": usage.input_tokens + usage.output_tokens,
            "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
        }

    def _is_ours(self, delta: Delta) -> bool:
        return delta.turn_id == self._watch.turn_id

    def _event(self, event: Event) -> list[Chunk]:
        if event.type == "model.requested":
            return self._say(self._content.begin(event.seq))
        if event.type == "model.responded":
            return self._responded(event.data)
        if event.type == "message.sent":
            return self._sent(event.data)
        if self._watch.ended is None:
            return []
        self.problem = problem_of_end(event)
        if self.problem is not None:
            self.done = True
            return []
        return self._end("tool_calls" if self._called else self._finish)

    def _responded(self, data: Mapping[str, Any]) -> list[Chunk]:
        chunks = self._say(self._content.finish(data["request"], data["text"]))
        reason = data["finish_reason"]
        self._finish = reason if reason in ("length", "content_filter") else "stop"
        return chunks

    def _sent(self, data: Mapping[str, Any]) -> list[Chunk]:
        """The calls that the client is to run, now that the server has run its own."""
        calls = data.get("tool_calls", ())
        self._called = len(calls)
        return [
            self._chunk({"tool_calls": [_tool_call(call, index)]})
            for index, call in enumerate(calls)
        ]

    def _end(self, reason: str) -> list[Chunk]:
        self.done = True
        chunks = [self._chunk({}, reason)]
        if self._include_usage:
            chunks.append({**self._base, "choices": [], "usage": self.usage()})
        return chunks

    def _say(self, text: str) -> list[Chunk]:
        return [self._chunk({"content": text})] if text else []

    def _chunk(self, delta: Mapping[str, Any], finish_reason: str | None = None) -> Chunk:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        chunk = {**self._base, "choices": [choice]}
        return {**chunk, "usage": None} if self._include_usage else chunk


class _Content:
    """The content of the completion: it only ever grows, whatever becomes of an attempt.

    An attempt that takes over from one that failed half way goes on where that one was as long as
    it says the same; where it says something else it begins anew after a break.
    """

    def __init__(self) -> None:
        self._answer: LiveAnswer | None = None
        self._early = EarlyDeltas()
        self._shown = ""
        """What earlier attempts at the present answer have shown and this one has not said yet."""
        self._any = self._after_answer = False

    def begin(self, attempt: int) -> str:
        if self._answer is not None:
            self._shown = self._shown or self._answer.text
        self._answer = LiveAnswer(attempt)
        return "".join(self.delta(delta) for delta in self._early.release(attempt))

    def delta(self, delta: Delta) -> str:
        answer = self._answer
        if answer is None or delta.attempt > answer.attempt:
            self._early.keep(delta)
            return ""
        if delta.attempt < answer.attempt:
            return ""
        return self._show(answer, answer.take(delta))

    def finish(self, attempt: int, text: str) -> str:
        answer = self._answer
        if answer is None or answer.attempt != attempt:
            self._answer = answer = LiveAnswer(attempt)
        shown = self._show(answer, answer.finish(text))
        if self._shown:
            shown += self.paragraph(answer.text)
        self._answer, self._shown = None, ""
        self._after_answer = self._any
        return shown

    def paragraph(self, text: str) -> str:
        """Text that stands by itself."""
        if not text:
            return ""
        gap = BREAK if self._any else ""
        self._any, self._after_answer = True, False
        return gap + text

    def _show(self, answer: LiveAnswer, new: str) -> str:
        if not new:
            return ""
        if not self._shown:
            if self._after_answer:
                return self.paragraph(new)
            self._any = True
            return new
        text = answer.text
        if self._shown.startswith(text):
            if len(text) == len(self._shown):
                self._shown = ""
            return ""
        rest = text[len(self._shown) :] if text.startswith(self._shown) else self.paragraph(text)
        self._shown = ""
        return rest


def _tool_call(call: Mapping[str, Any], index: int) -> dict[str, Any]:
    function = {"name": call["name"], "arguments": call["arguments"]}
    return {"index": index, "id": call["id"], "type": "function", "function": function}
