"""The person at the terminal: prompts with a history, and questions that may be taken back."""

from __future__ import annotations

import os
import select
import sys
import termios
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from liteagent.cli.output import Printer
from liteagent.folders import make_folder

HISTORY_LINES = 1000


class Interruption(Protocol):
    """Something that may come while a question is open."""

    def fileno(self) -> int: ...


class Terminal:
    """Standard input and output of this process, which are a terminal's. Ctrl-C raises
    `KeyboardInterrupt` wherever it is pressed, Ctrl-D `EOFError`.
    """

    def __init__(self, printer: Printer, history: Path) -> None:
        import readline

        self._readline, self._printer, self._history = readline, printer, history
        readline.set_auto_history(False)
        with suppress(OSError):  # a first session, or somebody else's file: no history then
            readline.read_history_file(history)

    def prompt(self, label: str) -> str:
        """A line, with the keys that people know from their shell."""
        line = input(self._marked(label))
        if line.strip():
            self._readline.add_history(line)
        return line

    def question(self, label: str, interruption: Interruption) -> str | None:
        """A line, or None when the interruption came first. What was typed before the question
        was there is no answer to it.
        """
        keyboard = sys.stdin.fileno()
        if not self._is_asking:
            termios.tcflush(keyboard, termios.TCIFLUSH)
        self._printer.write(label, "bold")
        self._is_asking = True
        ready, _, _ = select.select([keyboard, interruption], [], [])
        if keyboard not in ready:
            return None
        self._is_asking = False
        data = os.read(keyboard, 65536)
        if not data:
            raise EOFError
        return data.decode(errors="replace").partition("\n")[0].strip()

    _is_asking = False

    def close_question(self) -> None:
        """The open question needs no answer any more."""
        self._is_asking = False
        self._printer.line()

    def edit(self, label: str, text: str) -> str:
        """`text` as the person changed it."""
        self._readline.set_startup_hook(lambda: self._readline.insert_text(text))
        try:
            return input(self._marked(label))
        finally:
            self._readline.set_startup_hook(None)

    def close(self) -> None:
        """Keep the history."""
        self._readline.set_history_length(HISTORY_LINES)
        with suppress(OSError):
            make_folder(self._history.parent)
            self._readline.write_history_file(self._history)

    def _marked(self, label: str) -> str:
        """Bold, with the marks that tell readline what takes no room."""
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") in (None, "dumb")
        return label if plain else f"\001\033[1m\002{label}\001\033[0m\002"
