"""Text out of the content parts of the OpenAI protocol."""

from __future__ import annotations

from typing import Any

from liteagent.gateway.http.errors import InvalidRequestError
from liteagent.gateway.http.shapes import as_list, as_object

_TEXTS = {"text": "text", "input_text": "text", "output_text": "text", "refusal": "refusal"}


def text_of(content: Any, place: str) -> str:
    """The text of a content: a string, or parts to be joined. Raises `InvalidRequestError` for
    anything else than text; `place` says where the content stands.
    """
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    parts = as_list(content)
    if parts is None:
        raise InvalidRequestError(f"{place} must be text or a list of parts.", field=place)
    return "".join(_part(part, f"{place}[{index}]") for index, part in enumerate(parts))


def required_text(text: str, place: str) -> str:
    """`text`, unless there is nothing in it."""
    if not text.strip():
        raise InvalidRequestError(f"{place} is empty; send some text.", field=place)
    return text


def _part(part: Any, place: str) -> str:
    found = as_object(part) or {}
    kind = str(found.get("type"))
    text = found.get(_TEXTS.get(kind, ""))
    if not isinstance(text, str):
        raise InvalidRequestError(
            f"{place}: agents read text only; parts of type {kind!r} are not supported.",
            field=place,
        )
    return text
