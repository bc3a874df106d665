"""What a tool is told about its call, and the secrets it may read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liteagent.principal import LOCAL
from liteagent.tools import Secrets, ToolContext


def test_the_idempotency_key_belongs_to_session_and_call(ctx: ToolContext) -> None:
    again = ToolContext(session_id="ses_1", turn_id="turn_9", call_id="call_1", principal=LOCAL)

    assert len(ctx.idempotency_key) == 32
    assert again.idempotency_key == ctx.idempotency_key
    for other in ({"session_id": "ses_2"}, {"call_id": "call_2"}):
        assert replace(ctx, idempotency_key="", **other).idempotency_key != ctx.idempotency_key


async def test_progress_may_be_awaited_and_need_not_be(ctx: ToolContext) -> None:
    told: list[str] = []
    listening = replace(ctx, report=told.append)

    listening.progress("one")
    await listening.progress("two")

    assert told == ["one", "two"]
    await ctx.progress("to nobody")


def test_secrets_are_those_that_were_declared_and_are_set() -> None:
    secrets = Secrets.read(["TOKEN", "UNSET"], {"TOKEN": "hunter2", "OTHER": "x"})

    assert dict(secrets) == {"TOKEN": "hunter2"}
    assert secrets.get("OTHER") is None
    with pytest.raises(KeyError, match="declare it with"):
        _ = secrets["OTHER"]


def test_secrets_show_in_no_repr(ctx: ToolContext) -> None:
    holding = replace(ctx, secrets=Secrets({"TOKEN": "hunter2"}))

    assert "hunter2" not in repr(holding)
    assert "TOKEN=***" in repr(holding)
