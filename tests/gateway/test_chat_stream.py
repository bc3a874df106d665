"""Whatever a session does, every frame of a chat completion is a chunk that clients accept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.chat import ChatCompletionChunk

from liteagent.events import Delta
from liteagent.gateway.chat.chunks import ChatStream
from liteagent.kernel import Frame, Progress
from tests.gateway.journals import TURN, USAGE, Journal, journals, live


def completion(*, include_usage: bool = False) -> ChatStream:
    return ChatStream(
        TURN, completion_id="chatcmpl-1", created=7, model="ops", include_usage=include_usage
    )


def told(frames: Iterable[Frame], stream: ChatStream | None = None) -> list[dict[str, Any]]:
    stream = stream or completion()
    return [stream.opening(), *(chunk for frame in frames for chunk in stream.feed(frame))]


def content(chunks: Iterable[dict[str, Any]]) -> str:
    return "".join(
        choice["delta"].get("content", "") for chunk in chunks for choice in chunk["choices"]
    )


def answered(*texts: str) -> Journal:
    """A turn in which the model says these texts, one after another."""
    journal = Journal()
    journal.message()
    for text in texts:
        journal.respond(text)
    journal.add("turn.completed", iterations=1, usage={}, cost_usd=0.0)
    return journal


@settings(deadline=None)
@given(st.data())
def test_every_frame_is_a_valid_chunk_and_only_the_last_one_ends_it(data: st.DataObject) -> None:
    journal = data.draw(journals())
    stream = completion()
    chunks = told(data.draw(live(journal)), stream)

    for chunk in chunks:
        parsed = ChatCompletionChunk.model_validate(chunk, strict=True)
        assert len(parsed.choices) == 1
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    endings = [chunk["choices"][0]["finish_reason"] for chunk in chunks]
    assert not any(endings[:-1])
    assert stream.done
    assert (endings[-1] is None) == (stream.problem is not None)


@settings(deadline=None)
@given(st.data())
def test_without_failures_the_content_is_the_journaled_answers(data: st.DataObject) -> None:
    texts = data.draw(st.lists(st.text("ab\n", max_size=6), min_size=1, max_size=4))
    journal = answered(*texts)
    want = "\n\n".join(filter(None, texts))
    assert content(told(data.draw(live(journal)))) == want
    assert content(told(journal.events)) == want


@settings(deadline=None)
@given(st.data())
def test_an_attempt_that_took_over_is_read_whole_at_the_end_of_the_content(
    data: st.DataObject,
) -> None:
    journal = Journal()
    journal.message()
    for text in data.draw(st.lists(st.text("ab", max_size=4), max_size=3)):
        journal.fail(text, "interrupted")
    final = data.draw(st.text("ab", min_size=1, max_size=5))
    journal.respond(final)
    journal.add("turn.completed", iterations=1, usage={}, cost_usd=0.0)

    said = content(told(data.draw(live(journal))))

    assert said.endswith(final)
    assert said.split("\n\n")[-1] == final


EVENTS: dict[str, dict[str, Any]] = {
    "session.created": {"agent": "ops"},
    "message.received": {"message_id": "m", "text": "t", "principal": {"id": "a"}},
    "turn.started": {},
    "model.requested": {"model": "m", "iteration": 1},
    "model.responded": {
        "request": 1,
        "text": "hi",
        "tool_calls": [],
        "finish_reason": "stop",
        "usage": USAGE,
    },
    "model.failed": {"request": 1, "fault": "transient", "message": "no"},
    "tool.requested": {"call_id": "c", "tool": "t", "args": {}},
    "tool.started": {"call_id": "c", "tool": "t", "args": {}},
    "tool.interrupted": {"call_id": "c"},
    "tool.unknown": {"call_id": "c", "tool": "t"},
    "tool.succeeded": {"call_id": "c", "tool": "t", "result": 1},
    "tool.failed": {"call_id": "c", "tool": "t", "error": {"kind": "k", "message": "m"}},
    "approval.requested": {
        "call_id": "c",
        "approval_id": "a",
        "tool": "t",
        "kind": "tool",
        "args": {},
    },
    "approval.decided": {"call_id": "c", "approval_id": "a", "final": True},
    "approval.expired": {"call_id": "c", "approval_id": "a"},
    "message.sent": {"message_id": "m", "text": "hi"},
    "cancel.requested": {"outcome": "cancelled"},
    "turn.completed": {},
    "turn.failed": {"error": {"kind": "timeout", "message": "m"}},
    "turn.cancelled": {"reason": "stopped"},
    "node.started": {"node": "n"},
    "timer.fired": {},
    "something.new": {},
}


@pytest.mark.parametrize("name", EVENTS)
def test_the_golden_matrix(name: str) -> None:
    journal = Journal()
    journal.message()
    journal.add(name, **EVENTS[name])
    live_frames: list[Frame] = [
        Delta(turn_id=TURN, attempt=9, offset=0, text="x"),
        Progress(turn_id=TURN, call_id="c", text="50 %"),
    ]
    for chunk in told([*journal.events, *live_frames], completion(include_usage=True)):
        parsed = ChatCompletionChunk.model_validate(chunk, strict=True)
        assert parsed.choices or parsed.usage


def test_the_servers_tools_are_never_told_and_the_clients_are() -> None:
    journal = Journal()
    journal.message()
    journal.respond("Let me look.")
    call = journal.request()
    journal.start(call)
    journal.add("tool.succeeded", **call, result="up")
    weather = {"id": "c1", "name": "weather", "arguments": "{}"}
    journal.respond("", [weather])
    journal.add("message.sent", message_id="msg_9", text="", tool_calls=[weather])
    journal.add("turn.completed", iterations=2, usage={}, cost_usd=0.0)

    chunks = told(journal.events)

    calls = [
        call
        for chunk in chunks
        for choice in chunk["choices"]
        for call in choice["delta"].get("tool_calls", ())
    ]
    function = {"name": "weather", "arguments": "{}"}
    assert calls == [{"index": 0, "id": "c1", "type": "function", "function": function}]
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_waiting_for_a_person_ends_the_completion_with_where_to_decide() -> None:
    journal = Journal()
    journal.message()
    journal.respond("I need to restart it.")
    approval = journal.ask(journal.request())

    chunks = told(journal.events)

    said = content(chunks)
    assert said.startswith("I need to restart it.\n\nrestart({")
    assert f"/api/approvals/{approval['approval_id']}" in said
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"


def test_usage_is_the_sum_over_the_model_calls_and_comes_last_without_choices() -> None:
    chunks = told(answered("a", "b").events, completion(include_usage=True))
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["prompt_tokens"] == 22
    assert chunks[-1]["usage"]["total_tokens"] == 36
    assert all(chunk["usage"] is None for chunk in chunks[:-1])


def test_a_turn_that_fails_has_no_ending_but_a_problem() -> None:
    journal = Journal()
    journal.message()
    error = {"kind": "rate_limited", "message": "slow down"}
    journal.add("turn.failed", error=error)
    stream = completion()
    told(journal.events, stream)
    assert stream.problem is not None
    assert (stream.problem.status, stream.problem.code) == (429, "rate_limit_exceeded")
    assert not stream.problem.retryable
