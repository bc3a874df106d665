"""A conversation at a terminal: prompt, answer, questions in between."""

from __future__ import annotations

from contextlib import suppress

from liteagent.approvals import Ballot
from liteagent.cli.chat.asking import Asker
from liteagent.cli.chat.session_feed import SessionFeed
from liteagent.cli.chat.talk import Talk
from liteagent.cli.chat.terminal import Terminal
from liteagent.cli.output import Printer
from liteagent.cli.questions import Question
from liteagent.errors import LiteAgentException

LEAVE = ("/quit", "/exit")
SAID = ("message.received", "message.sent")
SHOWN_AGAIN = 6
"""Messages of an earlier visit that are shown when the session is opened again."""


class LeaveError(Exception):
    """The person wants to go while a turn still runs."""


class Conversation:
    """Runs until the person leaves. What they put off is asked again in their next session."""

    def __init__(self, feed: SessionFeed, talk: Talk, terminal: Terminal, printer: Printer) -> None:
        self._feed, self._talk = feed, talk
        self._terminal, self._printer = terminal, printer
        self._asker = Asker(terminal, printer)
        self._asked: set[str] = set()

    def run(self) -> None:
        """Talk until `/quit`, Ctrl-D, or Ctrl-C twice."""
        self._greet()
        with suppress(LeaveError, EOFError):
            if (turn_id := self._feed.turns.latest) is not None:
                self._follow(turn_id)
            while (line := self._prompt()) not in LEAVE:
                self._say(line)
        if self._feed.session_id is not None:
            again = f"liteagent chat --session {self._feed.session_id}"
            self._printer.line(f"To go on with this conversation: {again}", "dim")

    def _greet(self) -> None:
        talk, line = self._talk, self._printer.line
        where = f" at {self._feed.server}" if self._feed.server else ""
        line(f"{talk.agent} on {talk.models[0]}{where}", "bold")
        if talk.is_demo:
            line("The demo model is a script: it needs no key and knows a few words.", "yellow")
            line("OPENAI_API_KEY or ANTHROPIC_API_KEY brings a real one.", "dim")
        line("Ctrl-C stops an answer, /quit leaves.", "dim")
        said = [event for event in talk.history if event.type in SAID]
        if len(said) > SHOWN_AGAIN:
            line(f"… {len(said) - SHOWN_AGAIN} messages before", "dim")
        for event in said[-SHOWN_AGAIN:]:
            who = "you" if event.type == "message.received" else talk.agent
            line(f"{who} › {event.data['text']}", "dim")

    def _prompt(self) -> str:
        """What the person says next."""
        interrupted = False
        while True:
            self._feed.take_all()
            try:
                line = self._terminal.prompt("you › ").strip()
            except EOFError:
                self._printer.line()
                raise
            except KeyboardInterrupt:
                self._printer.line()
                if interrupted:
                    raise LeaveError from None
                interrupted = True
                self._printer.line("Ctrl-C again leaves.", "dim")
                continue
            if line:
                return line

    def _say(self, text: str) -> None:
        try:
            turn_id = self._feed.send(text)
        except LiteAgentException as error:
            self._printer.line(str(error), "red")
            return
        self._follow(turn_id)

    def _follow(self, turn_id: str) -> None:
        """Show the turn until it is over, or waits for what the person put off."""
        turns, stopping = self._feed.turns, False
        while turns.end_of(turn_id) is None:
            try:
                if not stopping:
                    self._ask()
                    if turns.is_waiting(turn_id):
                        self._printer.line("  It goes on when that is decided.", "dim")
                        return
                self._feed.take()
            except KeyboardInterrupt:
                if stopping:
                    raise LeaveError from None
                stopping = True
                self._printer.line("\n  stopping; Ctrl-C again leaves", "dim")
                self._feed.cancel(turn_id)

    def _ask(self) -> None:
        while (question := self._next_question()) is not None:
            ballot = self._asker.ask(question, self._feed)
            if ballot is not None:
                self._decide(question, ballot)
            elif self._feed.is_open(question):
                self._put_off(question)

    def _next_question(self) -> Question | None:
        """As it is now: somebody else may have changed the arguments, or decided."""
        questions = self._feed.turns.questions()
        return next((q for q in questions if q.approval_id not in self._asked), None)

    def _put_off(self, question: Question) -> None:
        self._asked.add(question.approval_id)
        self._printer.line(f"  Later: {question.commands(self._feed.server)}", "dim")

    def _decide(self, question: Question, ballot: Ballot) -> None:
        """Send the decision; where it is refused, the person is told why, and asked again."""
        try:
            self._feed.decide(question, ballot)
        except LiteAgentException as error:
            self._printer.line(f"  {error}", "red")
        else:
            self._asked.add(question.approval_id)
