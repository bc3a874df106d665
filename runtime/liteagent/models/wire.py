"""What goes wrong between a provider's SDK and the wire, and is not an error of the SDK's own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from json import JSONDecodeError
from typing import TypeVar

from liteagent.messages import TextDelta
from liteagent.models.answer import AnswerBuilder

E = TypeVar("E")


class BrokenAnswerError(Exception):
    """The provider answered with what is no answer, or with less than a whole one."""


def frame(
    read: Callable[[E, AnswerBuilder], Iterator[TextDelta]], event: E, answer: AnswerBuilder
) -> tuple[TextDelta, ...]:
    """What `read` takes from one frame of a stream.

    SDKs pass on whatever JSON a server sends under types that they do not check, so a frame of
    another shape shows only here, as one of these errors.
    """
    try:
        return tuple(read(event, answer))
    except (AttributeError, TypeError, LookupError) as error:
        raise BrokenAnswerError(f"a frame of the answer has another shape: {error}") from error


def wire_errors() -> tuple[type[Exception], ...]:
    """What may come out of a stream besides the SDK's own errors: a dropped connection, a frame
    that is not JSON, bytes that are not UTF-8. Looks at what is imported, which another thread may
    be importing just now, and imports nothing itself.
    """
    found: list[type[Exception]] = [BrokenAnswerError, JSONDecodeError, UnicodeDecodeError, OSError]
    for library in ("httpx", "httpx2"):
        module = sys.modules.get(library)
        names = ("HTTPError", "InvalidURL", "StreamError")
        found += [getattr(module, name) for name in names if hasattr(module, name)]
    return tuple(found)


def timed_out(error: BaseException) -> bool:
    """Whether an error, or one that it was made from, is a timeout."""
    return any(isinstance(e, TimeoutError) or "Timeout" in type(e).__name__ for e in _causes(error))


_LOST = frozenset({"RemoteProtocolError", "ReadError", "WriteError"})


def lost(error: BaseException) -> bool:
    """Whether an error was made from the loss of a connection that had been there."""
    return any(type(cause).__name__ in _LOST for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__
