"""What changes in a scene, printed once it stands still."""

from __future__ import annotations

from liteagent.cli.chat_sim.scene import Line, Scene
from liteagent.cli.output import Printer
from liteagent.clock import Clock

LOOK_SECONDS = 0.1
STILL_SECONDS = 0.4
"""A message that grows is shown when it has not changed for so long."""


class Screen:
    """Prints the lines of the place, each when it is new and again when it has changed."""

    def __init__(self, scene: Scene, printer: Printer, clock: Clock) -> None:
        self._scene, self._printer, self._clock = scene, printer, clock
        self._shown: dict[str, Line] = {}
        self._seen: dict[str, tuple[Line, float]] = {}
        self._status = ""
        self.buttons: list[tuple[Line, str]] = []
        """What can be pressed, by the numbers that stand before it."""
        self.changed_at = clock.now()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self.look()
            await self._clock.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Print what stands still and was not printed so."""
        now, status = self._clock.now(), self._scene.status()
        if status != self._status:
            self._status = status
            if status:
                self._printer.line(f"  … {status}", "dim")
        for line in self._scene.lines():
            seen, since = self._seen.get(line.id, (None, now))
            if seen != line:
                self._seen[line.id], self.changed_at = (line, now), now
            elif self._shown.get(line.id) != line and now - since >= STILL_SECONDS:
                self._show(line)

    def _show(self, line: Line) -> None:
        before = self._shown.get(line.id)
        self._shown[line.id] = line
        if line.mine and before is None and not line.marks:
            return  # whoever typed it has it before them
        sign = "›" if before is None else "✎"
        marks = f"  ({', '.join(line.marks)})" if line.marks else ""
        self._printer.line(f"{line.author} {sign} {line.text}{marks}", "" if line.mine else "cyan")
        self.buttons = [each for each in self.buttons if each[0].id != line.id]
        if line.buttons:
            self.buttons += [(line, label) for label in line.buttons]
            self._printer.line(f"  {self._numbered(line)}", "bold")

    def _numbered(self, line: Line) -> str:
        numbers = enumerate(self.buttons, start=1)
        return "  ".join(f"[{n}] {label}" for n, (of, label) in numbers if of.id == line.id)
