"""Journals of one turn as a session writes them, made at random, and the frames around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from liteagent.events import Delta, Event
from liteagent.kernel import Frame

TURN = "turn_01abc"
OTHER = "turn_02def"
USAGE = {"input_tokens": 11, "output_tokens": 7, "cached_tokens": 3, "estimated": False}
BY = {"id": "ann", "name": "Ann"}


@dataclass(kw_only=True)
class Attempt:
    """One model call: what it said, and how much of it a live watcher saw before it failed."""

    seq: int
    text: str
    outcome: str


@dataclass
class Journal:
    """Grows event by event."""

    events: list[Event] = field(default_factory=list)
    attempts: dict[int, Attempt] = field(default_factory=dict)
    calls: int = 0

    def add(self, name: str, turn_id: str = TURN, **data: Any) -> int:
        seq = len(self.events) + 1
        event = Event(seq=seq, type=name, ts=1e9 + seq, data={"turn_id": turn_id, **data}, epoch=1)
        self.events.append(event)
        return seq

    def message(self, turn_id: str = TURN) -> None:
        self.add("message.received", turn_id, message_id=f"msg_{turn_id}", text="do", principal=BY)

    def attempt(self, text: str, outcome: str) -> int:
        seq = self.add("model.requested", model="scripted/m", iteration=1)
        self.attempts[seq] = Attempt(seq=seq, text=text, outcome=outcome)
        return seq

    def fail(self, text: str, fault: str) -> None:
        request = self.attempt(text, fault)
        told = {"text": text} if text and fault != "interrupted" else {}
        self.add("model.failed", request=request, fault=fault, message="no", **told)

    def respond(self, text: str, client: Sequence[Mapping[str, Any]] = (), **more: Any) -> None:
        request = self.attempt(text, "responded")
        data = {"finish_reason": "stop", "usage": USAGE, "cost_usd": 0.0, "tool_calls": [], **more}
        if client:
            data["client_calls"] = list(client)
        self.add("model.responded", request=request, text=text, **data)

    def request(self) -> dict[str, Any]:
        self.calls += 1
        call = {"call_id": f"call_{self.calls}", "tool": "restart"}
        self.add("tool.requested", **call, args={"name": "web"}, effect="unsafe")
        return call

    def ask(self, call: Mapping[str, Any], kind: str = "tool") -> dict[str, Any]:
        approval = {**call, "approval_id": f"apr_{len(self.events)}"}
        self.add("approval.requested", **approval, kind=kind, args={"name": "web"}, note="")
        return approval

    def start(self, call: Mapping[str, Any]) -> None:
        self.add("tool.started", **call, args={"name": "web"}, digest="d", attempt=1)


@st.composite
def journals(draw: st.DrawFn) -> Journal:
    """A turn from its message to its end, with another turn's events strewn in."""
    journal = Journal()
    journal.message()
    journal.add("turn.started")
    for _ in range(draw(st.integers(0, 2))):
        _round(draw, journal)
    _failures(draw, journal)
    ending = draw(st.sampled_from(["completed", "client", "cancelled", "failed"]))
    text = draw(texts)
    if ending == "cancelled":
        journal.add("cancel.requested", outcome="cancelled", kind="cancelled", message="stop")
        journal.respond(text, partial=True)
        journal.add("turn.cancelled", reason="Somebody stopped it.", by=BY)
    elif ending == "failed":
        error = {"kind": "max_seconds", "message": "too long"}
        journal.add("turn.failed", error=error)
    else:
        calls = [{"id": "c1", "name": "weather", "arguments": '{"city": "Ulm"}'}]
        handed = {"tool_calls": calls} if ending == "client" else {}
        journal.respond(text or "ok", calls if handed else ())
        if handed and draw(st.booleans()):
            _run(draw, journal)
        journal.add("message.sent", message_id="msg_9", text=text or "ok", **handed)
        journal.add("turn.completed", iterations=1, usage={}, cost_usd=0.0)
    return journal


texts = st.text(st.sampled_from("abc\n\ud800é😀"), max_size=12)


def _round(draw: st.DrawFn, journal: Journal) -> None:
    """An answer that calls tools, and what becomes of them, in any order."""
    _failures(draw, journal)
    journal.respond(draw(texts))
    _run(draw, journal)


def _run(draw: st.DrawFn, journal: Journal) -> None:
    calls = [journal.request() for _ in range(draw(st.integers(1, 3)))]
    if draw(st.booleans()):
        journal.message(OTHER)
    steps = [_fate(draw, journal, call) for call in calls]
    while steps:
        step = draw(st.sampled_from(steps))
        try:
            next(step)
        except StopIteration:
            steps.remove(step)


def _failures(draw: st.DrawFn, journal: Journal) -> None:
    for _ in range(draw(st.integers(0, 2))):
        journal.fail(draw(texts), draw(st.sampled_from(["transient", "interrupted"])))


def _fate(draw: st.DrawFn, journal: Journal, call: dict[str, Any]) -> Any:
    fate = draw(st.sampled_from(["runs", "breaks", "approved", "rejected", "expires", "unknown"]))
    if fate not in ("runs", "breaks", "unknown"):
        approval = journal.ask(call)
        yield
        if fate == "expires":
            journal.add("approval.expired", **approval, reason="expired")
            approval = journal.ask(call)
            yield
        if draw(st.booleans()):
            journal.add("approval.decided", **approval, decision="approve", by=BY, final=False)
            yield
        decision = "reject" if fate == "rejected" else "approve"
        journal.add("approval.decided", **approval, decision=decision, by=BY, final=True)
    if fate != "rejected":
        journal.start(call)
        yield
    if fate == "unknown":
        journal.add("tool.unknown", **call, reason="died")
        approval = journal.ask(call, "unknown_outcome")
        yield
        journal.add("approval.decided", **approval, decision="approve", by=BY, final=True)
        journal.start(call)
        yield
    if fate in ("breaks", "rejected"):
        journal.add("tool.failed", **call, error={"kind": "crashed", "message": "it broke"})
    else:
        journal.add("tool.succeeded", **call, result={"ok": True})


@st.composite
def live(draw: st.DrawFn, journal: Journal, *, seen: bool = False) -> list[Frame]:
    """The journal as a watcher sees it who was there from the start: with deltas in between, some
    repeated. Of an attempt whose host died only a beginning may have been shown.
    """
    frames: list[Frame] = []
    for event in journal.events:
        frames.append(event)
        attempt = journal.attempts.get(event.seq)
        if attempt is not None:
            frames.extend(_deltas(draw, attempt))
    return frames


def _deltas(draw: st.DrawFn, attempt: Attempt) -> list[Delta]:
    text = attempt.text
    if attempt.outcome in ("responded", "interrupted"):
        text = text[: draw(st.integers(0, len(text)))]
    deltas: list[Delta] = []
    start = 0
    while start < len(text):
        end = draw(st.integers(start + 1, len(text)))
        again = draw(st.integers(0, start)) if draw(st.booleans()) else start
        deltas.append(Delta(turn_id=TURN, attempt=attempt.seq, offset=again, text=text[again:end]))
        start = end
    return deltas
