"""Cursors of head listings: the place of the last row of a page, opaque to whoever carries it."""

from __future__ import annotations

import base64
import json
from typing import NamedTuple

from liteagent.errors import ValidationError


class Place(NamedTuple):
    """Where a row stands in a listing: its `updated_at` or `wake_at`, then its entity."""

    time: float
    entity: str


def write_cursor(place: Place) -> str:
    """A text that is safe in a URL."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def read_cursor(cursor: str) -> Place:
    """The inverse of `write_cursor`. Raises `ValidationError` for what it never wrote."""
    try:
        time, entity = json.loads(base64.urlsafe_b64decode(cursor))
        return Place(float(time), str(entity))
    except (ValueError, TypeError) as error:
        raise ValidationError(
            f"{cursor!r} is no cursor of this listing: pass `next` of the page before, unchanged.",
            field="cursor",
        ) from error
