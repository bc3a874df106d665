"""What every log line of a piece of work says besides: which session, turn, request it is about."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_EMPTY: Mapping[str, str] = MappingProxyType({})
_context: ContextVar[Mapping[str, str]] = ContextVar("liteagent_log_context", default=_EMPTY)


@contextmanager
def log_context(**names: str) -> Generator[None, None, None]:
    """Log lines written inside, in this task and those it starts, carry `names`
    (`session`, `turn`, `request_id`, …) besides what was set outside.
    """
    token = _context.set({**_context.get(), **names})
    try:
        yield
    finally:
        _context.reset(token)


def current_log_context() -> Mapping[str, str]:
    """What log lines written here carry."""
    return _context.get()
