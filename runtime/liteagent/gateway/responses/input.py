"""Input items of a response request, as the messages of a conversation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from liteagent.gateway.http.errors import InvalidRequestError
from liteagent.gateway.turns.content import text_of
from liteagent.gateway.turns.prompt import Said

Item = Mapping[str, Any]

_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
_PASSED_OVER = frozenset(
    {"reasoning", "mcp_approval_request", "mcp_approval_response", "mcp_list_tools"}
)
"""What a client repeats of the server's own output and what no model needs to read again."""


def said_of(items: Sequence[Item]) -> list[Said]:
    """The messages. Raises `InvalidRequestError` for an item that an agent cannot take."""
    said: list[Said] = []
    for index, item in enumerate(items):
        place = f"input[{index}]"
        kind = item.get("type", "message")
        reader = _READERS.get(kind)
        if reader is not None:
            reader(said, item, place)
        elif kind not in _PASSED_OVER:
            raise InvalidRequestError(
                f"{place}: items of type {kind!r} are not supported.", field=place
            )
    return said


def _message(said: list[Said], item: Item, place: str) -> None:
    role = _ROLES.get(str(item.get("role")))
    if role is None:
        known = ", ".join(_ROLES)
        raise InvalidRequestError(f"{place}.role can be {known}.", field=f"{place}.role")
    said.append({"role": role, "content": text_of(item.get("content"), f"{place}.content")})


def _called(said: list[Said], item: Item, place: str) -> None:
    _add_call(said, _text(item, "call_id", place), item, place)


def _outcome(said: list[Said], item: Item, place: str) -> None:
    call_id, output = _text(item, "call_id", place), item.get("output")
    content = text_of(output, f"{place}.output")
    said.append({"role": "tool", "tool_call_id": call_id, "content": content})


def _server_call(said: list[Said], item: Item, place: str) -> None:
    """A call that the server ran, repeated by a client that keeps the conversation itself."""
    call_id = _text(item, "id", place)
    _add_call(said, call_id, item, place)
    content = str(item.get("output") or item.get("error") or "")
    said.append({"role": "tool", "tool_call_id": call_id, "content": content})


def _add_call(said: list[Said], call_id: str, item: Item, place: str) -> None:
    call = {
        "id": call_id,
        "name": _text(item, "name", place),
        "arguments": str(item.get("arguments") or "{}"),
    }
    if said and said[-1]["role"] == "assistant":
        said[-1].setdefault("tool_calls", []).append(call)
    else:
        said.append({"role": "assistant", "content": "", "tool_calls": [call]})


def _text(item: Item, name: str, place: str) -> str:
    value = item.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidRequestError(f"{place}.{name} is missing.", field=f"{place}.{name}")
    return value


_READERS: Mapping[str, Callable[[list[Said], Item, str], None]] = {
    "message": _message,
    "function_call": _called,
    "function_call_output": _outcome,
    "mcp_call": _server_call,
}
