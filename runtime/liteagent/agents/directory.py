"""Agents as files: every `agents/*.yaml` of some folders, read again when it changes."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from liteagent.agents.spec import AgentSpec
from liteagent.clock import Clock, SystemClock
from liteagent.errors import AgentNotFoundError, ConfigurationError
from liteagent.yamlfile import load_yaml

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 1.0
"""How old what is known of the files may be."""

Stamp = tuple[int, int, int]
"""Time of the last change, size and inode: one of them differs when a file was written anew."""


class AgentFiles:
    """An `AgentDirectory` over `<folder>/agents/*.yaml`; a name in an earlier folder wins.

    Making one reads every file and raises `ConfigurationError` for the first that is wrong, or for
    two of a folder that name the same agent. Later a file that was broken or doubled by a change
    keeps its last good version, and a warning says what is wrong with it.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        *,
        built_in: Sequence[AgentSpec] = (),
        clock: Clock | None = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._built_in = {spec.name: _Agent(spec, None) for spec in built_in}
        self._folders = tuple(_Folder(folder / "agents") for folder in folders)
        self._looked_at = self._clock.now()
        self._agents = self._merged()

    def get(self, name: str) -> AgentSpec:
        """Raises `AgentNotFoundError`, near misses named."""
        self._look()
        if name not in self._agents:
            self.refresh()  # another process may have made it just now, and sent us to it
        agent = self._agents.get(name)
        if agent is None:
            raise AgentNotFoundError(name, self._agents)
        return agent.spec

    def all(self) -> Sequence[AgentSpec]:
        """Every agent, the built-in ones included, by name."""
        self._look()
        return tuple(self._agents[name].spec for name in sorted(self._agents))

    def path_of(self, name: str) -> Path | None:
        """The file that describes this agent; None for a built-in or unknown one."""
        self._look()
        agent = self._agents.get(name)
        return agent.path if agent else None

    def refresh(self) -> None:
        """Take in what changed, however lately it was looked at."""
        self._looked_at = self._clock.now()
        changed = [folder.look() for folder in self._folders]
        if any(changed):
            self._agents = self._merged()

    def _look(self) -> None:
        if not 0 <= self._clock.now() - self._looked_at < LOOK_AGAIN_SECONDS:
            self.refresh()

    def _merged(self) -> Mapping[str, _Agent]:
        agents = dict(self._built_in)
        for folder in reversed(self._folders):
            agents |= folder.agents
        return agents


@dataclass(frozen=True, slots=True)
class _Agent:
    spec: AgentSpec
    path: Path | None


@dataclass(frozen=True, slots=True)
class _Read:
    """What a file held when it looked like `stamp`; `spec` is its last good version, if any."""

    stamp: Stamp
    spec: AgentSpec | None


class _Folder:
    """The agents of one folder, by name."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = {file: _Read(stamp, _load(file)) for file, stamp in _stamps(path).items()}
        self.agents = _by_name(self._read)

    def look(self) -> bool:
        """Take in what changed; whether anything did."""
        stamps = _stamps(self._path)
        if stamps == {file: read.stamp for file, read in self._read.items()}:
            return False
        self._read = {file: self._again(file, stamp) for file, stamp in stamps.items()}
        try:
            self.agents = _by_name(self._read)
        except ConfigurationError as error:
            log.warning("The agents of %s stay as they were: %s", self._path, error)
            return False
        return True

    def _again(self, file: Path, stamp: Stamp) -> _Read:
        known = self._read.get(file)
        if known is not None and known.stamp == stamp:
            return known
        try:
            return _Read(stamp, _load(file))
        except ConfigurationError as error:
            log.warning("%s The agent stays as it was.", error)
            return _Read(stamp, known.spec if known else None)


def _load(file: Path) -> AgentSpec:
    return load_yaml(file, AgentSpec)


def _stamps(folder: Path) -> dict[Path, Stamp]:
    """The agent files of a folder as they look now; none where the folder cannot be read."""
    stamps: dict[Path, Stamp] = {}
    for file in sorted(folder.glob("[!.]*.yaml")):
        try:
            found = file.stat()
        except FileNotFoundError:  # gone since the listing
            continue
        stamps[file] = (found.st_mtime_ns, found.st_size, found.st_ino)
    return stamps


def _by_name(read: Mapping[Path, _Read]) -> dict[str, _Agent]:
    agents: dict[str, _Agent] = {}
    for file, known in read.items():
        if known.spec is None:
            continue
        name = known.spec.name
        first = agents.setdefault(name, _Agent(known.spec, file))
        if first.path is not file:
            raise ConfigurationError(
                f"{first.path} and {file} both describe an agent named {name!r}:"
                " rename one of them.",
                field="name",
            )
    return agents
