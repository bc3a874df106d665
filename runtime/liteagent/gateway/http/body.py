"""Request bodies: JSON up to a size, checked against a model, with errors that name the place."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from liteagent.gateway.context import gateway_of
from liteagent.gateway.http.errors import (
    BodyTooLargeError,
    InvalidRequestError,
    UnsupportedContentTypeError,
)

M = TypeVar("M", bound=BaseModel)


def body(model: type[M]) -> Callable[[Request], Awaitable[M]]:
    """A FastAPI dependency: the body as a `model`. An empty body counts as `{}`."""

    async def read(request: Request) -> M:
        raw = await read_body(request)
        return parse(model, raw, request.headers.get("content-type", ""))

    return read


async def read_body(request: Request) -> bytes:
    """The body. Raises `BodyTooLargeError` as soon as that is clear."""
    limit = gateway_of(request).settings.max_body
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > limit:
        raise BodyTooLargeError(limit)
    size, pieces = 0, list[bytes]()
    async for piece in request.stream():
        size += len(piece)
        if size > limit:
            raise BodyTooLargeError(limit)
        pieces.append(piece)
    return b"".join(pieces)


_UNION_MEMBERS = frozenset({"str", "int", "bool"})


def parse(model: type[M], raw: bytes, content_type: str) -> M:
    """The body as a `model`; raises what to tell the client where it is none."""
    if not raw:
        return _validated(model, {})
    kind = content_type.partition(";")[0].strip().lower()
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedContentTypeError(f"The body is {kind}; send application/json.")
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError(f"The body is not valid JSON: {error}.") from error
    if not isinstance(value, dict):
        raise InvalidRequestError("The body must be a JSON object.")
    return _validated(model, value)


def _validated(model: type[M], value: Any) -> M:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = dotted(first["loc"])
        raise InvalidRequestError(f"{place}: {first['msg']}.", field=place) from error


def dotted(place: Sequence[str | int]) -> str:
    """`messages[0].role`. The members of a union, which pydantic names last, are left out."""
    if len(place) > 1 and place[-1] in _UNION_MEMBERS:
        place = place[:-1]
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".")
