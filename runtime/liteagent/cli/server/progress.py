"""A start's stages as they go by."""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

from liteagent.cli.output import Printer

if TYPE_CHECKING:
    from rich.status import Status

    from liteagent.cluster import Stage

DONE = "ready"
WORDS = {
    "configuration": "reading the configuration and the journal",
    "plugins": "loading plugins",
    "ray": "starting Ray",
    "hosts": "starting hosts",
    "gateway": "starting the HTTP gateway",
    "supervisor": "starting the supervisor",
}


class Progress:
    """A line for each stage that is done; on a terminal also what goes on now. Use as `with`."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer
        self._going: list[str] = []
        self._stack = ExitStack()
        self._spinner: Status | None = None

    def __enter__(self) -> Self:
        if self._printer.is_terminal:
            self._spinner = self._stack.enter_context(self._printer.console.status("starting"))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def __call__(self, stage: Stage) -> None:
        """Take in a report."""
        name = stage.name.value
        if name == DONE:
            return
        words = WORDS.get(name, name)
        if stage.seconds is None:
            self._going.append(words)
        else:
            self._going.remove(words)
            self._printer.line(f"  ✓ {words} ({stage.seconds:.1f} s)", "green")
        if self._spinner is not None:
            self._spinner.update(", ".join(self._going))
