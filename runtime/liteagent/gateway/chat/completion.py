"""A chat completion in one piece, put together from its chunks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from liteagent.gateway.chat.chunks import Chunk


def completion(chunks: Iterable[Chunk], usage: Mapping[str, Any]) -> dict[str, Any]:
    """The `chat.completion` that a client puts together from the same chunks."""
    content, calls, finish, base = "", list[dict[str, Any]](), None, dict[str, Any]()
    for chunk in chunks:
        base = chunk
        for choice in chunk["choices"]:
            delta = choice["delta"]
            content += delta.get("content", "")
            calls += [_whole(call) for call in delta.get("tool_calls", ())]
            finish = choice["finish_reason"] or finish
    message: dict[str, Any] = {
        "role": "assistant",
        "content": None if calls and not content else content,
        "refusal": None,
    }
    if calls:
        message["tool_calls"] = calls
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
    return {
        "id": base["id"],
        "object": "chat.completion",
        "created": base["created"],
        "model": base["model"],
        "choices": [choice],
        "usage": usage,
    }


def _whole(call: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in call.items() if name != "index"}
