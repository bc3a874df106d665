"""What an earlier release journaled, this one folds to the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from liteagent.agents.fold import fold
from liteagent.agents.state import SessionState
from liteagent.agents.transcript import PENDING, conversation
from liteagent.events import Draft, Event
from liteagent.journal import Append
from liteagent.messages import ChatMessage
from tests.fixtures.rigs import gated

LOGS = sorted((Path(__file__).parents[1] / "fixtures" / "logs").glob("*.jsonl"))


def read(path: Path) -> tuple[list[Event], dict[str, Any]]:
    events = [Event.from_json(json.loads(line)) for line in path.read_text("ascii").splitlines()]
    return events, json.loads(path.with_suffix(".json").read_text("ascii"))


def told(message: ChatMessage) -> str:
    """What was said, without the frame in which a model is told of a late result."""
    return re.sub(r"\A\[Result of \S+, which you called earlier\]\n", "", message.content)


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.stem)
async def test_a_log_of_an_earlier_release_folds_to_what_it_meant_then(path: Path) -> None:
    events, expected = read(path)
    state = SessionState()
    for event in events:
        state = fold(state, event)
    said = [told(message) for message in conversation(state) if message.content != PENDING]
    assert sorted(said) == sorted(content for _, content in expected["said"])


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.stem)
async def test_a_session_of_an_earlier_release_goes_on(path: Path) -> None:
    events, expected = read(path)
    async with gated() as rig:
        row = await rig.journal.claim("session/old", "an older process", 0.0)
        await rig.journal.append(
            Append(
                entity="session/old",
                epoch=row.epoch,
                expected_seq=0,
                ts=0.0,
                drafts=[Draft(event.type, event.data) for event in events],
                head=row.head,
            )
        )
        await rig.say("old", "hello")
        log = await rig.log("old")
        assert [event.type for event in log[-2:]] == ["message.sent", "turn.completed"]
        pending = [item["id"] for item in await rig.inbox.pending()]
        assert pending == expected["pending"]
        assert await rig.status("old") == expected["status"]
