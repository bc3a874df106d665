"""The arguments of a call, whichever way they came."""

from __future__ import annotations

import json
from typing import Any, cast

from liteagent.testing.slack.records import Json
from liteagent.testing.slack.refusal import SlackRefusal

_STRUCTURED = frozenset(
    ("attachments", "blocks", "chunks", "files", "metadata", "prompts", "unfurls", "view")
)


class Arguments:
    """Typed access; what is missing or of the wrong kind is refused as `invalid_arguments`."""

    def __init__(self, raw: Json) -> None:
        self.raw = {name: _decoded(name, value) for name, value in raw.items()}

    def text(self, name: str) -> str:
        """A text that must be there."""
        value = self.raw.get(name)
        if value is None or value == "":
            message = f"[ERROR] missing required field: {name}"
            raise SlackRefusal("invalid_arguments", (message,))
        return str(value)

    def maybe(self, name: str) -> str | None:
        """A text, if it is there."""
        value = self.raw.get(name)
        return None if value is None or value == "" else str(value)

    def number(self, name: str, default: int) -> int:
        value = self.raw.get(name, default)
        try:
            return int(value)
        except (TypeError, ValueError):
            raise SlackRefusal("invalid_arguments", (f"[ERROR] not a number: {name}",)) from None

    def flag(self, name: str, default: bool = False) -> bool:
        return str(self.raw.get(name, default)).lower() in ("1", "true")

    def object(self, name: str) -> Json | None:
        """A JSON object, if it is there."""
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, dict):
            raise SlackRefusal("invalid_arguments", (f"[ERROR] must be an object: {name}",))
        return cast("Json", value)

    def list(self, name: str) -> list[Any]:
        """A JSON array; nothing is an empty one."""
        value = self.raw.get(name)
        if value is None or value == "":
            return []
        if not isinstance(value, list):
            error = f"invalid_{name}_format" if name == "blocks" else "invalid_arguments"
            raise SlackRefusal(error, (f"[ERROR] must be an array: {name}",))
        return cast("list[Any]", value)


def _decoded(name: str, value: Any) -> Any:
    if name not in _STRUCTURED or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
