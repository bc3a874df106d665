"""Whoever sits at the terminal, and what they type."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable

from liteagent.cli.chat_sim.scene import CHANNEL, DIRECT, CannotDoError, OpenForm, Scene
from liteagent.cli.chat_sim.screen import Screen
from liteagent.cli.output import Printer
from liteagent.clock import Clock
from liteagent.threads import in_thread

HELP = """\
  @agent hello     mention the agent; you are in the thread then
  1                press the button with this number
  /agent TEXT      the slash command
  /dm  /channel    go to the direct message, or back to the channel
  /as NAME         be somebody else: {people}
  /drop            cut the adapter's connection
  /quit            leave
  !stop !status !agent NAME !help   what the agent itself understands"""
QUIET_SECONDS = 1.0
"""Behind a pipe, the next line is read when nothing runs and nothing has changed for so long."""
LOOK_SECONDS = 0.1


class Person:
    """Reads lines and does what they say."""

    def __init__(
        self,
        scene: Scene,
        screen: Screen,
        printer: Printer,
        clock: Clock,
        *,
        is_idle: Callable[[], Awaitable[bool]],
        at_terminal: bool,
    ) -> None:
        """`is_idle` says whether no agent works."""
        self._scene, self._screen, self._is_idle = scene, screen, is_idle
        self._printer, self._clock = printer, clock
        self._at_terminal = at_terminal

    async def run(self) -> None:
        """Until `/quit` or the end of the input."""
        self._printer.line("A stand-in on this machine; the adapter and the agents are real.")
        self._printer.line(HELP.format(people=", ".join(self._scene.people)), "dim")
        while (line := await self._line(f"{self._scene.person} in {self._scene.place} › ")) != "":
            if line.strip() in ("/quit", "/exit"):
                return
            try:
                await self._do(line.strip())
            except CannotDoError as error:
                self._printer.line(f"  {error}", "red")

    async def _line(self, prompt: str) -> str:
        """The next line with its end; empty at the end of the input."""
        while not self._at_terminal and not await self._is_quiet():
            await self._clock.sleep(LOOK_SECONDS)
        self._printer.write(prompt, "bold")
        line = await in_thread(sys.stdin.readline, name="keyboard")
        if not self._at_terminal:
            self._printer.line(line.rstrip())
            self._screen.changed_at = self._clock.now()
        return line

    async def _is_quiet(self) -> bool:
        still = self._clock.now() - self._screen.changed_at >= QUIET_SECONDS
        return still and await self._is_idle()

    async def _do(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        match word:
            case "":
                return
            case "/help":
                self._printer.line(HELP.format(people=", ".join(self._scene.people)), "dim")
            case "/dm":
                self._scene.go(DIRECT)
            case "/channel":
                self._scene.go(CHANNEL)
            case "/as":
                self._become(rest)
            case "/drop":
                self._scene.drop()
            case "/agent":
                await self._scene.command(rest)
            case _ if line.isdecimal():
                await self._press(int(line))
            case _:
                await self._scene.say(line)

    def _become(self, name: str) -> None:
        if name not in self._scene.people:
            raise CannotDoError(f"Nobody is called {name!r}: {', '.join(self._scene.people)}.")
        self._scene.become(name)

    async def _press(self, number: int) -> None:
        if not 1 <= number <= len(self._screen.buttons):
            raise CannotDoError(f"There is no button {number}.")
        line, label = self._screen.buttons[number - 1]
        form = await self._scene.press(line, label)
        while form is not None:
            answers = await self._fill(form)
            complaints = await self._scene.submit(form, answers)
            for field, complaint in complaints.items():
                self._printer.line(f"  {field}: {complaint}", "red")
            form = form if complaints else None

    async def _fill(self, form: OpenForm) -> dict[str, str]:
        """The answers; an empty line leaves what stands there."""
        self._printer.line(f"  {form.title}", "bold")
        answers: dict[str, str] = {}
        for blank in form.blanks:
            choices = f" ({' | '.join(blank.choices)})" if blank.choices else ""
            typed = await self._line(f"  {blank.label}{choices} [{blank.value}] › ")
            answers[blank.id] = typed.strip() or blank.value
        return answers
