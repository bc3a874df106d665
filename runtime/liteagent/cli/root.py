"""The command `liteagent`: whatever goes wrong ends as one sentence and an exit code."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

from typer.core import TyperGroup
from typer.exceptions import Abort, TyperException

from liteagent.cli.failures import FAILED, INTERRUPTED, exit_code
from liteagent.cli.logs import shown_logs
from liteagent.cli.output import err
from liteagent.errors import LiteAgentException


class Root(TyperGroup):
    """Catches what the commands raise. `--debug`, wherever it stands, shows where it was raised."""

    def main(self, args: Sequence[str] | None = None, *_: Any, **__: Any) -> NoReturn:
        given = list(sys.argv[1:] if args is None else args)
        arguments = [each for each in given if each != "--debug"]
        debug = len(arguments) < len(given)
        with shown_logs(debug=debug):
            sys.exit(self._run(arguments, debug))

    def _run(self, arguments: list[str], debug: bool) -> int:
        try:
            result = super().main(arguments, prog_name="liteagent", standalone_mode=False)
        except Exception as error:  # noqa: BLE001 - the boundary: a person gets a sentence, not a trace
            if debug:
                traceback.print_exc()
            return _say(error)
        return result if isinstance(result, int) else 0


def _say(error: Exception) -> int:
    """Tell the person; the exit code."""
    if isinstance(error, Abort):
        return INTERRUPTED
    sentence, code = _sentence(error)
    if sentence:
        err().line(sentence, "red" if code == FAILED else "")
    return code


def _sentence(error: Exception) -> tuple[str, int]:
    if isinstance(error, TyperException):
        return _usage_sentence(error), error.exit_code
    if isinstance(error, LiteAgentException):
        return str(error), exit_code(error)
    if isinstance(error, OSError) and error.filename is not None:
        reason = (error.strerror or type(error).__name__).lower()
        return f"{error.filename} cannot be used: {reason}.", FAILED
    name = type(error).__name__
    return f"LiteAgent broke ({name}: {error}); run it again with --debug to see where.", FAILED


def _usage_sentence(error: TyperException) -> str:
    """Typer's own sentence and where to read on; empty where it has shown the help already."""
    message = error.format_message().strip().replace(": Value error, ", ": ")
    context = getattr(error, "ctx", None)
    if not message or context is None:
        return message
    return f"{message} See `{context.command_path} --help`."
