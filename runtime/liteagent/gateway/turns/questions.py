"""What a turn waits for, in words for a client that knows no approvals."""

from __future__ import annotations

import json
from collections.abc import Iterable

from liteagent.events import Event

LONGEST_ARGUMENTS = 2000
"""Characters of a call's arguments that are shown."""


def question_text(requests: Iterable[Event], public_url: str) -> str:
    """One paragraph for each `approval.requested` event: what waits, and where to decide."""
    return "\n\n".join(_question(request, public_url) for request in requests)


def _question(request: Event, public_url: str) -> str:
    data = request.data
    arguments = json.dumps(data["args"], ensure_ascii=False)
    if len(arguments) > LONGEST_ARGUMENTS:
        arguments = f"{arguments[:LONGEST_ARGUMENTS]}…"
    approval_id = data["approval_id"]
    asked = (
        f"Nobody knows whether {data['tool']}({arguments}) has happened"
        if data["kind"] == "unknown_outcome"
        else f"{data['tool']}({arguments}) waits for approval"
    )
    return (
        f"{asked}. Approval {approval_id}: decide with"
        f" `liteagent approvals approve {approval_id}` (or reject), or with"
        f" POST {public_url}/api/approvals/{approval_id}."
    )
