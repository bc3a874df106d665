"""What a model is shown is a conversation as every provider accepts it, whatever happened."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liteagent.agents.memory import fit
from liteagent.agents.spec import MemorySpec
from liteagent.agents.state import SessionState
from liteagent.agents.transcript import conversation, say
from liteagent.messages import ChatMessage, ToolCall
from liteagent.testing import call, calls
from tests.fixtures.rich import rich_session
from tests.fixtures.rigs import gated


def is_sound(messages: Sequence[ChatMessage]) -> bool:
    """Every call is answered right behind the message that made it, and nothing else is."""
    open_calls: list[str] = []
    for message in messages:
        if message.role == "tool":
            if message.tool_call_id not in open_calls:
                return False
            open_calls.remove(message.tool_call_id)
            continue
        if open_calls:
            return False
        open_calls = [call.id for call in message.tool_calls]
    return not open_calls


async def test_everything_the_model_was_shown_in_a_rich_session_is_sound() -> None:
    async with rich_session() as (rig, _):
        assert len(rig.model.requests) > 20
        for request in rig.model.requests:
            assert request.messages[0].role == "system"
            assert is_sound(request.messages[1:])
            assert request.messages[1].role == "user"
            assert request.messages[-1].role in ("user", "tool")
            assert all(message.content or message.tool_calls for message in request.messages)


said = st.lists(
    st.one_of(
        st.integers(0, 3).map(lambda n: ("user", n)),
        st.integers(0, 3).map(lambda n: ("assistant", n)),
        st.integers(0, 9).map(lambda n: ("tool", n)),
    ),
    max_size=40,
)


def transcript(deeds: Sequence[tuple[str, int]]) -> list[ChatMessage]:
    """Users speak, the model calls `n` tools, and results come in any order, some never."""
    messages: list[ChatMessage] = []
    waiting: list[str] = []
    for index, (role, n) in enumerate(deeds):
        if role == "user":
            messages.append(ChatMessage(role="user", content=f"u{index} " * (10**n)))
        elif role == "assistant":
            made = [ToolCall(id=f"c{index}_{k}", name="t", arguments="{}") for k in range(n)]
            waiting += [call.id for call in made]
            messages.append(
                ChatMessage(role="assistant", content=f"a{index}", tool_calls=tuple(made))
            )
        elif waiting:
            call_id = waiting.pop(n % len(waiting))
            messages.append(
                ChatMessage(role="tool", content=f"r{index}", tool_call_id=call_id, name="t")
            )
    return messages


def shown_of(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """What a model is shown once all of this was said."""
    state = SessionState()
    for seq, message in enumerate(messages, 1):
        state = say(state, seq, message)
    return conversation(state)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(said)
def test_results_in_any_order_make_a_sound_conversation_and_none_is_left_out(
    deeds: Sequence[tuple[str, int]],
) -> None:
    messages = transcript(deeds)
    shown = shown_of(messages)
    assert is_sound(shown)
    text = "\n".join(message.content for message in shown)
    assert all(message.content in text for message in messages)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    said,
    st.sampled_from(["sliding_window", "token_window", "summary"]),
    st.integers(100, 2_000),
    st.integers(1, 10),
)
def test_the_part_that_memory_keeps_is_sound_and_ends_with_the_newest(
    deeds: Sequence[tuple[str, int]], strategy: str, max_tokens: int, max_messages: int
) -> None:
    messages = shown_of([ChatMessage(role="user", content="begin"), *transcript(deeds)])
    memory = MemorySpec.model_validate(
        {"strategy": strategy, "max_tokens": max_tokens, "max_messages": max_messages}
    )
    size = sum(len(message.content) for message in messages)
    kept = fit(messages, memory, lambda text: (len(text) + 3) // 4, size)
    assert kept
    assert is_sound(kept)
    assert kept[0].role == "user"
    assert kept[-1].role == messages[-1].role


@pytest.mark.parametrize("strategy", ["sliding_window", "token_window"])
async def test_a_long_conversation_is_shown_in_part(strategy: str) -> None:
    memory = {"strategy": strategy, "max_messages": 10, "max_tokens": 200}
    async with gated(memory=memory) as rig:
        session = await rig.session()
        for n in range(60):
            await rig.say(session, f"message {n}")
        shown = rig.model.requests[-1].messages
        assert len(shown) <= 50
        assert shown[-1].content == "message 59"
        assert shown[1].role == "user"


async def test_a_turn_in_progress_is_never_cut_off_from_its_question() -> None:
    looks = calls(*(call("look", f"c{n}", name="x" * 400) for n in range(8)))
    async with gated(
        {"see": looks}, memory={"strategy": "sliding_window", "max_messages": 3}
    ) as rig:
        session = await rig.session()
        await rig.say(session, "see")
        shown = rig.model.requests[-1].messages
        assert (shown[1].role, shown[1].content) == ("user", "see")
        assert is_sound(shown[1:])
