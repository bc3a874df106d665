"""JSON as it leaves the gateway."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

_VISIBLE = "".join(map(chr, range(0x21, 0x7F)))


def to_json(value: Any) -> bytes:
    """ASCII only, so that a lone surrogate in some text cannot break the encoding."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def header_value(text: str) -> str:
    """`text` as a header can carry it: what is no visible ASCII is percent-encoded."""
    return quote(text, safe=_VISIBLE)


class JsonResponse(Response):
    """A response whose content is a JSON value."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return to_json(content)
