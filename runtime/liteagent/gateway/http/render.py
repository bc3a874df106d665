"""JSON as it leaves the gateway."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response


def to_json(value: Any) -> bytes:
    """ASCII only, so that a lone surrogate in some text cannot break the encoding."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")


class JsonResponse(Response):
    """A response whose content is a JSON value."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return to_json(content)
