"""One way of writing logs for our code and everybody else's: to standard error, by structlog.

Code logs with `logging.getLogger(__name__)`, or with structlog where it is there anyway. Importing
this module imports no structlog; configuring does.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TextIO

from liteagent.observability.context import current_log_context

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor

Redact = Callable[[Any], Any]
"""Masks secrets in a value of plain JSON."""

# At `info` these tell of every request they make.
_CHATTY = ("httpx", "httpcore", "openai", "anthropic")


class LogHandler(logging.StreamHandler[TextIO]):
    """The handler that `configure_logging` put on the root logger; a later call replaces it."""


def configure_logging(
    *,
    redact: Redact,
    level: str = "info",
    log_format: Literal["json", "console"] = "console",
    stream: TextIO | None = None,
) -> LogHandler:
    """Send every log line and every Python warning of this process to `stream` (standard error).

    JSON lines carry `timestamp`, `level`, `logger`, `event` and what `log_context` set. All of it
    goes through `redact` last, tracebacks included.
    """
    import structlog

    # Both for our lines and for those of code that knows nothing of structlog.
    shared: list[Processor] = [
        _add_context,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = LogHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=_last(redact, log_format, colors=handler.stream.isatty()),
        )
    )
    _install(handler, level)
    return handler


def _last(redact: Redact, log_format: str, *, colors: bool) -> Sequence[Processor]:
    import structlog

    def masked(logger: Any, method: str, event: EventDict) -> EventDict:
        return redact(event)

    renderer: Processor = structlog.processors.JSONRenderer()
    if log_format == "console":
        renderer = structlog.dev.ConsoleRenderer(
            colors=colors, exception_formatter=structlog.dev.plain_traceback
        )
    return (structlog.stdlib.ProcessorFormatter.remove_processors_meta, masked, renderer)


def _install(handler: LogHandler, level: str) -> None:
    root = logging.getLogger()
    for older in [each for each in root.handlers if isinstance(each, LogHandler)]:
        root.removeHandler(older)
    root.addHandler(handler)
    root.setLevel(level.upper())
    logging.captureWarnings(True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(
            logging.NOTSET if level.lower() == "debug" else logging.WARNING
        )


def _add_context(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for name, value in current_log_context().items():
        event.setdefault(name, value)
    return event
