"""The body of a response request, as far as an agent heeds it; the rest is ignored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from liteagent.gateway.http.errors import InvalidRequestError
from liteagent.gateway.http.shapes import as_list, as_object
from liteagent.gateway.responses.input import said_of
from liteagent.gateway.turns.identity import Continuing
from liteagent.gateway.turns.prompt import Prompt, prompt_of

Item = Mapping[str, Any]


class ConversationRef(BaseModel):
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A person's word on an approval, as an `mcp_approval_response` says it."""

    approval_id: str
    approve: bool
    reason: str


class ResponseRequest(Continuing):
    model: str | None = None
    input: Any = ""
    instructions: str | None = None
    stream: bool | None = None
    background: bool | None = None
    previous_response_id: str | None = None
    conversation: str | ConversationRef | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: Any = None
    parallel_tool_calls: bool | None = None
    metadata: dict[str, str] | None = None

    @property
    def conversation_id(self) -> str | None:
        found = self.conversation
        return found.id if isinstance(found, ConversationRef) else found

    def check(self) -> None:
        """Raises `InvalidRequestError` for fields that contradict each other."""
        if self.previous_response_id and self.conversation:
            raise InvalidRequestError(
                "Send previous_response_id or conversation, not both.", field="conversation"
            )

    def answers(self) -> Sequence[Answered]:
        """The decisions that the input ends with; earlier ones are history."""
        items = self._items()
        first = len(items)
        while first and items[first - 1].get("type") == "mcp_approval_response":
            first -= 1
        return [_answered(item, f"input[{first + i}]") for i, item in enumerate(items[first:])]

    def prompt(self) -> Prompt:
        """The conversation, instructions first."""
        said = said_of(self._items())
        if self.instructions:
            said = [{"role": "system", "content": self.instructions}, *said]
        return prompt_of(said, "input")

    def _items(self) -> Sequence[Item]:
        if isinstance(self.input, str):
            return [{"role": "user", "content": self.input}]
        items = [as_object(item) for item in as_list(self.input) or ()]
        if not items or None in items:
            raise InvalidRequestError("input: text, or a list of items.", field="input")
        return [item for item in items if item is not None]

    def echo(self) -> dict[str, Any]:
        """What the response repeats of the request."""
        return self.model_dump(
            include={
                "instructions",
                "metadata",
                "previous_response_id",
                "parallel_tool_calls",
                "tool_choice",
                "tools",
                "background",
            },
            exclude_none=True,
        )


def _answered(item: Item, place: str) -> Answered:
    approval_id, approve = item.get("approval_request_id"), item.get("approve")
    if not isinstance(approval_id, str) or not isinstance(approve, bool):
        raise InvalidRequestError(
            f"{place}: an mcp_approval_response needs approval_request_id and approve.", field=place
        )
    return Answered(approval_id=approval_id, approve=approve, reason=str(item.get("reason") or ""))
