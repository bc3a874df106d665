"""A session's frames as a person reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from liteagent.agents.live_answer import LiveAnswer
from liteagent.cli.doors import Live
from liteagent.cli.output import Printer
from liteagent.cli.words import call_text, result_text, shortened
from liteagent.events import Delta, Event

DONE = {
    "approve": "approved",
    "edit": "changed and approved",
    "reject": "rejected",
    "respond": "answered in place of",
    "cancel": "took back the question about",
}
"""What somebody did to a tool's call, by decision."""


class Renderer:
    """Shows answers on one printer, and what happens besides on another, if that is a terminal.

    Answers are shown as they come, or with `streams=False` only the last of an own turn, when it is
    complete. With a `speaker` each one is labelled with it, the demo model's also with `demo`.
    """

    def __init__(
        self, answers: Printer, notes: Printer, *, speaker: str = "", streams: bool = True
    ) -> None:
        self._answers, self._notes = answers, notes
        self._speaker, self._streams = speaker, streams
        self._answer: LiveAnswer | None = None
        self._model = ""
        self._is_mid_line = False
        self._own: set[int | str] = set()
        self._kinds: Mapping[str, Callable[[Event], None]] = {
            "message.received": self._received,
            "model.requested": self._model_requested,
            "model.responded": self._model_responded,
            "model.failed": self._model_failed,
            "message.sent": self._sent,
            "tool.started": self._tool_started,
            "tool.succeeded": self._tool_succeeded,
            "tool.failed": self._tool_failed,
            "approval.decided": self._approval_decided,
            "approval.expired": self._approval_expired,
            "turn.failed": self._turn_failed,
            "turn.cancelled": self._turn_cancelled,
        }

    def expect(self, *own: int | str) -> None:
        """What is this terminal's own: messages (by seq) and decisions (by approval id), which need
        no echo, and turns (by id), whose answers are the ones that are shown without streaming.
        """
        self._own.update(own)

    def show(self, frame: Live) -> None:
        """Print what a frame says, if it says anything to a person."""
        if isinstance(frame, Delta):
            if self._streams:
                self._stream(self._live(frame.attempt).take(frame))
        elif isinstance(frame, Event):
            self._kinds.get(frame.type, _nothing)(frame)
        else:
            self._note(f"  … {shortened(frame.text)}", "dim")

    # -- answers

    def _live(self, attempt: int) -> LiveAnswer:
        if self._answer is None or self._answer.attempt != attempt:
            self._end_line()
            self._answer = LiveAnswer(attempt)
        return self._answer

    def _stream(self, text: str) -> None:
        if not text:
            return
        assert self._answer is not None
        if self._speaker and self._answer.length == len(text):
            demo = " (demo)" if self._model.startswith("demo/") else ""
            self._answers.write(f"{self._speaker}{demo} › ", "bold cyan")
        self._answers.write(text)
        self._is_mid_line = not text.endswith("\n")

    def _model_requested(self, event: Event) -> None:
        self._model = event.data["model"]
        if event.data.get("retry"):
            self._note(f"  asking {self._model}", "dim")

    def _model_responded(self, event: Event) -> None:
        if self._streams:
            self._stream(self._live(event.data["request"]).finish(event.data["text"]))
            self._end_line()

    def _sent(self, event: Event) -> None:
        if not self._streams and event.data["turn_id"] in self._own:
            self._answers.line(event.data["text"])

    def _model_failed(self, event: Event) -> None:
        self._note(f"  {event.data['model']}: {shortened(event.data['message'])}", "yellow")

    # -- what happens besides

    def _received(self, event: Event) -> None:
        if event.seq not in self._own:
            who = event.data["principal"].get("name") or event.data["principal"]["id"]
            self._note(f"{who} › {event.data['text']}", "bold")

    def _tool_started(self, event: Event) -> None:
        self._note(f"  · {call_text(event.data['tool'], event.data['args'])}", "dim")

    def _tool_succeeded(self, event: Event) -> None:
        result = shortened(result_text(event.data["result"]))
        self._note(f"  ✓ {event.data['tool']} → {result}", "green")

    def _tool_failed(self, event: Event) -> None:
        message = shortened(event.data["error"]["message"])
        self._note(f"  ✗ {event.data['tool']}: {message}", "red")

    def _approval_decided(self, event: Event) -> None:
        data = event.data
        if data["approval_id"] not in self._own:
            who = data["by"].get("name") or data["by"]["id"]
            more = "" if data.get("final", True) else "; it needs more votes"
            self._note(f"  {who} {DONE[data['decision']]} {data['tool']}{more}", "dim")

    def _approval_expired(self, event: Event) -> None:
        self._note(f"  nobody decided {event.data['tool']} in time", "yellow")

    def _turn_failed(self, event: Event) -> None:
        self._end_line()
        self._notes.line(f"The turn failed: {event.data['error']['message']}", "red")

    def _turn_cancelled(self, event: Event) -> None:
        self._note("  stopped", "dim")

    def _note(self, text: str, style: str) -> None:
        if self._notes.is_terminal:
            self._end_line()
            self._notes.line(text, style)

    def _end_line(self) -> None:
        if self._is_mid_line:
            self._answers.line()
            self._is_mid_line = False


def _nothing(event: Event) -> None:
    """Most events say nothing to a person."""
