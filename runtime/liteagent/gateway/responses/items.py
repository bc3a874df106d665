"""Output items of a response, as the OpenAI protocol has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from liteagent.events import Event

Item = dict[str, Any]
LABEL = "liteagent"
"""The `server_label` of tools that the server runs, and of the approvals they need."""


def text_part(text: str) -> Item:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def message(item_id: str, text: str | None, status: str, phase: str = "") -> Item:
    """An answer's text; None before it has begun. `phase` is `commentary` or `final_answer`, once
    it is known which.
    """
    item: Item = {
        "id": item_id,
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": [] if text is None else [text_part(text)],
    }
    return {**item, "phase": phase} if phase else item


def function_call(item_id: str, call: Mapping[str, Any]) -> Item:
    """A call that the client is to run."""
    return {
        "id": item_id,
        "type": "function_call",
        "call_id": call["id"],
        "name": call["name"],
        "arguments": call["arguments"],
        "status": "completed",
    }


def tool_call(item_id: str, name: str, args: Any, approval_id: str | None) -> Item:
    """A call that the server runs, when it begins."""
    return {
        "id": item_id,
        "type": "mcp_call",
        "server_label": LABEL,
        "name": name,
        "arguments": as_json(args),
        "approval_request_id": approval_id,
        "status": "in_progress",
        "output": None,
        "error": None,
    }


def settled(item: Item, event: Event) -> Item:
    """A server's call with its outcome, from `tool.succeeded`, `tool.failed` or `tool.unknown`."""
    if event.type == "tool.unknown":
        return {**item, "status": "incomplete"}
    if event.type == "tool.failed":
        content = [{"type": "text", "text": event.data["error"]["message"]}]
        error = {"type": "mcp_tool_execution_error", "content": content}
        return {**item, "status": "failed", "error": error}
    result = event.data["result"]
    output = result if isinstance(result, str) else as_json(result)
    return {**item, "status": "completed", "output": output}


def approval_request(request: Event) -> Item:
    """A question to a person; answered by an `mcp_approval_response` with its id."""
    return {
        "id": request.data["approval_id"],
        "type": "mcp_approval_request",
        "server_label": LABEL,
        "name": request.data["tool"],
        "arguments": as_json(request.data["args"]),
    }


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
