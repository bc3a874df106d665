"""Folders for what is nobody else's business."""

from __future__ import annotations

from pathlib import Path


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, unless they are there; only their owner may look into what
    is made here.
    """
    missing = [each for each in (path, *path.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
