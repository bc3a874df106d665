"""The commands and files in a document, and carrying them out."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from liteagent.testing.distributions import write_distribution

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
ID = re.compile(r"\b(?:apr|sess|chatcmpl)[_-][0-9a-z]{20,}\b")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\w+day, \d\d \w+ \d{4}, \d\d:\d\d:\d\d")
NUMBER = re.compile(r'"(created|\w+_tokens)":\d+')
WRITTEN_HOME, WRITTEN_URL = "/home/ann/.local/share/liteagent", "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block of a document."""

    language: str
    text: str

    @property
    def file(self) -> str | None:
        """The file that the block is, if its first line names one."""
        named = re.match(r"# (\S+\.\w+)\n", self.text)
        return named[1] if named else None

    @property
    def commands(self) -> Iterator[tuple[str, str]]:
        """Each command of a console block, with what it prints."""
        for part in re.split(r"^\$ ", self.text, flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            yield command, printed


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a Markdown file, in order."""
    return [Block(language, text) for language, text in BLOCK.findall(path.read_text())]


@dataclass(slots=True)
class Shell:
    """Carries commands out in a folder of their own, and compares what they print.

    Ids that are made anew each time are learnt from the first output that has them, and put into
    the commands that follow. Times and numbers of tokens may differ.
    """

    folder: Path
    home: Path
    url: str = WRITTEN_URL
    environ: dict[str, str] = field(default_factory=dict[str, str])
    ran: int = 0
    """How many commands."""
    _ids: dict[str, str] = field(default_factory=dict[str, str])

    def run(self, command: str, expected: str) -> None:
        """Fails where the command prints something else."""
        self.ran += 1
        special = self._special(shlex.split(command))
        if special is not None:
            special()
            return
        printed = self._printed(self._actual(command))
        self._learn(expected, printed)
        assert _alike(printed) == _alike(self._actual(expected)), command

    def write(self, block: Block) -> None:
        """Write the file that a block is."""
        assert block.file is not None
        path = self.folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._actual(block.text))

    def _special(self, words: list[str]) -> Callable[[], None] | None:
        """What stands in for a command that would change this process or this environment."""
        if words[0] == "cd":
            return lambda: setattr(self, "folder", self.folder / words[1])
        if words[0] == "export":  # the key in the text is nobody's
            return lambda: None
        if words[:2] == ["pip", "install"]:
            return self._install
        return None

    def _install(self) -> None:
        project = tomllib.loads((self.folder / "pyproject.toml").read_text())["project"]
        plugins = project["entry-points"]["liteagent"]
        write_distribution(
            self.folder, project["name"], version=project["version"], plugins=plugins
        )
        self.environ["PYTHONPATH"] = str(self.folder)

    def _printed(self, command: str) -> str:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env={**os.environ, **self.environ, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        return done.stdout + ("Killed\n" if done.returncode == -9 else "")

    def _learn(self, expected: str, printed: str) -> None:
        for written, actual in zip(ID.findall(expected), ID.findall(printed), strict=False):
            self._ids.setdefault(written, actual)

    def _actual(self, text: str) -> str:
        text = text.replace(WRITTEN_HOME, str(self.home)).replace(WRITTEN_URL, self.url)
        return ID.sub(lambda found: self._ids.get(found[0], found[0]), text)


def _alike(text: str) -> list[str]:
    """The lines, without what differs from one run to the next."""
    text = NUMBER.sub(r'"\1":0', MOMENT.sub("(a time)", text))
    return [" ".join(line.split()) for line in text.strip().splitlines()]
