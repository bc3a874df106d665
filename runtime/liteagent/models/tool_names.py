"""Names that providers accept: a tool may be called anything here, a provider takes 64 of
`a-z A-Z 0-9 _ -`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

_FORBIDDEN = re.compile(r"[^a-zA-Z0-9_-]")
_CALL_ID_LIMIT = 40
_NAME_LIMIT = 64


def fitted(text: str, limit: int) -> str:
    """`text` where a provider takes it; else made to fit, different texts staying different."""
    safe = _FORBIDDEN.sub("_", text)
    if safe == text and 0 < len(text) <= limit:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{safe[: limit - 9]}_{digest}"


def fitted_call_id(call_id: str) -> str:
    """A tool call's id as every provider takes it, whichever one made it."""
    return fitted(call_id, _CALL_ID_LIMIT)


class ToolNames:
    """The two-way translation of the tool names of one request."""

    def __init__(self, names: Iterable[str]) -> None:
        self._inward = {fitted(name, _NAME_LIMIT): name for name in names}

    def outward(self, name: str) -> str:
        """`name` as the provider is told it."""
        return fitted(name, _NAME_LIMIT)

    def inward(self, name: str) -> str:
        """The tool that the provider means; a name that nobody told it comes back as it is."""
        return self._inward.get(name, name)
