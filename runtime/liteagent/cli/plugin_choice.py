"""Turning plugins on and off, for every command and server that uses this data directory.

Nothing is imported, so that a plugin that breaks whatever loads it can always be turned off.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import yaml

from liteagent.agents.configuration import TURNED_OFF, ConfigFile, Configuration
from liteagent.errors import ConfigurationError, PluginNotFoundError
from liteagent.folders import make_folder
from liteagent.plugins import Candidate, Selection, discover

HEAD = "# Written by `liteagent plugins enable` and `disable`.\n"


def disable(configuration: Configuration, name: str) -> Path:
    """Turn a plugin off; the file that says so. Raises `PluginNotFoundError`."""
    candidate = _find(name)
    path = configuration.settings.home / TURNED_OFF
    _write(path, {*_turned_off(configuration, path), candidate.full_name})
    return path


def enable(configuration: Configuration, name: str) -> None:
    """Turn a plugin on again. Raises `PluginNotFoundError`, and `ConfigurationError` where
    something else than `disable` keeps it off.
    """
    candidate = _find(name)
    path = configuration.settings.home / TURNED_OFF
    off = _turned_off(configuration, path)
    left = {each for each in off if Selection.of(disabled=[each]).refusal(candidate) is None}
    if left != off:
        _write(path, left)
    others = {file: said for file, said in configuration.files.items() if file != path}
    refusal = replace(configuration, files=others).selection().refusal(candidate)
    if refusal is not None:
        why = refusal.cause.removeprefix("It is ").rstrip(".")
        raise ConfigurationError(
            f"{name} stays off: it is {why} in {_culprit(others, candidate)}; change it there."
        )


def _find(name: str) -> Candidate:
    candidates = discover()
    for candidate in candidates:
        if name in (candidate.name, candidate.full_name):
            return candidate
    raise PluginNotFoundError(name, (candidate.name for candidate in candidates))


def _turned_off(configuration: Configuration, path: Path) -> set[str]:
    said = configuration.files.get(path)
    return set(said.plugins.disabled) if said else set()


def _culprit(files: Mapping[Path, ConfigFile], candidate: Candidate) -> str:
    """The file that keeps a plugin off, or else the environment."""
    for path, said in files.items():
        lists = said.plugins
        selection = Selection.of(enabled=lists.enabled, disabled=lists.disabled)
        if selection.refusal(candidate) is not None:
            return str(path)
    return "the environment (LITEAGENT_PLUGINS_ALLOW and LITEAGENT_PLUGINS_DENY)"


def _write(path: Path, disabled: Iterable[str]) -> None:
    text: str = yaml.safe_dump({"plugins": {"disabled": sorted(disabled)}})
    make_folder(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    draft.write_text(HEAD + text, encoding="utf-8")
    os.replace(draft, path)
