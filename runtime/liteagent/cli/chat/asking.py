"""Asking the person at the terminal to decide an approval."""

from __future__ import annotations

import json
from typing import Protocol

from liteagent.approvals import Ballot, Verb
from liteagent.cli.chat.terminal import Terminal
from liteagent.cli.output import Printer
from liteagent.cli.questions import Question

CHOICES = "  [a]pprove  [e]dit  [r]eject  [t]ell the answer  [l]ater › "
UNKNOWN_CHOICES = "  [a] run it again  [t]ell what came of it  [r] count it as failed  [l]ater › "


class Meanwhile(Protocol):
    """What goes on while a question is open."""

    def fileno(self) -> int:
        """Readable when something came."""
        ...

    def take(self) -> None:
        """Take in what came, and show it."""
        ...

    def is_open(self, question: Question) -> bool:
        """Whether it still has to be answered, as it was asked."""
        ...


class Asker:
    """Puts questions and reads decisions."""

    def __init__(self, terminal: Terminal, printer: Printer) -> None:
        self._terminal, self._printer = terminal, printer

    def ask(self, question: Question, meanwhile: Meanwhile) -> Ballot | None:
        """The decision; None for `later`, and when it was settled or changed elsewhere."""
        self._printer.line(f"\n  ⏸ {question.title}", "bold yellow")
        for line in question.lines:
            self._printer.line(f"    {line}")
        label = UNKNOWN_CHOICES if question.is_unknown_outcome else CHOICES
        while True:
            answer = self._terminal.question(label, meanwhile)
            if answer is None:
                self._terminal.close_question()
                meanwhile.take()
                if not meanwhile.is_open(question):
                    return None
                continue
            if answer.lower() in ("l", "later"):
                return None
            ballot = self._ballot(answer.lower(), question)
            if ballot is not None:
                return ballot

    def _ballot(self, answer: str, question: Question) -> Ballot | None:
        """The decision that an answer stands for; None when there is none in it."""
        if answer in ("a", "approve"):
            return Ballot(verb=Verb.APPROVE)
        if answer in ("r", "reject"):
            return Ballot(verb=Verb.REJECT, reason=self._terminal.edit("  why › ", ""))
        if answer in ("t", "tell", "respond"):
            content = self._terminal.edit("  the answer › ", "")
            return Ballot(verb=Verb.RESPOND, content=content) if content.strip() else None
        if answer in ("e", "edit") and not question.is_unknown_outcome:
            return self._edited(question)
        self._printer.line("  One of the letters in brackets, then Enter.", "dim")
        return None

    def _edited(self, question: Question) -> Ballot | None:
        text = self._terminal.edit("  arguments › ", json.dumps(question.args, ensure_ascii=False))
        try:
            return Ballot(verb=Verb.EDIT, args=json.loads(text))
        except json.JSONDecodeError as error:
            self._printer.line(f"  That is no JSON: {error}.", "red")
            return None
