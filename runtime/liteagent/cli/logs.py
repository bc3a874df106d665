"""What the library logs, shown to whoever sits at the terminal."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager

from liteagent.cli.output import err


class _ToTerminal(logging.Handler):
    """One line for each record, on what is the standard error at that moment."""

    def __init__(self, *, debug: bool) -> None:
        super().__init__(logging.DEBUG if debug else logging.WARNING)
        self._debug = debug

    def emit(self, record: logging.LogRecord) -> None:
        printer = err()
        printer.line(f"{record.levelname.lower()}: {record.getMessage()}", "yellow")
        if self._debug and record.exc_info:
            printer.line(logging.Formatter().formatException(record.exc_info), "dim")


@contextmanager
def shown_logs(*, debug: bool) -> Generator[None]:
    """While this lasts, warnings of `liteagent` are shown, and with `debug` everything, with
    traces.
    """
    logger = logging.getLogger("liteagent")
    handler, level, propagates = _ToTerminal(debug=debug), logger.level, logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    if debug:
        logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagates
