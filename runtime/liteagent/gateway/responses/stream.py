"""From a turn's frames to the events of a response. Pure: no I/O, no time.

Fed the same journal, it gives the same events with the same numbers, whether the text came piece
by piece while it was made or whole from the journal later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from liteagent.agents.live_answer import EarlyDeltas, LiveAnswer
from liteagent.agents.turn_watch import TurnWatch
from liteagent.events import Delta, Event
from liteagent.gateway.http.problem import Problem
from liteagent.gateway.responses import items
from liteagent.gateway.responses.ids import ResponseId
from liteagent.gateway.responses.output import Output, StreamEvent
from liteagent.gateway.turns.ending import problem_of_end
from liteagent.kernel import Frame
from liteagent.messages import Usage

INTERRUPTED = "interrupted"
"""The fault of a model call whose host died: what it had said is not in the journal."""


class ResponseStream:
    """Feed it the frames of a session, from the turn's message on; `done` when the response is.

    A response covers its turn up to where the turn ends or waits for people. What came before
    `response_id.paused_at` belongs to earlier responses and is read for its consequences only.
    """

    def __init__(
        self, response_id: ResponseId, *, model: str, conversation: str, echo: Mapping[str, Any]
    ) -> None:
        self.done = False
        self.problem: Problem | None = None
        self._id = response_id
        self._fixed = {**echo, "model": model, "conversation": {"id": conversation}}
        self._status, self._created_at, self._open = "queued", 0.0, False
        self._completed_at: float | None = None
        self._usage_before = Usage()
        self._watch = TurnWatch(response_id.turn_id)
        self._output = Output()
        self._early = EarlyDeltas()
        self._answer: LiveAnswer | None = None
        self._message: int | None = None
        """Index of the item that holds the present answer."""
        self._requested: dict[str, Event] = {}
        self._running: dict[str, int] = {}
        """Indexes of the items of the server's calls that are under way, by call id."""

    def feed(self, frame: Frame) -> Sequence[StreamEvent]:
        """The events that this frame adds."""
        if self.done:
            return ()
        if isinstance(frame, Delta):
            if frame.turn_id == self._watch.turn_id:
                self._delta(frame)
        elif isinstance(frame, Event) and self._watch.feed(frame):
            self._output.at(frame.seq)
            self._event(frame)
        return self._output.drain()

    def snapshot(self) -> dict[str, Any]:
        """The response as it is now."""
        return {
            "id": str(self._id),
            "object": "response",
            "created_at": self._created_at,
            "completed_at": self._completed_at,
            "status": self._status,
            "error": self._error(),
            "incomplete_details": None,
            "output": self._items(),
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "instructions": None,
            "metadata": {},
            "previous_response_id": None,
            **self._fixed,
            "usage": self._usage(),
        }

    def shown(self, approval_id: str) -> str | None:
        """The digest of the arguments with which this response asks for the approval; None where it
        does not.
        """
        asked = self._watch.approvals.get(approval_id)
        return None if asked is None else asked.data["digest"]

    def _usage(self) -> dict[str, Any]:
        """Tokens of this response, without those of earlier ones of its turn."""
        now, before = self._watch.usage, self._usage_before
        read = now.input_tokens - before.input_tokens
        written = now.output_tokens - before.output_tokens
        cached = now.cached_tokens - before.cached_tokens
        return {
            "input_tokens": read,
            "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0},
            "output_tokens": written,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": read + written,
        }

    def _items(self) -> list[items.Item]:
        shown = list(self._output.items)
        if self._message is not None and self._answer is not None:
            item_id = shown[self._message]["id"]
            shown[self._message] = items.message(item_id, self._answer.text, "in_progress")
        return shown

    # -- the response as a whole

    def _event(self, event: Event) -> None:
        if event.type == "tool.requested":
            self._requested[event.data["call_id"]] = event
        if not self._open:
            if event.seq == self._id.paused_at or self._is_opening(event):
                self._begin(event)
            return
        if event.type.startswith("model."):
            self._model(event)
        elif event.type.startswith("tool."):
            self._tool(event)
        elif event.type == "message.sent":
            for position, call in enumerate(event.data.get("tool_calls", ())):
                self._client_call(f"fc_{self._part}_{event.seq}_{position}", call)
        elif event.type == "cancel.requested" and event.data["outcome"] == "cancelled":
            self._status = "cancelled"
        if self._watch.ended is not None:
            self._end(event)
        elif self._watch.pausing:
            self._pause(event)

    def _is_opening(self, event: Event) -> bool:
        return self._id.paused_at is None and event.type == "message.received"

    def _begin(self, event: Event) -> None:
        self._open, self._created_at, self._status = True, event.ts, "in_progress"
        self._usage_before = self._watch.usage
        self._output.tell("response.created", response=self.snapshot())
        self._output.tell("response.in_progress", response=self.snapshot())

    def _pause(self, event: Event) -> None:
        for request in self._watch.approvals.values():
            item = items.approval_request(request)
            self._output.close(self._output.add(item), item)
        self._finish(event, "completed", "response.completed")

    def _end(self, event: Event) -> None:
        self.problem = problem_of_end(event)
        if event.type == "turn.completed":
            self._finish(event, "completed", "response.completed")
        elif event.type == "turn.cancelled":
            self._finish(event, "cancelled", "response.incomplete")
        else:
            self._finish(event, "failed", "response.failed")

    def _finish(self, event: Event, status: str, name: str) -> None:
        self.done, self._status, self._completed_at = True, status, event.ts
        self._output.tell(name, response=self.snapshot())

    def _error(self) -> dict[str, str] | None:
        if self._status != "failed" or self.problem is None:
            return None
        return {"code": self.problem.code, "message": self.problem.message}

    # -- what the model says

    def _model(self, event: Event) -> None:
        if event.type == "model.requested":
            self._answer, self._message = LiveAnswer(event.seq), None
            for delta in self._early.release(event.seq):
                self._delta(delta)
        elif event.type == "model.responded":
            status = "incomplete" if event.data.get("partial") else "completed"
            phase = "commentary" if event.data["tool_calls"] else "final_answer"
            self._answered(event, event.data["text"], status, phase)
        elif event.type == "model.failed":
            text = event.data.get("text", "")
            if event.data["fault"] == INTERRUPTED:
                # Nobody knows whether somebody saw a piece of it: every stream has this item.
                self._message_index(event.data["request"])
            self._answered(event, text, "incomplete")

    def _delta(self, delta: Delta) -> None:
        answer = self._answer
        if not self._open or answer is None or delta.attempt > answer.attempt:
            self._early.keep(delta)
        elif delta.attempt == answer.attempt:
            self._write(answer, answer.take(delta))

    def _write(self, answer: LiveAnswer, text: str) -> None:
        if text:
            self._output.write(self._message_index(answer.attempt), answer, text)

    def _answered(self, event: Event, text: str, status: str, phase: str = "") -> None:
        answer = self._answer or LiveAnswer(event.data["request"])
        self._write(answer, answer.finish(text))
        if self._message is not None:
            self._output.close_message(self._message, answer, status, phase)
        self._answer = self._message = None

    def _message_index(self, attempt: int) -> int:
        if self._message is None:
            self._message = self._output.open_message(f"msg_{self._part}_{attempt}", attempt)
        return self._message

    def _client_call(self, item_id: str, call: Mapping[str, Any]) -> None:
        item = items.function_call(item_id, call)
        begun = {**item, "arguments": "", "status": "in_progress"}
        index = self._output.add(begun)
        place = {"item_id": item_id, "output_index": index}
        arguments = item["arguments"]
        if arguments:
            self._output.tell("response.function_call_arguments.delta", **place, delta=arguments)
        self._output.tell(
            "response.function_call_arguments.done",
            **place,
            name=item["name"],
            arguments=arguments,
        )
        self._output.close(index, item)

    # -- what the server's tools do

    def _tool(self, event: Event) -> None:
        call_id = event.data["call_id"]
        if event.type == "tool.started" and call_id not in self._running:
            self._begin_call(event, event.data["args"], event.data.get("approval_id"))
        elif event.type in ("tool.succeeded", "tool.failed", "tool.unknown"):
            if call_id not in self._running and call_id in self._requested:
                self._begin_call(event, self._requested[call_id].data["args"], None)
            if call_id in self._running:
                self._settle(event, self._running.pop(call_id))

    def _begin_call(self, event: Event, args: Any, approval_id: str | None) -> None:
        item_id = f"mcp_{self._part}_{event.seq}"
        item = items.tool_call(item_id, event.data["tool"], args, approval_id)
        index = self._running[event.data["call_id"]] = self._output.add(item)
        place = {"item_id": item_id, "output_index": index}
        self._output.tell("response.mcp_call.in_progress", **place)
        arguments = item["arguments"]
        self._output.tell("response.mcp_call_arguments.done", **place, arguments=arguments)

    def _settle(self, event: Event, index: int) -> None:
        item = items.settled(self._output.items[index], event)
        ending = {"tool.succeeded": "completed", "tool.failed": "failed"}.get(event.type)
        if ending is not None:
            self._output.tell(f"response.mcp_call.{ending}", item_id=item["id"], output_index=index)
        self._output.close(index, item)

    @property
    def _part(self) -> str:
        return self._watch.turn_id.removeprefix("turn_")
