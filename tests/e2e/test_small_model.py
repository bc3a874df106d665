"""Conversations with a real language model, over three protocols."""

from __future__ import annotations

import pytest
from openai import AsyncOpenAI

from tests.e2e.client import Native, answers, sent

pytestmark = pytest.mark.usefixtures("smollm")


@pytest.mark.parametrize("agent", ["small-local", "small-openai", "small-anthropic"])
async def test_a_conversation_is_streamed_and_journaled_as_it_was_told(
    openai: AsyncOpenAI, native: Native, agent: str
) -> None:
    used: list[int] = []
    for text in ("Say hello.", "Say it again."):
        stream = await openai.chat.completions.create(
            model=agent,
            messages=[{"role": "user", "content": text}],
            stream=True,
            stream_options={"include_usage": True},
            extra_headers={"X-Session-Id": f"with-{agent}"},
        )
        *spoken, last = [chunk async for chunk in stream]

        told = "".join(chunk.choices[0].delta.content or "" for chunk in spoken)
        journal = await native.journal(f"with-{agent}")
        assert told.strip()
        assert told == sent(journal) == "".join(answers(journal))
        (usage,) = [e.data["usage"] for e in journal if e.type == "model.responded"][-1:]
        assert last.usage is not None
        assert last.usage.prompt_tokens == usage["input_tokens"] > 0
        assert last.usage.completion_tokens == usage["output_tokens"] > 0
        used.append(usage["input_tokens"])

    assert used[1] > used[0]
