"""A response's events are a function of the journal: cut anywhere and resumed, nothing differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openai import omit
from openai._models import construct_type
from openai.lib.streaming.responses._responses import ResponseStreamState
from openai.types.responses import ResponseStreamEvent

from liteagent.agents.turn_watch import TurnWatch
from liteagent.events import Event
from liteagent.gateway.responses.ids import ResponseId
from liteagent.gateway.responses.numbers import unseen
from liteagent.gateway.responses.stream import ResponseStream
from liteagent.kernel import Frame
from tests.gateway.journals import TURN, Journal, journals, live


def told(frames: Iterable[Frame], paused_at: int | None = None) -> list[dict[str, Any]]:
    stream = ResponseStream(ResponseId(TURN, paused_at), model="ops", conversation="s", echo={})
    return [event for frame in frames for event in stream.feed(frame)]


def pauses(journal: Journal) -> list[int | None]:
    """Where each response of the turn begins."""
    watch, found = TurnWatch(TURN), list[int | None]([None])
    for event in journal.events:
        watch.feed(event)
        if watch.pausing:
            found.append(event.seq)
    return found


def joined(events: Iterable[dict[str, Any]]) -> dict[str, str]:
    """The text of each item, from its deltas."""
    text: defaultdict[str, str] = defaultdict(str)
    for event in events:
        if event["type"] == "response.output_text.delta":
            text[event["item_id"]] += event["delta"]
    return text


def journaled(journal: Journal) -> dict[str, str]:
    return {
        f"msg_01abc_{attempt.seq}": attempt.text
        for attempt in journal.attempts.values()
        if attempt.text and attempt.outcome != "interrupted"
    }


@settings(deadline=None)
@given(st.data())
def test_cut_anywhere_and_resumed_from_the_journal_the_text_is_the_journaled_one(
    data: st.DataObject,
) -> None:
    journal = data.draw(journals())
    want = journaled(journal)
    found: dict[str, str] = {}
    for start in pauses(journal):
        first = told(data.draw(live(journal)), start)
        cut = data.draw(st.integers(0, len(first) - 1))
        resumed = list(unseen(told(journal.events, start), first[cut]["sequence_number"]))
        events = first[: cut + 1] + resumed
        found |= joined(events)

        numbers = [event["sequence_number"] for event in events]
        assert numbers == sorted(set(numbers))
        assert numbers[-1] < 2**53
        assert events[-1]["type"] == first[-1]["type"]
    assert {item: text for item, text in found.items() if item in want} == want


@settings(deadline=None)
@given(st.data())
def test_a_watcher_who_comes_late_sees_what_one_saw_who_was_there(data: st.DataObject) -> None:
    journal = data.draw(journals())
    for start in pauses(journal):
        there = told(data.draw(live(journal)), start)
        late = told(journal.events, start)
        assert shapes(there) == shapes(late)


def shapes(events: Iterable[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (event["sequence_number"], event["type"], event.get("output_index"), event.get("item_id"))
        for event in events
        if event["type"] != "response.output_text.delta"
    ]


@settings(deadline=None)
@given(st.data())
def test_the_official_client_accepts_every_stream(data: st.DataObject) -> None:
    journal = data.draw(journals())
    for start in pauses(journal):
        state = ResponseStreamState[Any](input_tools=omit, text_format=omit)
        last: Any = None
        for event in told(data.draw(live(journal)), start):
            parsed: Any = construct_type(type_=ResponseStreamEvent, value=event)
            assert parsed.type == event["type"]
            for last in state.handle_event(parsed):
                assert last.sequence_number == event["sequence_number"]
        assert last.response.status in ("completed", "failed", "cancelled")
        assert all(item.status != "in_progress" for item in finished(last.response.output))


def finished(output: Iterable[Any]) -> list[Any]:
    return [item for item in output if item.type != "mcp_approval_request"]


@settings(deadline=None)
@given(journals())
def test_the_responses_of_a_turn_share_its_output_among_them(journal: Journal) -> None:
    starts = pauses(journal)
    final = [told(journal.events, start)[-1]["response"] for start in starts]
    items = [item for response in final for item in response["output"]]
    calls = [item for item in items if item["type"] == "mcp_call"]
    settled = [e for e in journal.events if e.type in ("tool.succeeded", "tool.failed")]
    unknown = [e for e in journal.events if e.type == "tool.unknown"]
    assert len(calls) == len(settled) + len(unknown)
    assert all(response["status"] == "completed" for response in final[:-1])
    assert all(response["output"][-1]["type"] == "mcp_approval_request" for response in final[:-1])


def test_an_attempt_whose_host_died_is_closed_as_incomplete_before_the_next_begins() -> None:
    journal = Journal()
    journal.message()
    journal.fail("Hel", "interrupted")
    journal.respond("Hello")
    journal.add("turn.completed", iterations=1, usage={}, cost_usd=0.0)

    output = told(journal.events)[-1]["response"]["output"]

    assert [(item["status"], item["content"][0]["text"]) for item in output] == [
        ("incomplete", ""),
        ("completed", "Hello"),
    ]


def test_another_turns_events_are_not_told() -> None:
    journal = Journal()
    journal.message("turn_other")
    assert told(journal.events) == []
    assert isinstance(journal.events[0], Event)
